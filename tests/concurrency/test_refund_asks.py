"""A hundred requests for one refund, and several people of the school who answer it at once."""

import pytest
from django.db.models import Sum

from kefen.commissions import actions as commissions
from kefen.core.errors import NumberConflict
from kefen.orders import actions as orders
from kefen.orders.models import Refund, RefundAsk
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from tests.concurrency.racing import codes, race
from tests.factories import (
    START,
    make_course,
    make_paid_order,
    make_promoter,
    make_terms,
    make_version,
    percent,
)

STUDENT = Actor(ActorKind.STUDENT)
PAID = 100_00


@pytest.fixture
def sold(committed_institution):
    """yu sold one order of 100.00."""
    make_course(list_price=PAID)
    make_promoter()
    make_version(terms=make_terms(rules=[percent(1000)]))
    make_paid_order(paid=PAID)
    with clock.at(START):
        yield committed_institution


def _ask(amount: int):
    return orders.ask_refund("o1", amount=amount, reason="", actor=STUDENT)


def _agree(number: str, amount: int):
    return commissions.request_refund("o1", amount, "agreed", SYSTEM, number=number)


def test_a_hundred_requests_are_one(sold):
    answers = race([lambda amount=amount: _ask(PAID - amount) for amount in range(100)])

    assert len(set(answers)) == 1
    assert codes(answers) == []
    row = RefundAsk.objects.get()
    assert row.id == answers[0]
    assert 0 < row.amount <= PAID
    assert Record.objects.filter(verb="refund.asked").count() == 1


def test_no_more_is_asked_for_than_was_paid_while_the_school_refunds(sold):
    """Requests and refunds of the school at once: together never above what was paid."""
    race(
        [lambda: _ask(PAID)] * 20
        + [lambda number=number: _agree(f"r{number}", 30_00) for number in range(20)]
    )

    sent = Refund.objects.aggregate(total=Sum("amount"))["total"]
    assert sent == 90_00
    opened = list(RefundAsk.objects.filter(state="asked"))
    assert len(opened) <= 1
    assert all(one.amount <= PAID for one in opened)


def test_two_who_agree_at_once_send_one_refund(sold):
    """Both pages show the number of the order's next refund."""
    _ask(40_00)

    answers = race([lambda: _agree("next", 40_00)] * 10)

    assert set(answers) == {"next"}
    assert Refund.objects.get().amount == 40_00
    assert RefundAsk.objects.get().state == "agreed"
    assert Record.objects.filter(verb="refund.requested").count() == 1


def test_two_who_agree_to_different_amounts_send_one_and_one_is_told(sold):
    _ask(40_00)

    answers = race([lambda: _agree("next", 40_00), lambda: _agree("next", 30_00)])

    assert codes(answers) == [NumberConflict.code]
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_a_request_is_agreed_to_or_declined(sold, attempt):
    _ask(PAID)

    answers = race(
        [
            lambda: _agree("next", PAID),
            lambda: orders.decline_refund("o1", answer="no", actor=SYSTEM),
        ]
    )

    state = RefundAsk.objects.get().state
    assert state in {"agreed", "declined"}
    # Whoever declines after the refund was sent is told; a refund may follow a refusal.
    if state == "agreed":
        assert codes(answers) == ["illegal_transition"]
    assert Refund.objects.count() == 1
