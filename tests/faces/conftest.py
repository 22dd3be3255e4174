"""The web pages in this very process: samples without any query, views on a rolled-back school."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from kefen.adapters.payments.sandbox.channel import Sandbox
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from tests.faces.school import School, open_school

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "src" / "kefen" / "locale"
CATALOGUE = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"


def compiled() -> Path:
    """The compiled catalogue, made anew if it is missing or older than its source."""
    machine = CATALOGUE.with_suffix(".mo")
    if not machine.exists() or machine.stat().st_mtime < CATALOGUE.stat().st_mtime:
        subprocess.run(
            [
                *(sys.executable, "-m", "babel.messages.frontend"),
                *("compile", "-d", str(LOCALE), "-D", "django"),
            ],
            check=True,
            capture_output=True,
        )
    return machine


@pytest.fixture(scope="session", autouse=True)
def catalogue() -> Path:
    """Translations are there before any page is drawn."""
    return compiled()


@pytest.fixture(autouse=True)
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pages with the sandbox channel, whatever the environment says."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    channel = Sandbox()
    monkeypatch.setitem(registry._payments, "sandbox", channel)
    monkeypatch.setitem(registry._payouts, "sandbox", channel)
    with override_settings(
        SANDBOX=True,
        STAND_INS=True,
        ALLOWED_HOSTS=["*"],
        CSRF_FAILURE_VIEW="kefen.faces.web.views.csrf_refused",
    ):
        yield


@pytest.fixture
def school(institution: InstitutionFacts) -> School:
    """A school with a course, a promoter, a student and a team; everything is rolled back, and
    its books are audited first."""
    return open_school(institution)
