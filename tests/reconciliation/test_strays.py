"""What nobody owed, on the channel's bill: matched where it is known, given back where not."""

from datetime import date, timedelta

import pytest

from kefen.commissions import actions as commissions
from kefen.core import postings
from kefen.core.errors import InvalidInput
from kefen.core.reconciliation import Verdict
from kefen.faces.web import books
from kefen.ledger import queries as ledger
from kefen.orders import actions as orders
from kefen.orders.models import CashierVisit, Order, StrayPayment
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.ports.bills import BillKind
from kefen.ports.payments import ChannelEvent, EventKind
from kefen.reconciliation import actions, queries
from kefen.reconciliation.contracts import DayFacts, Decision, DifferenceFacts
from kefen.reconciliation.models import Difference
from tests.orders.school import START, open_school, pay, place
from tests.reconciliation.conftest import HOUR, FakeBills, line

DAY = date(2026, 3, 2)
P, R = BillKind.PAYMENT, BillKind.REFUND
NOON = START + 3 * HOUR
PAID = 10_000
pytestmark = pytest.mark.usefixtures("institution")


@pytest.fixture(autouse=True)
def later() -> object:
    with clock.at(START + timedelta(days=1, hours=6)):
        yield


def paid_here(number: str, its: str) -> None:
    """Paid at WeChat, by the payment that WeChat calls `its`."""
    place(number, PAID, at=NOON - HOUR)
    pay(number, at=NOON)
    visit = {"order": Order.objects.get(number=number), "channel": "wechat"}
    CashierVisit.objects.create(**visit, channel_number=its, opened_at=NOON)


def told(number: str, its: str, **changed: object) -> ChannelEvent:
    kind = EventKind.PAYMENT_SUCCEEDED
    event = ChannelEvent(
        *(f"e-{its}", kind, number, number, PAID, "CNY", NOON + HOUR), channel_number=its
    )
    return ChannelEvent(**{**{f: getattr(event, f) for f in event.__slots__}, **changed})


def goes_back(stray: StrayPayment) -> None:
    """WeChat says that it went back."""
    result = {"kind": EventKind.REFUND_SUCCEEDED, "subject": stray.number, "at": NOON + 2 * HOUR}
    commissions.take_stray_result("wechat", told(stray.order.number, "r", **result))


def matched(facts: DayFacts) -> tuple[int, int]:
    """How many lines match, and how many differences wait for a person."""
    return facts.groups[Verdict.MATCHED].count, facts.open


def at_channel() -> int:
    return -ledger.balances([postings.channel("wechat")], "CNY")[postings.channel("wechat")]


def test_a_stray_payment_and_its_return_have_their_pairs(bills: FakeBills) -> None:
    """Whichever of the two payments the bill names first."""
    open_school()
    for number, own, other in (("A", "w-1", "w-2"), ("B", "w-4", "w-3")):
        paid_here(number, own)
        commissions.take_payment("wechat", told(number, other))
        stray = StrayPayment.objects.get(order__number=number)
        goes_back(stray)
        bills.say(
            DAY,
            line(P, number, PAID, NOON, its=own),
            line(P, number, PAID, NOON + HOUR, its=other),
            line(R, stray.number, PAID, NOON + 2 * HOUR),
        )
    assert matched(actions.reconcile("wechat", DAY)) == (6, 0)
    assert at_channel() == 2 * PAID
    assert all(row.difference == 0 for row in books.lines())


def test_one_that_is_on_its_way_is_in_transit_and_then_matched(bills: FakeBills) -> None:
    open_school()
    place("A", PAID, at=NOON - HOUR)
    orders.cancel("A")
    commissions.take_payment("wechat", told("A", "w-1"))
    stray = StrayPayment.objects.get()
    bills.say(DAY, line(P, "A", PAID, NOON + HOUR, its="w-1"))
    bills.say(DAY, line(R, stray.number, PAID, NOON + 2 * HOUR))
    facts = actions.reconcile("wechat", DAY)
    assert (*matched(facts), facts.in_transit) == (1, 0, 1)
    assert at_channel() == PAID
    assert all(row.difference == 0 for row in books.lines())
    goes_back(stray)
    assert matched(actions.reconcile("wechat", DAY)) == (2, 0)
    assert at_channel() == 0


