"""Refunds that somebody asked for at the channel's console: booked from the bill, once."""

from datetime import timedelta

import pytest

from kefen.core import postings
from kefen.core.errors import (
    AmountMismatch,
    InvalidInput,
    NumberConflict,
    OrderNotPaid,
    RefundExceedsPaid,
    UnknownOrder,
)
from kefen.core.reconciliation import Verdict
from kefen.ledger.models import Transfer
from kefen.ops.audit import audit_institution
from kefen.orders import actions as orders
from kefen.orders.models import Refund
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.ports.bills import BillKind
from kefen.reconciliation import actions, queries
from kefen.reconciliation.contracts import Decision
from kefen.reconciliation.models import Difference
from tests.concurrency.racing import race
from tests.orders.school import (
    START,
    balance,
    come_by,
    open_school,
    pay,
    place,
    refund,
    transfer,
)
from tests.reconciliation.conftest import HOUR, FakeBills, line
from tests.reconciliation.test_reconcile import (
    DAY,
    NOON,
    P,
    R,
    at_channel,
    found,
    sold,
    the_difference,
)


@pytest.fixture(autouse=True)
def later() -> object:
    with clock.at(START + 30 * HOUR):
        yield


def promoted(number: str) -> None:
    """An order of which yu has 20 %."""
    come_by("yu")
    place(number, 10_000, at=NOON - HOUR)
    pay(number, at=NOON)


def told(bills: FakeBills, *lines: object) -> None:
    bills.say(DAY, *lines)
    actions.reconcile("wechat", DAY)


def book(id_: object) -> bool:
    return actions.close(id_, Decision.BOOK, note="商户平台退的", actor=SYSTEM)


@pytest.mark.parametrize("number", ["console-1", ""])
def test_it_is_booked_as_any_refund(institution: object, bills: FakeBills, number: str) -> None:
    open_school()
    promoted("A")
    assert balance(postings.pending("yu")) == 2_000
    back = line(R, number, 4_000, NOON + HOUR, its="50300001", order="A", fee=-24)
    told(bills, line(P, "A", 10_000, NOON, fee=60), back)
    one = the_difference()
    assert (one.order, one.decisions) == ("A", (Decision.NOTE, Decision.BOOK, Decision.ADJUST))
    assert book(one.id)
    assert not book(one.id)
    assert balance(postings.pending("yu")) == 1_200
    assert at_channel() == 10_000 - 4_000 - 36
    key = f"refund:{number or '50300001'}"
    assert transfer(key) == {"channel:wechat": 4_000, "promoter:yu:pending": -800} | {
        "institution:main": -3_200
    }
    row = Difference.objects.get()
    assert (row.resolution, row.ledger_key) == ("book", key)
    facts = actions.reconcile("wechat", DAY)
    assert (facts.open, facts.closed, facts.groups[Verdict.MATCHED].count) == (0, 1, 2)
    assert Record.objects.filter(verb="difference.closed").count() == 1
    assert list(audit_institution()) == []


def test_what_cannot_be_refunded_is_refused_and_nothing_changed(
    institution: object, bills: FakeBills
) -> None:
    open_school()
    sold("A", "B")
    place("open", 10_000)
    place("elsewhere", 10_000)
    pay("elsewhere", channel="alipay")
    refund("RA", "A", 7_000, at=NOON + HOUR)
    # A refund of ours that the bill names as another order's, or for more.
    refund("RB", "B", 1_000, at=NOON - 30 * HOUR)
    cases = (
        ("R1", 3_001, "A", "CNY", RefundExceedsPaid),
        ("R2", 100, "open", "CNY", OrderNotPaid),
        ("R3", 100, "nobody", "CNY", UnknownOrder),
        ("R4", 100, "elsewhere", "CNY", InvalidInput),
        ("R5", 100, "A", "USD", AmountMismatch),
    )
    lines = [
        line(R, number, amount, NOON + HOUR, order=order, currency=currency)
        for number, amount, order, currency, _ in cases
    ]
    told(bills, *lines, line(R, "RA", 7_000, NOON + HOUR, order="A"))
    before = Transfer.objects.count(), Refund.objects.count()
    for number, _, _, _, refusal in cases:
        with pytest.raises(refusal):
            book(Difference.objects.get(number=number).id)
        assert Difference.objects.get(number=number).state == "open"
    assert (Transfer.objects.count(), Refund.objects.count()) == before


