"""A refund that was asked for and has no result yet."""

import pytest
from django.db import transaction

from kefen.core.errors import NumberConflict, OrderNotPaid, RefundExceedsPaid, UnknownOrder
from kefen.orders import actions, queries
from kefen.orders.contracts import RefundState
from tests.orders.school import money, open_school, place, refund, sell, unchanged


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()
    sell("A", 10_000, code="yu")


def ask(number: str, amount: int, order: str = "A") -> None:
    with transaction.atomic():
        actions.request_refund(number=number, order=order, amount=amount, reason="moved away")


def test_it_waits_and_moves_no_money() -> None:
    ask("R", 4000)
    found = queries.refund_by_number("R")
    assert found is not None
    assert (found.state, found.amount, found.channel) == (RefundState.REQUESTED, 4000, "wechat")
    assert queries.requested_refunds() == ["R"]
    assert money() == (2000, 0, 0, 0)


def test_the_same_again_is_the_same_and_other_content_a_conflict() -> None:
    ask("R", 4000)
    with unchanged():
        ask("R", 4000)
    with unchanged(), pytest.raises(NumberConflict):
        ask("R", 4001)


def test_what_was_asked_for_counts_against_what_is_left() -> None:
    ask("R1", 6000)
    with unchanged(), pytest.raises(RefundExceedsPaid):
        ask("R2", 4001)
    ask("R2", 4000)


def test_a_refused_one_frees_its_amount() -> None:
    ask("R1", 6000)
    assert actions.fail_refund("R1", reason="card closed") is True
    assert actions.fail_refund("R1", reason="card closed") is False
    ask("R2", 10_000)


def test_the_channel_s_result_books_it_once() -> None:
    ask("R", 5000)
    assert refund("R", "A", 5000) is True
    with unchanged():
        assert refund("R", "A", 5000) is False
    found = queries.refund_by_number("R")
    assert found is not None
    assert found.state is RefundState.BOOKED
    assert money() == (1000, 0, 0, 0)


def test_unknown_and_unpaid_orders_are_refused() -> None:
    place("B", 100)
    with unchanged(), pytest.raises(OrderNotPaid):
        ask("R", 1, order="B")
    with unchanged(), pytest.raises(UnknownOrder):
        ask("R", 1, order="Z")
