"""A payment whose notice never arrives is asked about by the clock, and booked once."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from kefen.adapters.payments.sandbox import books as channel
from kefen.adapters.payments.sandbox import faults
from kefen.adapters.payments.sandbox.channel import Sandbox
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.adapters.payments.sandbox.models import Payment
from kefen.commissions import actions as commissions
from kefen.commissions.contracts import Payment as Paid
from kefen.commissions.tasks import chase_payments
from kefen.core.errors import AmountMismatch, ChannelUnavailable
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.orders.models import CashierVisit, Order, StrayPayment
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.ports.payments import ChannelEvent
from tests.webhooks.shop import PAID_BOOKS, PRICE, SLUG, books, deliver, paid, place, queued

pytestmark = pytest.mark.usefixtures("shop")

MINUTE = timedelta(minutes=1)


def to_cashier(number: str) -> None:
    orders.open_cashier(number, orders.PayBy("sandbox"), return_url="http://here/")


def pay_unheard(number: str) -> None:
    """The student pays, and nobody ever hears of it."""
    faults.plan(SLUG, number, Fault.LOST)
    channel.pay(Payment.objects.get(order=number).token)


@dataclass
class Line:
    """How often somebody asked over it, and whether it is down."""

    asked: int = 0
    down: bool = False


def closed() -> bool:
    """Whether the channel needs to be asked no more."""
    return CashierVisit.objects.get().closed_at is not None


def run_job() -> list[str]:
    """What the clock does once: who is due, and asking about each; answers who was asked."""
    before = queued("payments.ask")
    chase_payments()
    asked = queued("payments.ask")[len(before) :]
    for job in asked:
        commissions.ask_about_payment(job["order"], job["channel"])
    return [job["order"] for job in asked]


def test_a_lost_notice_is_made_good_by_the_next_turn_of_the_job() -> None:
    place("ord-1")
    to_cashier("ord-1")
    pay_unheard("ord-1")
    assert Order.objects.get().state == "placed"
    with clock.at(clock.now() + MINUTE):
        assert run_job() == ["ord-1"]
    assert Order.objects.get().state == "paid"
    assert books() == PAID_BOOKS
    with clock.at(clock.now() + timedelta(hours=1)):
        assert queries.due_cashier_visits(clock.now()) == []


def test_asked_twice_and_told_as_well_it_is_booked_once() -> None:
    place("ord-1")
    to_cashier("ord-1")
    pay_unheard("ord-1")
    assert commissions.ask_about_payment("ord-1", "sandbox") is True
    assert commissions.ask_about_payment("ord-1", "sandbox") is False
    assert deliver(paid("ord-1")).state == "done"
    assert books() == PAID_BOOKS


def test_an_unpaid_order_is_asked_about_less_and_less_and_not_for_ever() -> None:
    place("ord-1")
    start, asked = clock.now(), []
    with clock.at(start):
        to_cashier("ord-1")
    for minute in range(1, 3 * 24 * 60):
        with clock.at(start + minute * MINUTE):
            if queries.due_cashier_visits(clock.now()):
                commissions.ask_about_payment("ord-1", "sandbox")
                asked.append(minute)
    assert asked[:6] == [1, 2, 3, 5, 8, 12]
    # The last question is the one whose answer ends the asking.
    assert asked[-1] * MINUTE == queries.ASKED_FOR == timedelta(hours=48)
    gaps = [later - earlier for earlier, later in pairwise(asked[:-1])]
    assert gaps == sorted(gaps)
    assert 15 < len(asked) < 25
    assert 24 * 60 < asked[-2] < 48 * 60
    assert books() == {}
    assert closed()
    # Whoever goes back to the cashier later is waited for again.
    with clock.at(start + timedelta(days=5)):
        to_cashier("ord-1")
    with clock.at(start + timedelta(days=5) + MINUTE):
        assert queries.due_cashier_visits(clock.now()) == [("ord-1", "sandbox")]
    assert CashierVisit.objects.count() == 1


def test_a_paid_order_needs_no_asking() -> None:
    place("ord-1")
    to_cashier("ord-1")
    deliver(paid("ord-1"))
    with clock.at(clock.now() + MINUTE):
        assert run_job() == []


def test_an_order_that_never_went_to_a_cashier_is_not_asked_about() -> None:
    place("ord-1")
    with clock.at(clock.now() + MINUTE):
        assert run_job() == []


def goes_back() -> str:
    """Why the one stray payment goes back, which lies at the channel and is owed to its payer."""
    (one,) = StrayPayment.objects.all()
    assert (one.order.number, one.state, one.amount) == ("ord-1", "asked", PRICE)
    held = {"channel:sandbox": -PRICE, "institution:strays": PRICE}
    assert held.items() <= books().items()
    return str(one.cause)


def test_money_for_a_cancelled_order_goes_back() -> None:
    place("ord-1")
    to_cashier("ord-1")
    orders.cancel("ord-1")
    pay_unheard("ord-1")
    with clock.at(clock.now() + MINUTE):
        assert run_job() == ["ord-1"]
    assert goes_back() == "order_not_open"
    note = Record.objects.get(verb="stray.received")
    assert (note.subject, note.details["reason"]) == ("order:ord-1", "order_not_open")
    assert Order.objects.get().state == "cancelled"
    with clock.at(clock.now() + timedelta(hours=1)):
        assert run_job() == []


def test_a_cashier_that_was_shut_is_asked_about_until_its_time_is_over() -> None:
    """Some channels cannot close a page that nobody has opened so far."""
    place("ord-1")
    start, asked = clock.now(), []
    with clock.at(start):
        to_cashier("ord-1")
        orders.shut_and_cancel("ord-1")
    for minute in range(1, 24 * 60):
        with clock.at(start + minute * MINUTE):
            if queries.due_cashier_visits(clock.now()):
                commissions.ask_about_payment("ord-1", "sandbox")
                asked.append(minute)
    assert len(asked) < 15
    assert asked[-1] * MINUTE == queries.ASKED_AFTER_SHUTTING > queries.PAYABLE_FOR
    assert asked[-1] < 180
    assert closed()


def test_a_cashier_that_was_shut_late_is_asked_about_as_long_as_one_shut_at_once() -> None:
    place("ord-1")
    start, asked = clock.now(), []
    with clock.at(start):
        to_cashier("ord-1")
    shut = start + timedelta(hours=10)
    with clock.at(shut):
        commissions.ask_about_payment("ord-1", "sandbox")
        orders.shut_and_cancel("ord-1")
    for minute in range(1, 24 * 60):
        with clock.at(shut + minute * MINUTE):
            if queries.due_cashier_visits(clock.now()):
                commissions.ask_about_payment("ord-1", "sandbox")
                asked.append(minute)
    assert asked == [150]
    assert closed()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """The line to the channel, over which nothing goes while it is down."""
    found = Line()
    answer = Sandbox.query_payment

    def query(self: Sandbox, institution: str, order: str) -> ChannelEvent | None:
        found.asked += 1
        if found.down:
            raise ChannelUnavailable(channel="sandbox")
        return answer(self, institution, order)

    monkeypatch.setattr(Sandbox, "query_payment", query)
    return found


def ask_for(start: datetime, days: range) -> None:
    """What the clock does in these days after the start; it looks every two hours."""
    for hour in range(days.start * 24, days.stop * 24, 2):
        with clock.at(start + timedelta(hours=hour)):
            for number, channel in queries.due_cashier_visits(clock.now()):
                with suppress(ChannelUnavailable):
                    commissions.ask_about_payment(number, channel)


def test_a_payment_is_found_however_long_the_channel_was_down(line: Line) -> None:
    place("ord-1")
    start = clock.now()
    with clock.at(start):
        to_cashier("ord-1")
        pay_unheard("ord-1")
    line.down = True
    ask_for(start, range(20))
    assert not closed()
    assert line.asked < 40
    with clock.at(start + timedelta(days=20)):
        assert queries.cashiers_at("sandbox") == 1
    line.down = False
    ask_for(start, range(20, 22))
    assert books() == PAID_BOOKS
    assert closed()


def test_money_at_a_cashier_that_was_shut_is_found_however_long_the_channel_was_down(
    line: Line,
) -> None:
    place("ord-1")
    start = clock.now()
    with clock.at(start):
        to_cashier("ord-1")
        orders.shut_and_cancel("ord-1")
        Payment.objects.update(closed_at=None)
        pay_unheard("ord-1")
    line.down = True
    ask_for(start, range(5))
    line.down = False
    ask_for(start, range(5, 7))
    # Its order is cancelled: the money goes back.
    assert StrayPayment.objects.get().cause == "order_not_open"
    assert Record.objects.filter(verb="stray.received").count() == 1
    assert closed()


def test_an_answer_ends_no_asking_about_a_cashier_opened_anew_meanwhile() -> None:
    place("ord-1")
    start = clock.now()
    with clock.at(start):
        to_cashier("ord-1")
    order = Order.objects.get()
    with clock.at(start + timedelta(days=3)):
        asked_at = orders.note_asked(order.id, "sandbox")
        to_cashier("ord-1")
        orders.note_unpaid(order.id, "sandbox", asked_at)
        assert not closed()
    with clock.at(start + timedelta(days=3) + MINUTE):
        assert run_job() == ["ord-1"]
    assert not closed()


def test_a_channel_that_is_down_keeps_no_other_waiting() -> None:
    start = clock.now() - timedelta(days=9)
    for place_ in range(8):
        number = f"ord-{place_}"
        place(number)
        channel = "living" if place_ == 7 else "dead"
        opened = start if channel == "dead" else clock.now() - MINUTE
        order = Order.objects.get(number=number)
        CashierVisit.objects.create(order_id=order.id, channel=channel, opened_at=opened)
    due = queries.due_cashier_visits(clock.now(), limit=4)
    assert ("ord-7", "living") in due
    assert len(due) == 4


def test_what_waited_longest_is_asked_about_first() -> None:
    now = clock.now()
    for number, asked in (("ord-1", 1), ("ord-2", 30), ("ord-3", 50)):
        place(number)
        order = Order.objects.get(number=number)
        opened, last = now - timedelta(hours=60), now - timedelta(hours=asked)
        CashierVisit.objects.create(
            order_id=order.id, channel="sandbox", opened_at=opened, asked_at=last
        )
    due = queries.due_cashier_visits(now)
    assert [number for number, _ in due] == ["ord-3", "ord-2"]


def test_a_paid_order_leaves_nothing_to_look_through() -> None:
    """Else every order that was ever paid would be read each minute."""
    place("ord-1")
    to_cashier("ord-1")
    deliver(paid("ord-1"))
    assert closed()


def test_money_at_a_cashier_that_was_shut_goes_back() -> None:
    place("ord-1")
    to_cashier("ord-1")
    orders.shut_and_cancel("ord-1")
    Payment.objects.update(closed_at=None)
    pay_unheard("ord-1")
    with clock.at(clock.now() + MINUTE):
        run_job()
    assert goes_back() == "order_not_open"


def test_another_amount_is_not_booked() -> None:
    place("ord-1")
    to_cashier("ord-1")
    pay_unheard("ord-1")
    Payment.objects.update(amount=1)
    with pytest.raises(AmountMismatch):
        commissions.ask_about_payment("ord-1", "sandbox")
    assert books() == {}
    assert Order.objects.get().state == "placed"


def test_an_order_paid_through_two_channels_is_seen_and_booked_once() -> None:
    """The second payment must not lie at its channel unnoticed."""
    place("ord-1")
    to_cashier("ord-1")
    pay_unheard("ord-1")
    commissions.book_one(Paid("ord-1", "elsewhere", clock.now()))
    with clock.at(clock.now() + MINUTE):
        run_job()
    assert Order.objects.get().channel == "elsewhere"
    assert goes_back() == "paid_twice"
    with clock.at(clock.now() + timedelta(hours=1)):
        assert run_job() == []
