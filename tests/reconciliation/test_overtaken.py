"""Corrections that a late payment, another bill or another person overtakes."""

import threading
from datetime import timedelta
from importlib import import_module

import pytest

from kefen.core.errors import InvalidInput
from kefen.core.reconciliation import Verdict
from kefen.ledger.models import Transfer
from kefen.ops.audit import audit_institution
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.reconciliation import actions, queries
from kefen.reconciliation.contracts import Decision
from kefen.reconciliation.models import Difference
from tests.concurrency.racing import race
from tests.orders.school import START, open_school, pay, place
from tests.reconciliation.conftest import FakeBills, line
from tests.reconciliation.test_reconcile import (
    DAY,
    NOON,
    P,
    at_channel,
    found,
    sold,
    the_difference,
)

judge = import_module("kefen.reconciliation.actions.judge")


@pytest.fixture(autouse=True)
def later() -> object:
    with clock.at(START + timedelta(days=1, hours=6)):
        yield


def corrected(bills: FakeBills) -> Difference:
    """The only difference of the day, by which the books were corrected."""
    actions.reconcile("wechat", DAY)
    actions.close(the_difference().id, Decision.ADJUST, note="核实", actor=SYSTEM)
    return Difference.objects.get()


def complaints() -> set[str]:
    return {one.check for one in audit_institution()}


def test_a_payment_that_comes_after_its_correction(institution: object, bills: FakeBills) -> None:
    open_school()
    place("L", 10_000)
    bills.say(DAY, line(P, "L", 10_000, NOON))
    key = corrected(bills).ledger_key
    assert complaints() == set()
    pay("L", at=NOON)
    assert at_channel() == 20_000
    assert "correction" in complaints()

    actions.review_corrections()

    assert at_channel() == 10_000
    row = Difference.objects.get()
    assert (row.state, row.resolution, row.ledger_key) == ("closed", "resolved", f"{key}:reversed")
    assert row.note.endswith("核实")
    assert len(row.note) > len("核实")
    assert row.closed_by is None
    assert Record.objects.filter(verb="difference.reversed").count() == 1
    assert complaints() == set()
    actions.reconcile("wechat", DAY)
    assert at_channel() == 10_000
    assert queries.moved_by_bills().get("channel:wechat", 0) == 0
    assert Record.objects.filter(verb="difference.reversed").count() == 1


def test_a_line_that_comes_after_its_correction(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A")
    bills.say(DAY)
    corrected(bills)
    assert at_channel() == 0
    bills.say(DAY, line(P, "A", 10_000, NOON))
    assert actions.reconcile("wechat", DAY).open == 0
    assert at_channel() == 10_000
    assert complaints() == set()


def test_a_line_on_the_next_days_bill(institution: object, bills: FakeBills) -> None:
    open_school()
    last = START + timedelta(hours=15) - timedelta(seconds=1)
    sold("A", at=last)
    bills.say(DAY)
    bills.say(DAY + timedelta(days=1))
    with clock.at(START + timedelta(days=2, hours=6)):
        actions.reconcile("wechat", DAY)
        actions.reconcile("wechat", DAY + timedelta(days=1))
        actions.close(the_difference().id, Decision.ADJUST, note="x", actor=SYSTEM)
        bills.say(DAY + timedelta(days=1), line(P, "A", 10_000, last + timedelta(seconds=9)))
        actions.reconcile("wechat", DAY + timedelta(days=1))
    assert at_channel() == 10_000
    assert found() == {}


def test_a_correction_by_another_amount_is_open_again(
    institution: object, bills: FakeBills
) -> None:
    open_school()
    sold("A")
    bills.say(DAY, line(P, "A", 9_000, NOON))
    key = corrected(bills).ledger_key
    bills.days[DAY] = [line(P, "A", 8_000, NOON)]
    facts = actions.reconcile("wechat", DAY)
    assert (facts.open, at_channel()) == (1, 10_000)
    assert found() == {"A": Verdict.AMOUNT_DIFFERS}
    actions.close(the_difference().id, Decision.ADJUST, note="again", actor=SYSTEM)
    assert at_channel() == 8_000
    assert Difference.objects.get().ledger_key == f"{key}:2"
    assert set(
        Transfer.objects.filter(key__contains="corrected").values_list("key", flat=True)
    ) == {
        key,
        f"{key}:reversed",
        f"{key}:2",
    }
    assert complaints() == set()


def test_booking_what_is_booked_closes_nothing(institution: object, bills: FakeBills) -> None:
    open_school()
    place("L", 10_000)
    bills.say(DAY, line(P, "L", 10_000, NOON))
    actions.reconcile("wechat", DAY)
    pay("L", at=NOON)
    one = the_difference()
    with pytest.raises(InvalidInput):
        actions.close(one.id, Decision.BOOK, note="x", actor=SYSTEM)
    row = Difference.objects.get()
    assert (row.state, row.ledger_key) == ("open", "")
    assert actions.reconcile("wechat", DAY).open == 0


@pytest.mark.parametrize("step", ["matched", "_note"])
def test_what_a_person_closes_while_the_day_is_judged(
    committed_institution: object, bills: FakeBills, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The judge has matched, or read the rows, and is about to write; the person must wait for
    him, and neither the one nor the other is overwritten."""
    open_school()
    sold("A")
    bills.say(DAY)
    actions.reconcile("wechat", DAY)
    one = the_difference()
    working, closed, waited = threading.Event(), threading.Event(), []
    kept = getattr(judge, step)

    def slowly(*arguments: object) -> object:
        answer = kept(*arguments) if step == "matched" else None
        working.set()
        waited.append(not closed.wait(1.0))
        return kept(*arguments) if answer is None else answer

    monkeypatch.setattr(judge, step, slowly)

    def person() -> bool:
        working.wait(5.0)
        done = actions.close(one.id, Decision.ADJUST, note="核实", actor=SYSTEM)
        closed.set()
        return done

    race([lambda: actions.judge("wechat", DAY), person])

    row = Difference.objects.get()
    assert (row.state, row.resolution, row.note) == ("closed", "adjust", "核实")
    assert at_channel() == 0
    assert waited == [True]


def test_closing_and_judging_all_at_once(committed_institution: object, bills: FakeBills) -> None:
    open_school()
    sold(*"ABCDEF")
    bills.say(DAY)
    actions.reconcile("wechat", DAY)
    ids = [one.id for one in queries.differences("wechat", DAY)]
    race(
        [
            action
            for id_ in ids
            for action in (
                lambda id_=id_: actions.close(id_, Decision.ADJUST, note="x", actor=SYSTEM),
                lambda: actions.judge("wechat", DAY),
            )
        ]
    )
    assert set(Difference.objects.values_list("state", "resolution")) == {("closed", "adjust")}
    assert at_channel() == 0
