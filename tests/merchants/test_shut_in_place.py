"""A shut account while it is still the one that is found, and what its old keys may speak of."""

from datetime import timedelta
from uuid import UUID

import pytest

from kefen.commissions import actions as commissions
from kefen.core.errors import InvalidInput
from kefen.core.reconciliation import Subject, Verdict
from kefen.faces.api.webhooks_in import work as working
from kefen.faces.api.webhooks_in.channels import read
from kefen.ops.audit import audit_institution
from kefen.orders import actions as orders
from kefen.orders.models import CashierVisit, LeftCashier, Order, Refund, StrayPayment
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.inbox import actions as inbox
from kefen.platform.inbox.models import Notification
from kefen.ports.payments import ChannelEvent
from kefen.reconciliation import actions as reconciliation
from kefen.reconciliation.actions import Came
from kefen.reconciliation.contracts import Decision
from kefen.reconciliation.models import Difference, DifferenceState
from tests.merchants.test_shut import (
    CHANNEL,
    NEW,
    OLD,
    Books,
    arrived,
    begin,
    enter,
    notify,
    replaced,
    shut,
    state,
    the_left,
    told,
    wire,
)
from tests.webhooks.shop import PRICE


@pytest.fixture
def channel(institution: object, monkeypatch: pytest.MonkeyPatch) -> Books:
    return wire(monkeypatch)


def refund_of_it() -> str:
    """A refund of the order is asked for, twice; answers what became of it."""
    number = commissions.request_refund("ord-1", PRICE, "why", SYSTEM)
    commissions.send_refund(number)
    commissions.send_refund(number)
    return str(Refund.objects.get(number=number).state)


def test_declared_came_and_told_before_another_account_is_entered(channel: Books) -> None:
    """The order's own payment, told late, is no second one."""
    shut()
    reconciliation.settle_left(the_left().id, Came.CAME, note="bank's list", actor=SYSTEM)
    assert notify(OLD, "ord-1", "wx-1") == "done"
    assert not StrayPayment.objects.exists()
    assert CashierVisit.objects.get().channel_number == "wx-1"


@pytest.mark.parametrize("way", ["told", "asked"])
def test_what_came_before_another_account_is_entered_stays_with_the_old(
    channel: Books, way: str
) -> None:
    shut()
    channel.payments[OLD, "ord-1"] = told("ord-1", "wx-1")
    if way == "told":
        assert notify(OLD, "ord-1", "wx-1") == "done"
    else:  # a job that was made before
        assert commissions.ask_about_payment("ord-1", CHANNEL)
    assert (state(), the_left().owns) == ("came", True)
    enter(NEW)
    assert refund_of_it() == "booked"
    assert [whose for whose, _ in channel.returned] == [OLD]


def test_stored_before_another_is_entered_and_worked_on_after(channel: Books) -> None:
    shut()
    body = f"{OLD} ord-1 wx-1".encode()
    event, account = read(CHANNEL, "zhixing", {"of": OLD}, body)
    inbox.store(arrived(event, body, account))
    enter(NEW)
    row = Notification.objects.get()
    working.work(row.id)
    row.refresh_from_db()
    assert row.state == "done"
    assert the_left().owns


def test_declared_while_a_notification_is_worked_on(
    channel: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"{OLD} ord-1 wx-1".encode()
    event, account = read(CHANNEL, "zhixing", {"of": OLD}, body)
    inbox.store(arrived(event, body, account))

    def and_meanwhile(*_: object) -> ChannelEvent:
        replaced()
        return event

    monkeypatch.setattr(working, "translate", and_meanwhile)
    working.work(Notification.objects.get().id)
    assert (state(), the_left().owns) == ("came", True)


def test_old_keys_speak_of_nothing_that_began_later(channel: Books) -> None:
    replaced()
    begin("ord-2")
    assert notify(OLD, "ord-2", "wx-2") == "parked conflict"
    assert Order.objects.get(number="ord-2").state == "placed"
    assert LeftCashier.objects.count() == 1


def difference(number: str, its: str) -> UUID:
    row = Difference.objects.create(
        channel=CHANNEL,
        on=clock.now().date(),
        number=number,
        channel_number=its,
        verdict=Verdict.ONLY_THEIRS,
        subject=Subject.PAYMENT,
        nth=1,
        theirs=PRICE,
        currency="CNY",
        their_currency="CNY",
        at=the_left().opened_at,
        found_at=clock.now(),
        state=DifferenceState.OPEN,
    )
    found: UUID = row.id
    return found


def test_a_line_of_the_old_accounts_bill_is_booked_there(channel: Books) -> None:
    replaced()
    channel.payments[OLD, "ord-1"] = told("ord-1", "wx-1")
    one = difference("ord-1", "wx-1")
    assert reconciliation.close(one, Decision.BOOK, note="on its bill", actor=SYSTEM)
    assert (state(), the_left().owns) == ("came", True)
    assert refund_of_it() == "booked"
    assert [whose for whose, _ in channel.returned] == [OLD]
    assert audit_institution() == []


def test_and_goes_back_there_where_the_order_does_not_owe_it(channel: Books) -> None:
    replaced()
    orders.cancel("ord-1")
    channel.payments[OLD, "ord-1"] = told("ord-1", "wx-1")
    one = difference("ord-1", "wx-1")
    assert reconciliation.close(one, Decision.RETURN, note="on its bill", actor=SYSTEM)
    stray = StrayPayment.objects.get()
    commissions.return_stray(stray.number)
    commissions.return_stray(stray.number)
    assert list(channel.returned) == [(OLD, stray.number)]


def test_the_number_of_another_orders_payment_gives_nothing_back(channel: Books) -> None:
    begin("ord-2")
    channel.payments[OLD, "ord-2"] = told("ord-2", "wx-2")
    assert commissions.ask_about_payment("ord-2", CHANNEL)
    with clock.at(clock.now() + timedelta(minutes=1)):
        replaced()
        orders.cancel("ord-1")
        with pytest.raises(InvalidInput):
            reconciliation.settle_left(
                the_left().id, Came.CAME, note="it came", actor=SYSTEM, channel_number="wx-2"
            )
    assert not StrayPayment.objects.exists()


def test_declared_came_and_told_when_its_channel_opened_it_again(channel: Books) -> None:
    shut()
    reconciliation.settle_left(the_left().id, Came.CAME, note="bank's list", actor=SYSTEM)
    enter(OLD)
    assert notify(OLD, "ord-1", "wx-1") == "done"
    assert not StrayPayment.objects.exists()
    # A second payment there is one all the same.
    assert notify(OLD, "ord-1", "wx-2") == "done"
    assert StrayPayment.objects.get().channel_number == "wx-2"
