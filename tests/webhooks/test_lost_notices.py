"""A payment whose notice never arrives is asked about by the clock, and booked once."""

from datetime import timedelta
from itertools import pairwise

import pytest

from kefen.adapters.payments.sandbox import books as channel
from kefen.adapters.payments.sandbox import faults
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.adapters.payments.sandbox.models import Payment
from kefen.commissions import actions as commissions
from kefen.commissions.contracts import Payment as Paid
from kefen.commissions.tasks import chase_payments
from kefen.core.errors import AmountMismatch
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.orders.models import CashierVisit, Order, StrayPayment
from kefen.platform import clock
from kefen.platform.audit.models import Record
from tests.webhooks.shop import PAID_BOOKS, PRICE, SLUG, books, deliver, paid, place, queued

pytestmark = pytest.mark.usefixtures("shop")

MINUTE = timedelta(minutes=1)


def to_cashier(number: str) -> None:
    orders.open_cashier(number, orders.PayBy("sandbox"), return_url="http://here/")


def pay_unheard(number: str) -> None:
    """The student pays, and nobody ever hears of it."""
    faults.plan(SLUG, number, Fault.LOST)
    channel.pay(Payment.objects.get(order=number).token)


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
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps == sorted(gaps)
    assert 15 < len(asked) < 25
    assert 24 * 60 < asked[-1] < 48 * 60
    assert books() == {}
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
    assert asked[-1] * MINUTE > queries.PAYABLE_FOR
    assert asked[-1] < 180


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
