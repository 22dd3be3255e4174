"""Another institution's rows: invisible and unwritable, with a wrong scope and without one."""

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from psycopg import errors

from kefen.core.errors import InvariantBroken
from kefen.ledger.models import Entry
from kefen.orders.models import Order
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.base import InstitutionModel
from tests.factories import make_course, make_paid_order, make_promoter, make_version

TABLES = sorted(
    model._meta.db_table for model in apps.get_models() if issubclass(model, InstitutionModel)
)


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_seen_in_their_own_scope_only(told, table):
    with told.connect("owner") as owner:
        everything = owner.ask(f"SELECT institution_id FROM {table}")
    mine = [row for row in everything if row[0] == told.institution]
    theirs = [row for row in everything if row[0] == told.neighbour]
    with told.connect("application", scoped=False) as nobody:
        assert nobody.ask(f"SELECT institution_id FROM {table}") == []
        nobody.scope(told.institution)
        assert nobody.ask(f"SELECT institution_id FROM {table}") == mine
        nobody.scope(told.neighbour)
        assert nobody.ask(f"SELECT institution_id FROM {table}") == theirs


@pytest.mark.parametrize("table", TABLES)
def test_every_table_of_an_institution_is_guarded(told, table):
    with told.connect("owner") as owner:
        assert owner.ask(
            "SELECT c.relrowsecurity, p.polname, p.polcmd FROM pg_class c"
            " JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relname = %s",
            table,
        ) == [(True, "institution_in_scope", "*")]


@pytest.mark.parametrize("scoped", [True, False])
def test_nothing_is_written_for_another_institution(told, scoped):
    with told.connect("owner") as owner:
        ((order,),) = owner.ask(
            "SELECT id FROM orders_order WHERE institution_id = %s", told.neighbour
        )
    with told.connect("application", scoped=scoped) as thief:
        assert thief.change("UPDATE orders_order SET channel = 'x' WHERE id = %s", order) == 0
        assert (
            thief.change("DELETE FROM ledger_delta WHERE institution_id = %s", told.neighbour) == 0
        )
        thief.refused(
            errors.InsufficientPrivilege,
            "INSERT INTO ledger_account (institution_id, id, code, unit, folded, opened_at)"
            " VALUES (%s, gen_random_uuid(), 'promoter:me:available', 'CNY', false, now())",
            told.neighbour,
        )
        thief.refused(
            errors.InsufficientPrivilege,
            "SELECT * FROM ledger_post(%s, ARRAY[gen_random_uuid()], ARRAY['k'],"
            " ARRAY['adjustment'], ARRAY[''::bytea], ARRAY[now()], '{}', '{}', '{}', '{}', '{}',"
            " '{}')",
            told.neighbour,
        )


def test_a_row_is_not_given_away(told):
    """An update may not move a row into another institution either."""
    with told.connect("application") as thief:
        thief.refused(
            errors.InsufficientPrivilege,
            "UPDATE ledger_delta SET institution_id = %s",
            told.neighbour,
        )


def test_a_query_without_a_scope_raises():
    with pytest.raises(InvariantBroken):
        list(Entry.objects.all())
    with pytest.raises(InvariantBroken):
        Order(number="o1")


def test_scopes_nest_and_come_back(rolled_back):
    first = found_institution(slug="first", name="First")
    second = found_institution(slug="second", name="Second")
    with scope.institution(first.id):
        _sell()
        with scope.institution(second.id):
            assert Order.objects.count() == 0
            _sell()
            assert Order.objects.count() == 1
            with pytest.raises(ZeroDivisionError), scope.institution(first.id):
                _fail()
            assert Order.objects.get().institution_id == second.id
        assert Order.objects.get().institution_id == first.id
    assert scope.institution_id_or_none() is None
    with pytest.raises(InvariantBroken):
        Order.objects.count()


def test_a_scope_that_could_not_be_entered_is_not_entered(own_database, monkeypatch):
    """The database goes away while a scope is entered: the next scope of the same institution
    must tell the new connection, or row-level security hides everything from it."""
    founded = found_institution(slug="first", name="First")
    with scope.institution(founded.id):
        _sell()
    connection.ensure_connection()
    with monkeypatch.context() as broken:
        broken.setattr(scope, "_tell_database", _fail_to_tell)
        with pytest.raises(OperationalError), scope.institution(founded.id):
            pytest.fail("it was entered")  # pragma: no cover
    assert scope.institution_id_or_none() is None
    connection.close()
    with scope.institution(founded.id):
        assert Order.objects.count() == 1


def _fail_to_tell(_: object) -> None:
    raise OperationalError


def _sell() -> None:
    make_course()
    make_promoter()
    make_version()
    make_paid_order()


def _fail() -> None:
    raise ZeroDivisionError
