"""Pages are tested without a database, under settings of their own and in a process of its own:
Django can be set up only once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def pages_environment() -> dict[str, str]:
    """For processes that show pages without a database."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faces.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "default",
    }
