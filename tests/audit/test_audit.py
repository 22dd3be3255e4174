"""Somebody who owns the tables changes one row: the audit names exactly that.

Each tampering happens in a transaction of the owner's on the told story and is rolled back.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection, connections, transaction

from kefen.commissions.models import Commission
from kefen.config import database
from kefen.core.ids import uuid7
from kefen.ops.audit import audit_institution
from kefen.ops.audit.run import CHECKS
from kefen.orders.contracts import LineRequest
from kefen.platform.tenancy import scope
from kefen.postgres import EmbeddedPostgres
from kefen.promoters import queries
from tests import conftest, databases
from tests.factories import (
    ladder,
    make_course,
    make_paid_order,
    make_promoter,
    make_terms,
    make_version,
)

_ELSEWHERE = {"splits", "bills"}


@pytest.fixture
def as_owner(told) -> Iterator[None]:
    """This process is the owner of the story's database, in the story's institution."""
    conftest._switch(told.database)
    configured = connections["default"].settings_dict
    before = dict(configured)
    configured.update(database.django_settings("owner"))
    configured["NAME"] = told.database
    try:
        with scope.institution(told.institution), _rolled_back():
            yield
    finally:
        connections.close_all()
        configured.clear()
        configured.update(before)
        conftest._switch(conftest._DATABASE)


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tamper(statement: str) -> None:
    """Change exactly one row of the story's institution; `{mine}` is its id."""
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{mine}", f"'{scope.institution_id()}'::uuid"))
        assert cursor.rowcount == 1


def found() -> list[tuple[str, str, str, str]]:
    return [(f.check, f.subject, f.expected, f.found) for f in audit_institution()]


def test_an_honest_history_says_nothing(as_owner):
    assert found() == []


def commission(order: str, line: int = 1, level: int = 1) -> str:
    return (
        f"institution_id = {{mine}} AND level = {level}"
        " AND line_id = (SELECT l.id FROM orders_line l"
        " JOIN orders_order o ON o.id = l.order_id AND o.institution_id = l.institution_id"
        f" WHERE o.institution_id = {{mine}} AND o.number = '{order}' AND l.number = {line})"
    )


def entry(key: str, credit: str) -> str:
    return (
        "institution_id = {mine} AND transfer_id = (SELECT id FROM ledger_transfer"
        f" WHERE institution_id = {{mine}} AND key = '{key}') AND credit_id = (SELECT id"
        f" FROM ledger_account WHERE institution_id = {{mine}} AND code = '{credit}')"
    )


def balance(code: str) -> str:
    return (
        "institution_id = {mine} AND account_id = (SELECT id FROM ledger_account"
        f" WHERE institution_id = {{mine}} AND code = '{code}')"
    )


