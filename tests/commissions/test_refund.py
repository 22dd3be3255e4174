"""Booking a refund."""

import pytest

from kefen.commissions import queries
from kefen.core.errors import NumberConflict, OrderNotPaid, RefundExceedsPaid, UnknownOrder
from tests.orders.school import (
    ask,
    balance,
    come_by,
    mature,
    money,
    open_school,
    place,
    refund,
    sell,
    transfer,
    unchanged,
)


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()
    come_by("yu")
    sell("A", 10_000, 3_001)


def reversed_by_line() -> list[tuple[int, int]]:
    return [(c.booked, c.reversed) for c in queries.in_order_of_booking()]


def test_while_pending_it_comes_from_pending() -> None:
    assert refund("R", "A", lines={2: 3_001}) is True
    assert transfer("refund:R") == {
        "promoter:yu:pending": -600,
        "institution:main": -2401,
        "channel:wechat": 3001,
    }
    assert reversed_by_line() == [(2000, 0), (600, 600)]


def test_afterwards_from_what_is_available_and_the_rest_is_owed() -> None:
    mature()
    ask("W", 2100)
    refund("R", "A", 13_001)
    assert transfer("refund:R") == {
        "promoter:yu:available": -500,
        "promoter:yu:receivable": -2100,
        "institution:main": -10_401,
        "channel:wechat": 13_001,
    }
    assert money() == (0, 0, 2100, 2100)
    assert balance("institution:main") == 0


def test_any_order_of_parts_ends_at_the_same_figure() -> None:
    for number, amount in enumerate((1, 3333, 333, 6000)):
        refund(f"R{number}", "A", lines={1: amount})
    # floor(2000 * 333 / 10000) = 66 remain.
    assert reversed_by_line()[0] == (2000, 1934)


def test_again_it_is_nothing_and_other_content_a_conflict() -> None:
    refund("R", "A", 100)
    with unchanged():
        assert refund("R", "A", 100) is False
    for other in ({"amount": 101}, {"lines": {1: 100}}, {"order": "Z", "amount": 100}):
        wanted = {"order": "A", "amount": None, "lines": None} | other
        with unchanged(), pytest.raises(NumberConflict):
            refund("R", wanted["order"], wanted["amount"], wanted["lines"])


@pytest.mark.parametrize(
    ("order", "amount", "lines", "error"),
    [
        ("Z", 1, None, UnknownOrder),
        ("B", 1, None, OrderNotPaid),
        ("A", 13_002, None, RefundExceedsPaid),
        ("A", None, {1: 10_001}, RefundExceedsPaid),
        ("A", None, {1: 1, 3: 1}, RefundExceedsPaid),
    ],
)
def test_a_refused_refund_changes_nothing(
    order: str, amount: int | None, lines: dict[int, int] | None, error: type[Exception]
) -> None:
    place("B", 100)
    with unchanged(), pytest.raises(error):
        refund("R", order, amount, lines)
