"""A demo that runs as `kefen demo` runs it: a web server and a worker, on a database of its own."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from django.conf import settings

from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from tests.faces.conftest import compiled
from tests.faces.school import School, open_school
from tests.webhooks.processes import free_port, web, working


@dataclass
class Demo:
    """A school that is open and worked for; its web server starts when it is told to."""

    port: int
    school: School
    outside: dict[str, str]

    @property
    def here(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def served(self) -> AbstractContextManager[None]:
        return web(self.port, **self.outside)


@pytest.fixture
def demo(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """The school in scope."""
    compiled()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    outside = {"KEFEN_PUBLIC_URL": here, "KEFEN_DEMO": "1", "KEFEN_NOTIFY_URL": ""}
    monkeypatch.setitem(os.environ, "KEFEN_DATABASE_NAME", own_database)
    facts = found_institution(slug="zhixing", name="知行学堂")
    with scope.institution(facts.id), working(**outside):
        yield Demo(port, open_school(facts), outside)


@pytest.fixture
def running(demo: Demo) -> Iterator[tuple[str, School]]:
    """Where it is served, and the school in scope."""
    with demo.served():
        yield demo.here, demo.school
