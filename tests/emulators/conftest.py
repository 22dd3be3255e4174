"""The packages from npm, installed once in this checkout."""

import pytest

from tests.emulators import strangers


@pytest.fixture(scope="session")
def npm() -> None:
    strangers.install()
