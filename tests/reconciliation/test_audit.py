"""What `kefen audit` says of bills and books that do not agree."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from kefen.ops.audit import audit_institution
from kefen.platform import clock
from kefen.reconciliation import actions
from tests.orders.school import START, open_school
from tests.reconciliation.conftest import HOUR, FakeBills, line
from tests.reconciliation.test_reconcile import DAY, NOON, P, sold


@pytest.fixture(autouse=True)
def reconciled(institution: object, bills: FakeBills) -> object:
    with clock.at(START + timedelta(days=1, hours=6)):
        open_school()
        sold("A")
        bills.say(DAY, line(P, "A", 10_000, NOON, fee=60))
        actions.reconcile("wechat", DAY)
        yield


def found_after(statement: str) -> set[str]:
    """What the audit names after a change by the tables' owner, which is taken back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
        names = {finding.check for finding in audit_institution()}
        transaction.set_rollback(True)
    return names


def test_what_agrees_is_not_complained_about() -> None:
    assert audit_institution() == []


def test_fees_that_were_not_booked() -> None:
    change = "UPDATE reconciliation_billday SET fees_booked = 61"
    assert "fees booked" in found_after(change)


def test_a_correction_without_its_transfer() -> None:
    sold("B", at=NOON + HOUR)
    actions.reconcile("wechat", DAY)
    change = "UPDATE reconciliation_difference SET ledger_key = 'bill:forged'"
    assert "difference" in found_after(change)


def test_money_that_moved_in_our_books_alone() -> None:
    change = "UPDATE reconciliation_billday SET totals = '{\"payment\": 9999}'"
    assert found_after(change) == {"money at channel"}