def test_a_number_of_another_refund_is_refused(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A", "B")
    told(bills, line(R, "", 500, NOON + HOUR, its="5030", order="A"))
    refund("5030", "B", 400, at=NOON - 30 * HOUR)
    with pytest.raises(NumberConflict):
        book(Difference.objects.get(subject="refund").id)
    refund_of_a = Refund.objects.filter(order__number="A")
    assert not refund_of_a.exists()


def test_a_refund_without_its_order_is_only_corrected(
    institution: object, bills: FakeBills
) -> None:
    open_school()
    sold("A")
    told(bills, line(P, "A", 10_000, NOON), line(R, "R1", 100, NOON))
    one = the_difference()
    assert one.decisions == (Decision.NOTE, Decision.ADJUST)
    with pytest.raises(InvalidInput):
        book(one.id)


def test_a_bill_that_names_the_order_later_offers_it(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A")
    told(bills, line(P, "A", 10_000, NOON), line(R, "R1", 100, NOON))
    bills.days[DAY] = [line(P, "A", 10_000, NOON), line(R, "R1", 100, NOON, order="A")]
    actions.reconcile("wechat", DAY)
    assert book(the_difference().id)


def test_many_clicks_book_once(committed_institution: object, bills: FakeBills) -> None:
    open_school()
    promoted("A")
    told(bills, line(P, "A", 10_000, NOON), line(R, "", 4_000, NOON, its="5030", order="A"))
    one = the_difference()
    assert sorted(race([lambda: book(one.id) for _ in range(6)])) == [False] * 5 + [True]
    assert balance(postings.pending("yu")) == 1_200
    assert at_channel() == 6_000
    assert Refund.objects.count() == 1


def asked_for(number: str, amount: int) -> None:
    """A refund that is under way."""
    with clock.at(NOON + HOUR):
        orders.request_refund(number=number, order="A", amount=amount)


def test_a_stuck_refund_is_in_transit_until_its_result(
    institution: object, bills: FakeBills
) -> None:
    open_school()
    sold("A")
    asked_for("R1", 3_000)
    orders.note_stuck_refund("R1")
    told(bills, line(P, "A", 10_000, NOON), line(R, "R1", 3_000, NOON + HOUR, fee=-18, order="A"))
    assert the_difference().verdict is Verdict.IN_TRANSIT
    assert the_difference().decisions == (Decision.NOTE,)
    refund("R1", "A", 3_000, at=NOON + 20 * HOUR)
    actions.review_transit()
    facts = queries.day("wechat", DAY)
    assert (facts.open, facts.in_transit, facts.closed) == (0, 0, 1)
    following = DAY + timedelta(days=1)
    bills.say(following)
    assert actions.reconcile("wechat", following).open == 0
    assert at_channel() == 7_018


def test_a_refund_that_fails_after_its_bill_is_no_difference_for_ever(
    institution: object, bills: FakeBills
) -> None:
    open_school()
    sold("A")
    asked_for("R1", 3_000)
    told(bills, line(P, "A", 10_000, NOON), line(R, "R1", 3_000, NOON + HOUR, fee=-18, order="A"))
    assert the_difference().verdict is Verdict.IN_TRANSIT
    orders.fail_refund("R1", reason="CLOSED")
    actions.review_transit()
    one = the_difference()
    # Its money is on its way back: booking it now would be wrong, and is not offered.
    assert (one.verdict, one.decisions) == (Verdict.IN_TRANSIT, (Decision.NOTE,))
    third = DAY + timedelta(days=2)
    back = NOON + timedelta(days=2)
    bills.say(DAY + timedelta(days=1))
    bills.say(
        third,
        line(BillKind.OTHER, "R1", 3_000, back, its="flow-1"),
        line(BillKind.FEE, "", 18, back, its="flow-2"),
    )
    with clock.at(START + timedelta(days=4)):
        actions.reconcile("wechat", third - timedelta(days=1))
        actions.reconcile("wechat", third)
        actions.review_transit()
        assert (found(), found(third)) == ({}, {})
        assert queries.days_in_transit() == []
        assert at_channel() == 10_000
        assert audit_institution() == []


def test_a_failed_refund_that_never_comes_back_needs_a_person(
    institution: object, bills: FakeBills
) -> None:
    open_school()
    sold("A")
    asked_for("R1", 3_000)
    orders.fail_refund("R1", reason="CLOSED")
    told(bills, line(P, "A", 10_000, NOON), line(R, "R1", 3_000, NOON + HOUR, order="A"))
    assert found() == {"R1": Verdict.IN_TRANSIT}
    with clock.at(START + timedelta(days=12)):
        actions.review_transit()
        one = the_difference()
        assert (one.verdict, Decision.BOOK in one.decisions) == (Verdict.ONLY_THEIRS, True)
        assert book(one.id)
        actions.reconcile("wechat", DAY)
        assert found() == {}
    assert at_channel() == 7_000
    assert Refund.objects.get().state == "booked"
