"""Asking for money reserves it."""

import pytest

from kefen.core.errors import (
    BelowMinimum,
    InsufficientBalance,
    InvalidInput,
    NumberConflict,
    UnknownPromoter,
    UnknownWithdrawal,
    WithdrawalNotOpen,
)
from kefen.payouts import actions, queries
from tests.orders.school import ask, come_by, mature, money, open_school, sell, transfer, unchanged


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()
    come_by("yu")
    sell("A", 10_000)
    mature()


def test_the_amount_is_reserved_at_once() -> None:
    record = ask("W", 1500)
    assert (record.amount, record.tax, record.state) == (1500, None, "requested")
    assert transfer("withdrawal:W:requested") == {
        "promoter:yu:available": -1500,
        "promoter:yu:in_transit": 1500,
    }
    assert money() == (0, 500, 1500, 0)


def test_the_same_again_changes_nothing() -> None:
    first = ask("W", 1500)
    with unchanged():
        assert ask("W", 1500).id == first.id


@pytest.mark.parametrize(
    ("number", "amount", "who", "error"),
    [
        ("W", 1400, "yu", NumberConflict),
        ("W", 1500, "chen", NumberConflict),
        ("X", 999, "yu", BelowMinimum),
        ("X", 0, "yu", BelowMinimum),
        ("X", -1, "yu", BelowMinimum),
        ("X", 1000, "yu", InsufficientBalance),
        ("X", 1000, "chen", InsufficientBalance),
        ("X", 1000, "nobody", UnknownPromoter),
        ("a b", 1000, "yu", InvalidInput),
    ],
)
def test_a_refused_request_changes_nothing(
    number: str, amount: int, who: str, error: type[Exception]
) -> None:
    ask("W", 1500)
    with unchanged(), pytest.raises(error):
        ask(number, amount, who)


def test_taking_it_back_makes_it_available_again() -> None:
    ask("W", 1500)
    actions.cancel("W")
    assert money() == (0, 2000, 0, 0)
    assert queries.by_number("W").state == "cancelled"
    with unchanged(), pytest.raises(WithdrawalNotOpen):
        actions.cancel("W")
    with unchanged(), pytest.raises(UnknownWithdrawal):
        actions.cancel("Z")


def test_queries_of_withdrawals() -> None:
    ask("W1", 1000)
    ask("W2", 1000)
    actions.cancel("W1")
    assert [row.number for row in queries.queue()] == ["W2"]
    assert [row.number for row in queries.in_order_of_request()] == ["W1", "W2"]
    promoter_id = queries.by_number("W1").promoter_id
    assert [row.number for row in queries.of_promoter(promoter_id)] == ["W2", "W1"]
    with pytest.raises(UnknownWithdrawal):
        queries.by_number("Z")
