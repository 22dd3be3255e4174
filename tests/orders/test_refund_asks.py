"""A student asks for his money back; the school answers, and only its answer moves money."""

import pytest

from kefen.catalog.models import Course
from kefen.commissions import actions as commissions
from kefen.core.errors import (
    IllegalTransition,
    InvalidInput,
    OrderNotPaid,
    RefundExceedsPaid,
    RefundTimeOver,
    UnknownOrder,
)
from kefen.orders import actions, queries
from kefen.orders.models import AskState, Refund, RefundAsk
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.tenancy.contracts import InstitutionFacts
from tests.orders.school import DAY, HOUR, START, money, open_school, place, sell, unchanged
from tests.webhooks.shop import queued

STUDENT = Actor(ActorKind.STUDENT)


@pytest.fixture(autouse=True)
def sold(institution: InstitutionFacts) -> None:
    open_school()
    sell("A", 10_000)


def ask(order: str = "A", amount: int = 10_000, after: int = 1) -> None:
    with clock.at(START + after * DAY):
        actions.ask_refund(order, amount=amount, reason=" no time ", actor=STUDENT)


def states() -> list[str]:
    return [row.state for row in RefundAsk.objects.order_by("id")]


def test_asking_moves_no_money_and_is_noted() -> None:
    before = money()
    ask()
    row = RefundAsk.objects.get()
    assert (row.state, row.amount, row.reason) == (AskState.ASKED, 10_000, "no time")
    assert not Refund.objects.exists()
    assert queued("refunds.send") == []
    assert money() == before
    assert queries.open_refund_asks() == (1, 10_000)
    assert [o.number for o in queries.filtered(state="refund_asked")] == ["A"]
    assert Record.objects.get(verb="refund.asked").actor_kind == "student"


def test_asking_again_while_it_is_open_is_the_same() -> None:
    ask()
    with unchanged():
        ask(amount=1)


def test_refunding_is_the_schools_yes() -> None:
    ask()
    commissions.request_refund("A", 10_000, "agreed", SYSTEM, number="R1")
    assert states() == ["agreed"]
    assert [job["refund"] for job in queued("refunds.send")] == ["R1"]
    assert queries.open_refund_asks() == (0, 0)
    with unchanged(), pytest.raises(IllegalTransition):
        actions.decline_refund("A", answer="too late", actor=SYSTEM)


def test_declining_says_why_and_the_student_may_ask_again() -> None:
    ask()
    with unchanged(), pytest.raises(InvalidInput):
        actions.decline_refund("A", answer="  ", actor=SYSTEM)
    actions.decline_refund("A", answer="the books are on their way", actor=SYSTEM)
    row = RefundAsk.objects.get()
    assert (row.state, row.answer) == ("declined", "the books are on their way")
    assert not Refund.objects.exists()
    ask()
    assert states() == ["declined", "asked"]


def test_the_time_for_asking_is_that_of_the_course() -> None:
    Course.objects.filter(code="math").update(refund_days=7)
    paid_at = START + 2 * HOUR
    with clock.at(paid_at + 7 * DAY), unchanged(), pytest.raises(RefundTimeOver):
        actions.ask_refund("A", amount=10_000, reason="", actor=STUDENT)
    with clock.at(paid_at + 7 * DAY - HOUR):
        actions.ask_refund("A", amount=10_000, reason="", actor=STUDENT)


def test_no_more_than_is_left_can_be_asked_for() -> None:
    commissions.request_refund("A", 4_000, "partly", SYSTEM, number="R1")
    with unchanged(), pytest.raises(RefundExceedsPaid):
        ask(amount=6_001)
    with unchanged(), pytest.raises(InvalidInput):
        ask(amount=0)
    ask(amount=6_000)


def test_unpaid_and_unknown_orders_are_refused() -> None:
    place("B", 100)
    with unchanged(), pytest.raises(OrderNotPaid):
        ask("B", 100)
    with unchanged(), pytest.raises(UnknownOrder):
        ask("Z", 100)
    with unchanged(), pytest.raises(IllegalTransition):
        actions.decline_refund("A", answer="nothing was asked", actor=SYSTEM)


def test_a_refund_that_came_to_nothing_opens_the_request_again() -> None:
    ask()
    with clock.at(START + DAY + HOUR):
        actions.request_refund(number="r1", order="A", amount=1)
    assert states() == [AskState.AGREED]
    assert actions.fail_refund("r1", reason="account closed")
    assert states() == [AskState.ASKED]
    assert RefundAsk.objects.get().answered_at is None
    assert not actions.fail_refund("r1", reason="account closed")


def test_a_failed_refund_opens_nothing_that_another_one_answered() -> None:
    with clock.at(START + HOUR):
        actions.request_refund(number="r1", order="A", amount=1)
    ask(amount=100)
    with clock.at(START + DAY + HOUR):
        actions.request_refund(number="r2", order="A", amount=100)
    assert actions.fail_refund("r1", reason="account closed")
    assert states() == [AskState.AGREED]
