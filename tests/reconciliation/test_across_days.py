"""What leaves the channel on one day and is known to us on the next is one movement."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kefen.commissions import actions as commissions
from kefen.core.reconciliation import Verdict
from kefen.orders import actions as orders
from kefen.payouts import actions as payouts
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.ports import registry
from kefen.ports.bills import BillKind
from kefen.ports.payments import ChannelEvent, EventKind
from kefen.reconciliation import actions, queries
from tests.orders.school import ask, come_by, mature, open_school, pay, place, sell
from tests.reconciliation.conftest import FakeBills, line

SENT = datetime(2026, 4, 20, 2, tzinfo=UTC)
LATER = SENT + timedelta(hours=22)
ON, NEXT = date(2026, 4, 20), date(2026, 4, 21)
NET = 96_000
CHANNEL = "sandbox"


@pytest.fixture
def bills(institution: object, monkeypatch: pytest.MonkeyPatch) -> FakeBills:
    source = FakeBills()
    source.name = CHANNEL
    source.days = {ON: [], NEXT: []}
    monkeypatch.setitem(registry._bills, CHANNEL, source)
    return source


@pytest.fixture
def sent(bills: FakeBills) -> None:
    """A withdrawal that left on the first day, as its bill says."""
    open_school()
    come_by("yu")
    sell("A", 500_000)
    mature()
    with clock.at(SENT):
        ask("W", 100_000)
        payouts.approve("W")
        payouts.mark_sent("W")
    bills.say(ON, line(BillKind.PAYOUT, "W", NET, SENT))


def result(kind: EventKind) -> None:
    with clock.at(LATER):
        payouts.take_result(ChannelEvent("e", kind, "W", "", NET, "CNY", LATER))


def reconciled() -> dict[tuple[date, str], Verdict]:
    """What is open once both days are held against the books, in either order."""
    with clock.at(datetime(2026, 4, 22, 6, tzinfo=UTC)):
        for on in (ON, NEXT):
            actions.reconcile(CHANNEL, on)
    return {
        (on, one.number): one.verdict
        for on in (ON, NEXT)
        for one in queries.differences(CHANNEL, on)
        if one.open
    }


@pytest.mark.usefixtures("sent")
def test_a_payout_that_is_confirmed_on_the_next_day() -> None:
    with clock.at(SENT + timedelta(hours=20)):
        actions.reconcile(CHANNEL, ON)
    assert queries.day(CHANNEL, ON).in_transit == 1
    result(EventKind.PAYOUT_SUCCEEDED)
    assert reconciled() == {}
    assert queries.day(CHANNEL, ON).groups[Verdict.MATCHED].count == 1
    assert Verdict.MATCHED not in queries.day(CHANNEL, NEXT).groups or (
        queries.day(CHANNEL, NEXT).groups[Verdict.MATCHED].count == 0
    )


@pytest.mark.usefixtures("sent")
def test_a_payout_that_comes_back(bills: FakeBills) -> None:
    result(EventKind.PAYOUT_EXPIRED)
    bills.say(NEXT, line(BillKind.OTHER, "W", NET, LATER, its="f1"))
    assert reconciled() == {}


@pytest.mark.usefixtures("sent")
def test_what_comes_back_of_a_payout_that_arrived(bills: FakeBills) -> None:
    result(EventKind.PAYOUT_SUCCEEDED)
    bills.say(NEXT, line(BillKind.OTHER, "W", NET, LATER, its="f1"))
    assert reconciled() == {(NEXT, "W"): Verdict.ONLY_THEIRS}


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("on", [ON, NEXT])
def test_a_payout_that_left_twice_is_seen(bills: FakeBills, on: date) -> None:
    result(EventKind.PAYOUT_SUCCEEDED)
    at = SENT + timedelta(hours=3) + (on - ON)
    bills.say(on, line(BillKind.PAYOUT, "W", NET, at, its="again"))
    assert reconciled() == {(on, "W"): Verdict.ONLY_THEIRS}


@pytest.mark.usefixtures("sent")
def test_another_amount_on_another_day_is_seen(bills: FakeBills) -> None:
    bills.days[ON] = [line(BillKind.PAYOUT, "W", NET + 1, SENT)]
    result(EventKind.PAYOUT_SUCCEEDED)
    assert reconciled() == {(ON, "W"): Verdict.AMOUNT_DIFFERS}


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_refund_that_took_until_the_next_day(bills: FakeBills, succeeds: bool) -> None:
    open_school()
    before = SENT - timedelta(days=3)
    place("A", 10_000, at=before)
    pay("A", at=before, channel=CHANNEL)
    with clock.at(SENT):
        orders.request_refund(number="R", order="A", amount=700, actor=SYSTEM)
    kind = EventKind.REFUND_SUCCEEDED if succeeds else EventKind.REFUND_FAILED
    with clock.at(LATER):
        commissions.take_refund_result(ChannelEvent("e", kind, "R", "A", 700, "CNY", LATER))
    bills.say(ON, line(BillKind.REFUND if succeeds else BillKind.OTHER, "R", 700, SENT))
    assert reconciled() == {}