def only_theirs(number: str, its: str) -> DifferenceFacts:
    (one,) = (one for one in queries.differences("wechat", DAY) if one.open)
    assert (one.number, one.channel_number) == (number, its)
    return one


@pytest.mark.parametrize("own", ["w-1", "w-3"])
def test_one_that_only_the_bill_knows_goes_back_by_a_person(bills: FakeBills, own: str) -> None:
    open_school()
    paid_here("A", own)
    bills.say(DAY, line(P, "A", PAID, NOON, its=own), line(P, "A", PAID, NOON + HOUR, its="w-2"))
    actions.reconcile("wechat", DAY)
    one = only_theirs("A", "w-2")
    assert one.decisions == (Decision.NOTE, Decision.RETURN, Decision.ADJUST)
    assert queries.difference(one.id).decisions == one.decisions
    with pytest.raises(InvalidInput):
        actions.close(one.id, Decision.BOOK, note="x", actor=SYSTEM)
    assert actions.close(one.id, Decision.RETURN, note="学员付了两次", actor=SYSTEM)
    assert not actions.close(one.id, Decision.RETURN, note="again", actor=SYSTEM)
    stray = StrayPayment.objects.get()
    assert (stray.channel_number, stray.cause, stray.state) == ("w-2", "only_on_bill", "asked")
    assert stray.paid_at == NOON + HOUR
    row = Difference.objects.get()
    assert (row.resolution, row.ledger_key) == ("return", f"stray:{stray.number}:received")
    assert Record.objects.filter(verb="stray.received").count() == 1
    # Its notice comes after all: the same payment, once.
    assert not commissions.take_payment("wechat", told("A", "w-2"))
    goes_back(stray)
    bills.say(DAY, line(R, stray.number, PAID, NOON + 2 * HOUR))
    assert matched(actions.reconcile("wechat", DAY)) == (3, 0)
    assert at_channel() == PAID
    assert Order.objects.get().state == "paid"


def test_nothing_is_offered_for_what_the_order_may_owe(bills: FakeBills) -> None:
    """An order that waits for its payment, one of which nobody knows by which payment it was
    paid, and numbers that are none of ours."""
    open_school()
    place("L", PAID, at=NOON - HOUR)
    place("U", PAID, at=NOON - HOUR)
    pay("U", at=NOON)
    bills.say(DAY, *(line(P, number, PAID, NOON, its=f"w-{number}") for number in "LUX"))
    bills.say(DAY, line(P, "U", PAID, NOON, its="w-V"))
    actions.reconcile("wechat", DAY)
    found = [one for one in queries.differences("wechat", DAY) if one.open]
    assert [one.number for one in found] == ["L", "U", "X"]
    for one in found:
        assert Decision.RETURN not in one.decisions
        with pytest.raises(InvalidInput):
            actions.close(one.id, Decision.RETURN, note="x", actor=SYSTEM)
    assert not StrayPayment.objects.exists()


def test_what_a_cancelled_order_got_is_offered_whatever_the_channel(bills: FakeBills) -> None:
    open_school()
    place("A", PAID, at=NOON - HOUR)
    orders.cancel("A")
    bills.say(DAY, line(P, "A", PAID, NOON, its="w-1"))
    actions.reconcile("wechat", DAY)
    assert Decision.RETURN in only_theirs("A", "w-1").decisions


def test_a_correction_made_before_is_taken_back(bills: FakeBills) -> None:
    """Who corrected the books for a payment that is told later does not count it twice."""
    open_school()
    place("A", PAID, at=NOON - HOUR)
    orders.cancel("A")
    bills.say(DAY, line(P, "A", PAID, NOON + HOUR, its="w-1"))
    actions.reconcile("wechat", DAY)
    actions.close(only_theirs("A", "w-1").id, Decision.ADJUST, note="x", actor=SYSTEM)
    assert at_channel() == PAID
    commissions.take_payment("wechat", told("A", "w-1"))
    actions.review_corrections()
    assert at_channel() == PAID
    assert ledger.balances([postings.STRAYS], "CNY")[postings.STRAYS] == PAID
    stray = StrayPayment.objects.get()
    goes_back(stray)
    bills.say(DAY, line(R, stray.number, PAID, NOON + 2 * HOUR))
    assert matched(actions.reconcile("wechat", DAY)) == (2, 0)
    assert at_channel() == 0
