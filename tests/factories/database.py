"""A database with the story in it, told once for a whole test session, to be attacked by SQL.

Who attacks rolls back, so that everybody finds the story as it was.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest

from kefen.core.ids import uuid7
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.postgres import EmbeddedPostgres
from tests import conftest, databases
from tests.factories.orders import make_paid_order
from tests.factories.people import make_promoter
from tests.factories.story import make_story
from tests.factories.terms import make_course, make_version

ROLES = ("application", "owner")


@dataclass(frozen=True)
class Told:
    """Where the story stands: its database, its institution, and a neighbour institution."""

    database: str
    institution: UUID
    neighbour: UUID

    @contextmanager
    def connect(self, role: str, *, scoped: bool = True) -> Iterator["Attacker"]:
        """A connection of a role in a transaction that is rolled back."""
        server = EmbeddedPostgres(databases.HOME)
        with psycopg.connect(server.url(role, database=self.database)) as connection:
            attacker = Attacker(connection, self)
            if scoped:
                attacker.scope(self.institution)
            yield attacker
            connection.rollback()


@dataclass(frozen=True)
class Attacker:
    """Somebody with a connection and bad intentions."""

    connection: psycopg.Connection[Any]
    told: Told

    def scope(self, institution: UUID | None) -> None:
        """Choose whose rows row-level security shows."""
        wanted = "" if institution is None else str(institution)
        self.ask("SELECT set_config('kefen.institution', %s, false)", wanted)

    def ask(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run a statement; answers its rows, or nothing where it has none."""
        cursor = self.connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []

    def change(self, statement: str, *parameters: object) -> int:
        """Run a statement that writes; answers how many rows it touched."""
        return self.connection.execute(statement, parameters).rowcount

    def refused(
        self, error: type[psycopg.Error], statement: str, *parameters: object
    ) -> str | None:
        """Assert that a statement is refused by `error`; answers the constraint's name."""
        with pytest.raises(error) as caught, self.connection.transaction():
            self.connection.execute(statement, parameters)
        assert type(caught.value) is error
        return caught.value.diag.constraint_name

    def add_like(self, table: str, where: str = "true", **changes: object) -> None:
        """Insert a copy of a row with other values and an id of its own."""
        values = psycopg.types.json.Jsonb({"id": str(uuid7()), **changes})
        statement = (
            f"INSERT INTO {table} SELECT made.* FROM (SELECT * FROM {table} WHERE {where} LIMIT 1)"
            f" AS old, jsonb_populate_record(old.*::{table}, %s) AS made"
        )
        assert self.change(statement, values) == 1

    def refused_like(
        self, error: type[psycopg.Error], table: str, where: str = "true", **changes: object
    ) -> str | None:
        """Assert that a copy with other values is refused; answers the constraint's name."""
        with pytest.raises(error) as caught, self.connection.transaction():
            self.add_like(table, where, **changes)
        assert type(caught.value) is error
        return caught.value.diag.constraint_name


@pytest.fixture(scope="session")
def told() -> Iterator[Told]:
    """The story in a database of its own, beside a neighbour's small business."""
    server, name = EmbeddedPostgres(databases.HOME), f"{conftest._DATABASE}_story"
    databases.drop(server, name)
    databases.copy_template(server, name)
    conftest._switch(name)
    mine = found_institution(slug="zhixing", name="知行学堂")
    with scope.institution(mine.id):
        make_story()
    neighbour = found_institution(slug="next-door", name="Next door")
    with scope.institution(neighbour.id):
        make_course()
        make_promoter()
        make_version()
        make_paid_order()
    conftest._switch(conftest._DATABASE)
    yield Told(name, mine.id, neighbour.id)
    for attempt in range(10):
        try:
            databases.drop(server, name)
        except psycopg.errors.InsufficientPrivilege:
            # An autovacuum worker is in it, and only a superuser may end that; it ends by itself.
            time.sleep(0.1 * attempt)
        else:
            break


@pytest.fixture(params=ROLES)
def attacker(told: Told, request: pytest.FixtureRequest) -> Iterator[Attacker]:
    """The application's role and the owner's, one after the other."""
    with told.connect(request.param) as made:
        yield made


@pytest.fixture
def application(told: Told) -> Iterator[Attacker]:
    """The application's role."""
    with told.connect("application") as made:
        yield made
