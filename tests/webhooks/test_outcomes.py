"""The outcome of every notification, however and whenever it comes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kefen.core.errors import IllegalTransition, NotFound
from kefen.core.ids import uuid7
from kefen.faces.api.webhooks_in.work import work
from kefen.orders import actions as orders
from kefen.orders.models import Order
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.actions import add_member, make_user
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.models import Role
from kefen.platform.inbox import actions as inbox
from kefen.platform.inbox.models import Notification
from kefen.ports import registry
from tests.webhooks.shop import (
    PAID_BOOKS,
    PRICE,
    Seen,
    books,
    commissions,
    deliver,
    id_of,
    paid,
    place,
    queued,
    refunded,
    seen,
    send,
)

pytestmark = pytest.mark.usefixtures("shop")

DONE = Seen("done", "")


def test_a_payment_is_booked_at_the_channels_instant() -> None:
    place("ord-1")
    event = paid("ord-1")
    assert deliver(event) == DONE
    assert books() == PAID_BOOKS
    assert Order.objects.get(number="ord-1").paid_at == event.at


def test_worked_on_again_it_changes_nothing() -> None:
    place("ord-1")
    event = paid("ord-1")
    deliver(event)
    assert work(id_of(event.event)) is None
    assert Notification.objects.get(event=event.event).attempts == 1
    # The channel's second notification of the same payment, under another number.
    assert deliver(paid("ord-1", event="evt-again")) == DONE
    assert books() == PAID_BOOKS
    assert commissions() == 1


def test_a_refund_before_its_payment_waits_and_is_woken_by_it() -> None:
    place("ord-1")
    assert deliver(refunded("ord-1", "rfd-1", PRICE)) == Seen("waiting", "order_not_paid")
    assert books() == {}
    before = queued("notifications.work")
    assert deliver(paid("ord-1")) == DONE
    woken = queued("notifications.work")[len(before) :]
    assert str(id_of("evt-rfd-1")) in {job["notification"] for job in woken}
    work(id_of("evt-rfd-1"))
    assert seen("evt-rfd-1") == DONE
    assert books() == {}, "paid and refunded in full"


def test_a_refund_whose_payment_never_comes_is_parked() -> None:
    place("ord-1")
    event = refunded("ord-1", "rfd-1", PRICE)
    assert deliver(event) == Seen("waiting", "order_not_paid")
    with clock.at(clock.now() + timedelta(days=3, seconds=-5)):
        work(id_of(event.event))
        assert seen(event.event) == Seen("waiting", "order_not_paid")
    with clock.at(clock.now() + timedelta(days=3)):
        work(id_of(event.event))
    assert seen(event.event) == Seen("parked", "order_not_paid")


def test_an_order_that_commits_late_is_waited_for_some_minutes() -> None:
    event = paid("ord-late")
    assert deliver(event) == Seen("waiting", "unknown_order")
    place("ord-late")
    work(id_of(event.event))
    assert seen(event.event) == DONE
    assert books() == PAID_BOOKS


def test_an_unknown_order_is_parked_after_ten_minutes() -> None:
    event = paid("ord-never")
    assert deliver(event) == Seen("waiting", "unknown_order")
    with clock.at(clock.now() + timedelta(minutes=10)):
        work(id_of(event.event))
    assert seen(event.event) == Seen("parked", "unknown_order")


@pytest.mark.parametrize("amount", [PRICE - 1, PRICE + 1, 0])
def test_another_amount_is_parked_and_nothing_booked(amount: int) -> None:
    place("ord-1")
    assert deliver(paid("ord-1", amount=amount)) == Seen("parked", "amount_mismatch")
    assert books() == {}
    assert Order.objects.get(number="ord-1").state == "placed"


def test_another_currency_is_parked() -> None:
    place("ord-1")
    assert deliver(replace(paid("ord-1"), currency="USD")) == Seen("parked", "amount_mismatch")
    assert books() == {}


def test_paid_after_cancelled_is_parked() -> None:
    place("ord-1")
    orders.cancel("ord-1")
    assert deliver(paid("ord-1")) == Seen("parked", "order_not_open")
    assert books() == {}


def test_the_same_order_paid_by_another_channel_is_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    place("ord-1")
    deliver(paid("ord-1"))
    monkeypatch.setitem(registry._payments, "second", registry.payments("sandbox"))
    event = paid("ord-1", event="evt-second")
    assert send(event, channel="second") == 200
    work(id_of("evt-second"))
    assert seen("evt-second") == Seen("parked", "paid_twice")
    assert books() == PAID_BOOKS


def test_a_refund_by_another_channel_is_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    place("ord-1")
    deliver(paid("ord-1"))
    monkeypatch.setitem(registry._payments, "second", registry.payments("sandbox"))
    assert send(refunded("ord-1", "rfd-1", 100), channel="second") == 200
    work(id_of("evt-rfd-1"))
    assert seen("evt-rfd-1") == Seen("parked", "conflict")
    assert books() == PAID_BOOKS


def test_a_refund_above_what_is_left_is_parked() -> None:
    place("ord-1")
    deliver(paid("ord-1"))
    assert deliver(refunded("ord-1", "rfd-1", 20_000)) == DONE
    half = books()
    assert deliver(refunded("ord-1", "rfd-2", 9_901)) == Seen("parked", "refund_exceeds_paid")
    assert books() == half
    assert deliver(refunded("ord-1", "rfd-3", 9_900)) == DONE
    assert books() == {}


def test_the_same_refund_told_twice_is_booked_once() -> None:
    place("ord-1")
    deliver(paid("ord-1"))
    deliver(refunded("ord-1", "rfd-1", 10_000))
    once = books()
    assert deliver(refunded("ord-1", "rfd-1", 10_000, event="evt-x")) == DONE
    assert books() == once


def test_the_same_refund_with_another_amount_is_parked() -> None:
    place("ord-1")
    deliver(paid("ord-1"))
    deliver(refunded("ord-1", "rfd-1", 10_000))
    once = books()
    other = refunded("ord-1", "rfd-1", 9_999, event="evt-x")
    assert deliver(other) == Seen("parked", "amount_mismatch")
    place("ord-2")
    deliver(paid("ord-2"))
    elsewhere = refunded("ord-2", "rfd-1", 10_000, event="evt-y")
    assert deliver(elsewhere) == Seen("parked", "conflict")
    assert books()["channel:sandbox"] == once["channel:sandbox"] - PRICE


def test_a_parked_one_is_tried_again_by_an_operator_audited() -> None:
    user = make_user("operator")
    add_member(user, Role.OPERATOR)
    operator = Actor(ActorKind.OPERATOR, user.id)
    place("ord-1")
    deliver(paid("ord-1", amount=1))
    key = id_of("evt-ord-1")
    inbox.retry(key, operator)
    assert seen("evt-ord-1") == Seen("received", "")
    (note,) = Record.objects.filter(verb="notification.retried")
    assert (note.actor_kind, note.actor_user) == ("operator", operator.user)
    assert note.details == {"about": "ord-1", "reason": "amount_mismatch"}
    with pytest.raises(IllegalTransition):
        inbox.retry(key, operator)
    with pytest.raises(NotFound):
        inbox.retry(uuid7(), operator)
    work(key)
    assert seen("evt-ord-1") == Seen("parked", "amount_mismatch")


def test_wake_takes_up_what_has_no_outcome() -> None:
    place("ord-1")
    send(paid("ord-1"))
    deliver(paid("ord-never"))
    deliver(paid("ord-1", event="evt-wrong", amount=1))
    assert inbox.wake_open(older_than=timedelta(minutes=1)) == 0
    count = len(queued("notifications.work"))
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert inbox.wake_open(older_than=timedelta(minutes=1)) == 2
    assert len(queued("notifications.work")) == count, "both have their first job still"
