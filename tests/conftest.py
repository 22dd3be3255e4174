"""Fixtures that every test may use. Databases are explained in tests/databases.py."""

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import databases
from tests.logs import plants, watch

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_DATABASE = f"test_{os.getpid()}_{_WORKER}"

os.environ["KEFEN_HOME"] = str(databases.HOME)
os.environ["KEFEN_DATABASE_NAME"] = _DATABASE
os.environ["DJANGO_SETTINGS_MODULE"] = "kefen.config.settings"
os.environ.setdefault("KEFEN_DEBUG", "0")
os.environ.setdefault("KEFEN_SANDBOX", "1")
for name in ("KEFEN_DATABASE_URL", "KEFEN_APP_DATABASE_URL", "KEFEN_DATABASE_ROLE"):
    os.environ.pop(name, None)

_server = databases.start_server()
databases.copy_template(_server, _DATABASE)

import django  # noqa: E402 - the database must be there first

plants.plant_what_is_sealed()  # before anybody imports it
django.setup()

from django.db import connections, transaction  # noqa: E402

from kefen.ledger.accounts import forget_opened  # noqa: E402
from kefen.ops.audit import audit_institution  # noqa: E402
from kefen.platform.tenancy import scope  # noqa: E402
from kefen.platform.tenancy.actions import found_institution  # noqa: E402
from kefen.platform.tenancy.contracts import InstitutionFacts  # noqa: E402
from kefen.ports import registry  # noqa: E402

# Whoever puts a channel of his own in place finds it there.
registry.load_all()

# Whatever an operator may turn on is made and scanned (tests/logs), and shown as ever.
for _handler in logging.getLogger().handlers:
    _handler.setLevel(logging.WARNING)
logging.getLogger().setLevel(logging.DEBUG)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(watch)


def pytest_unconfigure() -> None:
    connections.close_all()
    databases.drop(_server, _DATABASE)
    databases.stop_server()


@pytest.fixture
def rolled_back() -> Iterator[None]:
    """Everything the test writes is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def institution(rolled_back: None) -> Iterator[InstitutionFacts]:
    """A fresh institution in scope; rolled back, and its books audited first."""
    founded = found_institution(slug="zhixing", name="知行学堂")
    with scope.institution(founded.id):
        yield founded
        assert audit_institution() == []


@pytest.fixture
def own_database() -> Iterator[str]:
    """A database of the test's own, for what commits, races or dies. Answers its name."""
    name = f"{_DATABASE}_own"
    databases.drop(_server, name)
    databases.copy_template(_server, name)
    _switch(name)
    yield name
    _switch(_DATABASE)
    databases.drop(_server, name)


def _switch(name: str) -> None:
    connections.close_all()
    connections.settings["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    os.environ["KEFEN_DATABASE_NAME"] = name
    forget_opened()


@pytest.fixture
def committed_institution(own_database: str) -> Iterator[InstitutionFacts]:
    """A fresh institution that other connections see, in scope; its books audited at the end."""
    founded = found_institution(slug="zhixing", name="知行学堂")
    with scope.institution(founded.id):
        yield founded
        assert audit_institution() == []