TAMPERINGS = {
    "a cached balance": (
        f"UPDATE ledger_balance SET posted = posted + 1 WHERE {balance('promoter:li:available')}",
        [("balance", "promoter:li:available", "1790", "1791")],
    ),
    "a balance row is gone": (
        f"DELETE FROM ledger_balance WHERE {balance('promoter:li:available')}",
        [("balance", "promoter:li:available", "1790", "None")],
    ),
    "a delta of a hot account": (
        (
            "UPDATE ledger_delta SET amount = amount - 5 WHERE institution_id = {mine} AND id ="
            " (SELECT d.id FROM ledger_delta d JOIN ledger_account a ON a.id = d.account_id"
            "   AND a.institution_id = d.institution_id"
            "  WHERE d.institution_id = {mine} AND a.code = 'channel:payout' LIMIT 1)"
        ),
        [("balance", "channel:payout", "2000", "1995")],
    ),
    "an entry of a payment": (
        (
            f"UPDATE ledger_entry SET amount = amount + 1"
            f" WHERE {entry('order:o2:paid', 'institution:main')}"
        ),
        [
            ("balance", "channel:wechat", "-91666", "-91665"),
            ("balance", "institution:main", "86963", "86962"),
            ("order paid", "o2", "30000", "30001"),
        ],
    ),
    "an entry of a pending commission": (
        (
            f"UPDATE ledger_entry SET amount = amount - 1"
            f" WHERE {entry('order:o6:paid', 'promoter:li:pending')}"
        ),
        [
            ("balance", "channel:wechat", "-91664", "-91665"),
            ("balance", "promoter:li:pending", "999", "1000"),
            ("order paid", "o6", "10000", "9999"),
            ("pending", "promoter:li:pending", "1000", "999"),
        ],
    ),
    "an entry turned around": (
        (
            "UPDATE ledger_entry SET debit_id = credit_id, credit_id = debit_id"
            f" WHERE {entry('withdrawal:w3:requested', 'promoter:yu:in_transit')}"
        ),
        [
            ("balance", "promoter:yu:available", "9289", "7089"),
            ("balance", "promoter:yu:in_transit", "-1100", "1100"),
            (
                "floor",
                "promoter:yu:in_transit",
                "a promoter neither owes nor is owed below zero",
                "-1100",
            ),
            ("in transit", "promoter:yu:in_transit", "1100", "-1100"),
        ],
    ),
    "an entry between points and money": (
        (
            "UPDATE ledger_entry SET credit_id = (SELECT id FROM ledger_account"
            " WHERE institution_id ="
            " {mine} AND code = 'promoter:li:available')"
            f" WHERE {entry('order:o4:points:li', 'promoter:li:points')}"
        ),
        [
            ("balance", "promoter:li:available", "1895", "1790"),
            ("balance", "promoter:li:points", "-2", "103"),
            ("unit", "order:o4:points:li", "points", "CNY"),
            ("points", "promoter:li:points", "103", "-2"),
        ],
    ),
    "a transfer without entries": (
        (
            f"DELETE FROM ledger_entry"
            f" WHERE {entry('withdrawal:w4:requested', 'promoter:li:in_transit')}"
        ),
        [
            ("balance", "promoter:li:available", "2990", "1790"),
            ("balance", "promoter:li:in_transit", "0", "1200"),
            ("transfer", "withdrawal:w4:requested", "entries", "none"),
            ("withdrawal reserved", "w4", "1200", "0"),
            ("in transit", "promoter:li:in_transit", "1200", "0"),
        ],
    ),
    "the key of a payment": (
        (
            "UPDATE ledger_transfer SET key = 'order:other:paid'"
            " WHERE institution_id = {mine} AND key = 'order:o2:paid'"
        ),
        [("order paid", "o2", "30000", "0"), ("order paid", "order:other:paid", "0", "30000")],
    ),
    "a payment nobody made": (
        (
            "UPDATE orders_order SET state = 'paid', paid_at = now(), channel = 'wechat'"
            " WHERE institution_id = {mine} AND number = 'o7'"
        ),
        [
            ("order paid", "o7", "10000", "0"),
            ("commission", "o7/1 level 1", "1000", "None"),
            ("commission", "o7/1 level 2", "300", "None"),
        ],
    ),
    "a payment through another channel": (
        (
            "UPDATE orders_order SET channel = 'alipay'"
            " WHERE institution_id = {mine} AND number = 'o2'"
        ),
        [("order paid", "o2", "30000", "0"), ("order paid", "order:o2:paid", "0", "30000")],
    ),
    "an order's total": (
        "UPDATE orders_order SET total = total + 1 WHERE institution_id = {mine} AND number = 'o7'",
        [("order total", "o7", "10000", "10001")],
    ),
    "a refund's amount": (
        (
            "UPDATE orders_refund SET amount = amount + 1"
            " WHERE institution_id = {mine} AND number = 'r2'"
        ),
        [("refund", "r2", "5001", "5000")],
    ),
    "a refund's state": (
        (
            "UPDATE orders_refund SET state = 'failed', booked_at = NULL"
            " WHERE institution_id = {mine} AND number = 'r2'"
        ),
        [("refund", "refund:r2", "0", "5000")],
    ),
    "what a line says was refunded": (
        (
            "UPDATE orders_line SET refunded = 100 WHERE institution_id = {mine}"
            " AND order_id = (SELECT id FROM orders_order"
            " WHERE institution_id = {mine} AND number = 'o6')"
        ),
        [
            ("line refunded", "o6/1", "0", "100"),
            ("commission reversed", "o6/1 level 1", "10", "0"),
        ],
    ),
    "a commission's amount": (
        f"UPDATE commissions_commission SET booked = booked + 1 WHERE {commission('o6')}",
        [
            ("commission", "o6/1 level 1", "1000", "1001"),
            ("pending", "promoter:li:pending", "1001", "1000"),
        ],
    ),
    "a level 2 commission's amount": (
        f"UPDATE commissions_commission SET booked = booked - 1 WHERE {commission('o3', level=2)}",
        [
            ("commission", "o3/1 level 2", "299", "298"),
        ],
    ),
    "what a commission says came back": (
        f"UPDATE commissions_commission SET reversed = reversed - 1 WHERE {commission('o3')}",
        [("commission reversed", "o3/1 level 1", "500", "499")],
    ),
    "a commission's state": (
        (
            "UPDATE commissions_commission SET state = 'available', matured_at = now()"
            f" WHERE {commission('o6')}"
        ),
        [
            ("maturing", "o6/1 level 1", "posted only if available, it is available", "False"),
            ("pending", "promoter:li:pending", "0", "1000"),
        ],
    ),
    "a matured commission made pending": (
        (
            f"UPDATE commissions_commission SET state = 'pending', matured_at = NULL"
            f" WHERE {commission('o4')}"
        ),
        [
            ("maturing", "o4/1 level 1", "posted only if available, it is pending", "True"),
            ("pending", "promoter:li:pending", "1990", "1000"),
        ],
    ),
    "a rejection taken back": (
        f"UPDATE commissions_commission SET state = 'held' WHERE {commission('o5')}",
        [("commission reversed", "o5/1 level 1", "0", "1000")],
    ),
    "a ladder's figure": (
        f"UPDATE commissions_commission SET tier_figure = 7 WHERE {commission('o2')}",
        [("ladder figure", "o2/1", "2", "7")],
    ),
    "a commission is gone": (
        f"DELETE FROM commissions_commission WHERE {commission('o6')}",
        [
            ("commission", "o6/1 level 1", "1000", "None"),
            ("pending", "promoter:li:pending", "0", "1000"),
        ],
    ),
    "the points of an order": (
        (
            "UPDATE commissions_pointsgrant SET remaining = remaining - 1"
            " WHERE institution_id = {mine}"
            " AND order_id = (SELECT id FROM orders_order"
            " WHERE institution_id = {mine} AND number = 'o4')"
        ),
        [("points", "o4 li", "103/105", "102/105")],
    ),
    "the points earned": (
        (
            "UPDATE commissions_pointsgrant SET earned = earned + 10 WHERE institution_id = {mine}"
            " AND order_id = (SELECT id FROM orders_order"
            " WHERE institution_id = {mine} AND number = 'o4')"
        ),
        [("points", "o4 li", "103/105", "103/115")],
    ),
    "points that nobody gave": (
        (
            "DELETE FROM commissions_pointsgrant WHERE institution_id = {mine}"
            " AND order_id = (SELECT id FROM orders_order"
            " WHERE institution_id = {mine} AND number = 'o4')"
        ),
        [("points", "promoter:li:points", "0", "103")],
    ),
    "a withdrawal's amount": (
        (
            "UPDATE payouts_withdrawal SET amount = amount + 1"
            " WHERE institution_id = {mine} AND number = 'w4'"
        ),
        [
            ("withdrawal reserved", "w4", "1201", "1200"),
            ("in transit", "promoter:li:in_transit", "1201", "1200"),
        ],
    ),
    "a withdrawal's state": (
        (
            "UPDATE payouts_withdrawal SET state = 'succeeded', closed_at = now()"
            " WHERE institution_id = {mine} AND number = 'w3'"
        ),
        [
            ("withdrawal's end", "w3", "['succeeded']", "set()"),
            ("withdrawal paid", "w3", "1100 + 0", "0 + 0"),
            ("in transit", "promoter:yu:in_transit", "0", "1100"),
        ],
    ),
    "a failed withdrawal that succeeded": (
        (
            "UPDATE payouts_withdrawal SET state = 'succeeded'"
            " WHERE institution_id = {mine} AND number = 'w2'"
        ),
        [
            ("withdrawal's end", "w2", "['succeeded']", "{'failed'}"),
            ("withdrawal paid", "w2", "1000 + 0", "0 + 0"),
        ],
    ),
    "a withdrawal's tax": (
        (
            "UPDATE payouts_withdrawal SET tax = tax + 1, net = net - 1"
            " WHERE institution_id = {mine} AND number = 'w1'"
        ),
        [("withdrawal paid", "w1", "1999 + 1", "2000 + 0")],
    ),
    "a payout in a bank file that left by another channel": (
        (
            "WITH file AS (INSERT INTO payouts_bankfile (institution_id, id, number, made_at,"
            " expected, encoding, columns, downloads)"
            " VALUES ({mine}, gen_random_uuid(), 'f', now(), 1, 'gb18030', '[]', 0) RETURNING id)"
            " INSERT INTO payouts_bankfilerow"
            " (institution_id, id, file_id, withdrawal_id, serial, told, reason)"
            " SELECT {mine}, gen_random_uuid(), file.id, w.id, 1, '', ''"
            " FROM file, payouts_withdrawal w"
            " WHERE w.institution_id = {mine} AND w.number = 'w1'"
        ),
        [("bank file", "w1", "sent to a bank", "succeeded at sandbox")],
    ),
    "two persons whom nobody saw": (
        (
            "UPDATE payouts_withdrawal SET two_persons = true,"
            " first_approver = '00000000-0000-0000-0000-000000000001',"
            " second_approver = '00000000-0000-0000-0000-000000000002'"
            " WHERE institution_id = {mine} AND number = 'w1'"
        ),
        [
            (
                "two persons",
                "w1",
                "None + None",
                "00000000-0000-0000-0000-000000000001 + 00000000-0000-0000-0000-000000000002",
            )
        ],
    ),
    "a withdrawal is gone": (
        "DELETE FROM payouts_withdrawal WHERE institution_id = {mine} AND number = 'w4'",
        [("in transit", "promoter:li:in_transit", "0", "1200")],
    ),
    "a prize": (
        (
            "UPDATE standings_closedrow SET prize = prize + 1"
            " WHERE institution_id = {mine} AND rank = 1"
        ),
        [("prize", "board:sales:week:2026-03-02:prize:yu", "5001", "5000")],
    ),
    "a prize that was not promised": (
        "DELETE FROM standings_closedrow WHERE institution_id = {mine} AND rank = 2",
        [("prize", "board:sales:week:2026-03-02:prize:li", "0", "2000")],
    ),
    "a prize that was not posted": (
        (
            "UPDATE ledger_transfer SET key = 'board:sales:week:2026-03-02:prize:boss'"
            " WHERE institution_id = {mine} AND key = 'board:sales:week:2026-03-02:prize:li'"
        ),
        [
            ("prize", "board:sales:week:2026-03-02:prize:boss", "0", "2000"),
            ("prize", "board:sales:week:2026-03-02:prize:li", "2000", "0"),
        ],
    ),
    "a stray payment that nobody received": (
        (
            "UPDATE ledger_transfer SET key = 'stray:odd:received'"
            " WHERE institution_id = {mine} AND key = 'board:sales:week:2026-03-02:prize:li'"
        ),
        [
            ("prize", "board:sales:week:2026-03-02:prize:li", "2000", "0"),
            ("prize", "stray:odd:received", "0", "2000"),
            ("stray payment", "stray:odd:received none", "0", "2000"),
        ],
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_one_changed_row_is_named(as_owner, what):
    statement, expected = TAMPERINGS[what]
    tamper(statement)
    assert sorted(found()) == sorted(expected)


def test_another_promoter_is_named(as_owner):
    tamper(
        "UPDATE commissions_commission SET promoter_id = (SELECT id FROM promoters_promoter"
        f" WHERE institution_id = {{mine}} AND code = 'boss') WHERE {commission('o4')}"
    )
    people = {code: str(queries.by_code(code).id) for code in ("li", "boss")}
    assert found() == [("commission's promoter", "o4/1 level 1", people["li"], people["boss"])]


def test_every_check_finds_something():
    """No check is without a tampering that only it, or it too, names."""
    named = {check for _, expected in TAMPERINGS.values() for check, *_ in expected}
    assert named == {
        "balance",
        "commission",
        "commission reversed",
        "floor",
        "in transit",
        "ladder figure",
        "line refunded",
        "maturing",
        "order paid",
        "order total",
        "pending",
        "points",
        "prize",
        "refund",
        "stray payment",
        "transfer",
        "bank file",
        "two persons",
        "unit",
        "withdrawal paid",
        "withdrawal reserved",
        "withdrawal's end",
    }
    # Those of splits and of bills are tampered with in tests/splits and tests/reconciliation.
    elsewhere = {check for check in CHECKS if check.__module__.rsplit(".", 1)[1] in _ELSEWHERE}
    assert len(CHECKS) - len(elsewhere) == 17


def test_the_neighbour_is_not_blamed(told, as_owner):
    tamper(TAMPERINGS["a cached balance"][0])
    with scope.institution(told.neighbour):
        assert found() == []


def _audit(told, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "kefen.config.cli", "audit", *arguments]
    environment = {**os.environ, "KEFEN_DATABASE_NAME": told.database}
    return subprocess.run(
        command, env=environment, cwd=databases.ROOT, capture_output=True, text=True, check=False
    )


def test_the_command_says_so_by_its_status(told):
    ended = _audit(told)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "next-door: everything agrees\nzhixing: everything agrees\n"

    url = EmbeddedPostgres(databases.HOME).url("owner", database=told.database)
    statement = (
        "UPDATE ledger_balance SET posted = posted + %s WHERE account_id = (SELECT id FROM"
        " ledger_account WHERE institution_id = %s AND code = 'promoter:li:available')"
    )
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(statement, [1, told.institution])
        try:
            wrong, other = _audit(told), _audit(told, "--institution", "next-door")
        finally:
            owner.execute(statement, [-1, told.institution])
    assert wrong.returncode == 1
    assert wrong.stdout == (
        "next-door: everything agrees\n"
        "zhixing: balance: promoter:li:available: expected 1790, found 1791\n"
        "1 differences\n"
    )
    assert (other.returncode, other.stdout) == (0, "next-door: everything agrees\n")


def test_lines_booked_at_once_may_stand_between_each_other(committed_institution, own_database):
    """Two orders booked by two processes: their commissions' ids alternate. The lines of one
    order share one figure all the same."""
    make_course()
    make_course(code="guitar")
    make_promoter()
    make_promoter(code="li")
    make_version(terms=make_terms(rules=[ladder((1, 500), (2, 800))]))
    two = [LineRequest(1, "python", 1, 100_00), LineRequest(2, "guitar", 1, 100_00)]
    make_paid_order(number="a", lines=two)
    make_paid_order(number="b", student="other", promoter="li")
    _, second, third = Commission.objects.order_by("id").values_list("id", flat=True)
    spare = uuid7()
    # Only the owner can change an id.
    with psycopg.connect(databases.start_server().url("owner", database=own_database)) as owner:
        for old, new in ((second, spare), (third, second), (spare, third)):
            moved = owner.execute(
                "UPDATE commissions_commission SET id = %s WHERE id = %s", [new, old]
            )
            assert moved.rowcount == 1

    rows = Commission.objects.order_by("id").values_list("order__number", "tier_figure")
    assert list(rows) == [("a", 1), ("b", 1), ("a", 1)]
    assert audit_institution() == []
