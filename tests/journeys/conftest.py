"""A demo that runs as `kefen demo` runs it: a web server and a worker, on a database of its own."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings

from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from tests.faces.conftest import compiled
from tests.faces.school import School, open_school
from tests.webhooks.processes import free_port, web, working


@pytest.fixture
def running(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, School]]:
    """Where it is served, and the school in scope."""
    compiled()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    outside = {"KEFEN_PUBLIC_URL": here, "KEFEN_DEMO": "1", "KEFEN_NOTIFY_URL": ""}
    monkeypatch.setitem(os.environ, "KEFEN_DATABASE_NAME", own_database)
    facts = found_institution(slug="zhixing", name="知行学堂")
    with scope.institution(facts.id):
        school = open_school(facts)
        with working(**outside), web(port, **outside):
            yield here, school
