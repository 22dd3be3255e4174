"""Days held against the books: fetched, matched, fees booked, differences closed."""

import os
import subprocess
import sys
import textwrap
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from kefen.commissions import actions as commissions
from kefen.core import postings
from kefen.core.errors import ChannelUnavailable, InvalidInput, NotFound
from kefen.core.reconciliation import Verdict
from kefen.ledger import queries as ledger
from kefen.ledger.models import Transfer
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.tenancy import scope
from kefen.ports.bills import BillKind, BillLine
from kefen.reconciliation import actions, queries
from kefen.reconciliation.actions.reconcile import due
from kefen.reconciliation.contracts import Decision, DifferenceFacts
from kefen.reconciliation.models import Bill, BillDay, BillEntry, Difference
from tests.concurrency.racing import race
from tests.orders.school import START, open_school, pay, place, refund
from tests.reconciliation.conftest import HOUR, FakeBills, line

DAY = date(2026, 3, 2)
MIDNIGHT = START - timedelta(hours=9)  # START is nine in the morning in Shanghai
P, R = BillKind.PAYMENT, BillKind.REFUND
NOON = START + 3 * HOUR


@pytest.fixture(autouse=True)
def later() -> object:
    with clock.at(START + timedelta(days=1, hours=6)):
        yield


def sold(*numbers: str, at: datetime = NOON) -> None:
    for number in numbers:
        place(number, 10_000, at=at - HOUR)
        pay(number, at=at)


def found(on: date = DAY) -> dict[str, Verdict]:
    return {one.number: one.verdict for one in queries.differences("wechat", on) if one.open}


def the_difference(on: date = DAY) -> DifferenceFacts:
    (one,) = (one for one in queries.differences("wechat", on) if one.open)
    return one


def at_channel() -> int:
    return -ledger.balances([postings.channel("wechat")], "CNY")[postings.channel("wechat")]


def test_a_day_that_agrees(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A", "B")
    refund("RA", "A", 3_000, at=NOON + HOUR)
    bills.say(
        DAY,
        line(P, "A", 10_000, NOON, fee=60),
        line(P, "B", 10_000, NOON, fee=60),
        line(R, "RA", 3_000, NOON + HOUR, fee=-18),
    )
    facts = actions.reconcile("wechat", DAY)
    assert (facts.open, facts.in_transit, facts.lines, facts.fees) == (0, 0, 3, 102)
    group = facts.groups[Verdict.MATCHED]
    assert (group.count, group.ours, group.theirs) == (3, 17_000, 17_000)
    assert facts.totals == {"payment": 20_000, "refund": 3_000}
    # Our account at the channel is what the channel has: paid, less given back, less its fees.
    assert at_channel() == 20_000 - 3_000 - 102
    (key,) = Transfer.objects.filter(key__startswith="bill:").values_list("key", flat=True)
    assert key == "bill:wechat:2026-03-02:fees"


def test_again_gives_the_same(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A", "B")
    bills.say(DAY, line(P, "A", 10_000, NOON, fee=60), line(P, "C", 5_000, NOON))
    first = actions.reconcile("wechat", DAY)
    rows = list(Difference.objects.order_by("id").values())
    with clock.at(clock.now() + HOUR):
        again = actions.reconcile("wechat", DAY)
    assert (again.groups, again.open, again.fees) == (first.groups, first.open, first.fees)
    assert list(Difference.objects.order_by("id").values()) == rows
    assert Bill.objects.count() == 1
    assert BillEntry.objects.count() == 2
    assert at_channel() == 20_000 - 60


def test_the_groups(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A", "B", "C")
    actions.agree_fee("wechat", 60, actor=SYSTEM)
    bills.say(
        DAY,
        line(P, "A", 9_000, NOON, fee=54),
        line(P, "B", 10_000, NOON, fee=600),
        line(P, "X", 10_000, NOON, fee=60),
    )
    actions.reconcile("wechat", DAY)
    assert found() == {
        "A": Verdict.AMOUNT_DIFFERS,
        "B": Verdict.FEE_DIFFERS,
        "C": Verdict.ONLY_OURS,
        "X": Verdict.ONLY_THEIRS,
    }
    assert {one.number: one.delta for one in queries.differences("wechat", DAY)} == {
        "A": -1_000,
        "B": None,
        "C": -10_000,
        "X": 10_000,
    }


def test_a_corrected_bill_is_another_version(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A")
    bills.say(DAY, line(P, "A", 10_000, NOON, fee=60), line(P, "X", 1, NOON))
    actions.reconcile("wechat", DAY)
    bills.days[DAY] = [line(P, "A", 10_000, NOON, fee=38)]
    facts = actions.reconcile("wechat", DAY)
    assert (facts.version, facts.open, facts.fees) == (2, 0, 38)
    assert at_channel() == 10_000 - 38
    assert BillEntry.objects.count() == 3
    row = Difference.objects.get()
    assert (row.state, row.resolution) == ("closed", "resolved")


def test_over_midnight(institution: object, bills: FakeBills) -> None:
    open_school()
    last = MIDNIGHT + timedelta(days=1) - timedelta(seconds=1)
    sold("A", at=last)
    sold("M", at=MIDNIGHT + timedelta(days=1))
    bills.say(DAY)
    facts = actions.reconcile("wechat", DAY)
    assert (facts.open, facts.in_transit) == (0, 1)
    assert found() == {"A": Verdict.IN_TRANSIT}
    with clock.at(START + timedelta(days=2, hours=6)):
        after = last + timedelta(seconds=2)
        bills.say(DAY + timedelta(days=1), line(P, "A", 10_000, after), line(P, "M", 10_000, after))
        facts = actions.reconcile("wechat", DAY + timedelta(days=1))
    assert (facts.open, facts.groups[Verdict.MATCHED].count) == (0, 2)
    assert found() == {}
    assert queries.day("wechat", DAY).in_transit == 0


def test_what_was_on_its_way_and_never_came(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A", at=MIDNIGHT + timedelta(days=1) - timedelta(seconds=1))
    bills.say(DAY)
    bills.say(DAY + timedelta(days=1))
    actions.reconcile("wechat", DAY)
    with clock.at(START + timedelta(days=2, hours=6)):
        actions.reconcile("wechat", DAY + timedelta(days=1))
    assert found() == {"A": Verdict.ONLY_OURS}


def test_a_lost_payment_is_booked(institution: object, bills: FakeBills) -> None:
    open_school()
    place("L", 10_000)
    bills.say(DAY, line(P, "L", 10_000, NOON, fee=60))
    actions.reconcile("wechat", DAY)
    one = the_difference()
    assert one.decisions == (Decision.NOTE, Decision.BOOK, Decision.ADJUST)
    assert actions.close(one.id, Decision.BOOK, note="通知丢失", actor=SYSTEM)
    assert not actions.close(one.id, Decision.ADJUST, note="again", actor=SYSTEM)
    assert at_channel() == 10_000 - 60
    facts = actions.reconcile("wechat", DAY)
    assert (facts.open, facts.closed, facts.groups[Verdict.MATCHED].count) == (0, 1, 1)
    row = Difference.objects.get()
    assert (row.resolution, row.ledger_key) == ("book", "order:L:paid")
    assert Record.objects.filter(verb="difference.closed").count() == 1


@pytest.mark.parametrize(
    ("ours", "theirs", "left"),
    [((), (("X", 700),), 700), (("A",), (), 0), (("A",), (("A", 9_000),), 9_000)],
)
def test_the_books_are_corrected(
    institution: object,
    bills: FakeBills,
    ours: tuple[str, ...],
    theirs: tuple[tuple[str, int], ...],
    left: int,
) -> None:
    open_school()
    sold(*ours)
    bills.say(DAY, *(line(P, number, amount, NOON) for number, amount in theirs))
    actions.reconcile("wechat", DAY)
    actions.close(the_difference().id, Decision.ADJUST, note="核实", actor=SYSTEM)
    assert at_channel() == left
    assert actions.reconcile("wechat", DAY).open == 0
    assert at_channel() == left


def test_a_refund_of_theirs_alone_is_corrected_the_other_way(
    institution: object, bills: FakeBills
) -> None:
    open_school()
    sold("A")
    bills.say(DAY, line(P, "A", 10_000, NOON), line(R, "manual", 4_000, NOON))
    actions.reconcile("wechat", DAY)
    one = the_difference()
    assert Decision.BOOK not in one.decisions
    actions.close(one.id, Decision.ADJUST, note="在商户平台手工退的", actor=SYSTEM)
    assert at_channel() == 6_000


def test_closing_needs_a_note_and_a_decision_that_fits(
    institution: object, bills: FakeBills
) -> None:
    open_school()
    sold("A")
    bills.say(DAY)
    actions.reconcile("wechat", DAY)
    one = the_difference()
    with pytest.raises(InvalidInput):
        actions.close(one.id, Decision.NOTE, note="  ", actor=SYSTEM)
    with pytest.raises(InvalidInput):
        actions.close(one.id, Decision.BOOK, note="x", actor=SYSTEM)
    assert found() == {"A": Verdict.ONLY_OURS}
    actions.close(one.id, Decision.NOTE, note="x", actor=SYSTEM)
    actions.reconcile("wechat", DAY)
    assert found() == {}
    with pytest.raises(NotFound):
        actions.close(scope.institution_id(), Decision.NOTE, note="x", actor=SYSTEM)


def test_a_bill_that_is_not_written_is_asked_for_again(
    institution: object, bills: FakeBills
) -> None:
    open_school()
    sold("A")
    with pytest.raises(ChannelUnavailable):
        actions.reconcile("wechat", DAY)
    row = BillDay.objects.get()
    assert row.reconciled_at is None
    assert row.reason
    assert ("wechat", DAY) in due()
    bills.say(DAY, line(P, "A", 10_000, NOON))
    actions.reconcile("wechat", DAY)
    assert ("wechat", DAY) not in due()


def test_days_are_due_after_ten_and_caught_up(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A")
    ten = MIDNIGHT + timedelta(days=3, hours=10)
    with clock.at(ten - timedelta(seconds=1)):
        assert [on for _, on in due()] == [DAY + timedelta(days=1), DAY]
    with clock.at(ten):
        assert [on for _, on in due()] == [DAY + timedelta(days=n) for n in (2, 1, 0)]


def test_the_command_says_it_by_its_status(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A")
    bills.say(DAY, line(P, "A", 10_000, NOON, fee=60))
    out = StringIO()
    call_command("reconcile", "--date", "2026-03-02", stdout=out)
    assert "matched" in out.getvalue()
    assert "fees booked 0.60 CNY" in out.getvalue()
    bills.say(DAY, line(P, "X", 10_000, NOON))
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", "--date", "2026-03-02", "--channel", "wechat", stdout=out)
    assert ended.value.code == 1
    assert "! only theirs: payment X, ours -, theirs 100.00" in out.getvalue()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", "--date", "2026-03-01", "--channel", "wechat", stdout=out)
    assert ended.value.code == 2


def test_two_at_a_time(committed_institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A", "B")
    bills.say(DAY, line(P, "A", 10_000, NOON, fee=60), line(P, "X", 5_000, NOON))
    race([lambda: actions.reconcile("wechat", DAY) for _ in range(6)])
    assert Bill.objects.count() == 1
    assert BillEntry.objects.count() == 2
    assert found() == {"B": Verdict.ONLY_OURS, "X": Verdict.ONLY_THEIRS}
    assert at_channel() == 20_000 - 60
    one = next(one for one in queries.differences("wechat", DAY) if one.number == "X")
    done = race(
        [lambda: actions.close(one.id, Decision.ADJUST, note="x", actor=SYSTEM) for _ in range(6)]
    )
    assert sorted(done) == [False] * 5 + [True]
    assert at_channel() == 25_000 - 60


_DIES = """
import os, sys, uuid
os.environ["DJANGO_SETTINGS_MODULE"] = "kefen.config.settings"
import django
django.setup()
from datetime import date
from kefen.ledger import actions as ledger
from kefen.platform.tenancy import scope
from kefen.reconciliation import actions
from importlib import import_module
fetch = import_module("kefen.reconciliation.actions.fetch")
judge = import_module("kefen.reconciliation.actions.judge")
from tests.reconciliation.test_reconcile import many

batches = 0
def insert(*arguments, **options):
    global batches
    batches += 1
    if batches == 2 and sys.argv[2] == "storing":
        os.kill(os.getpid(), 9)
    return kept(*arguments, **options)
kept, fetch.insert_rows = fetch.insert_rows, insert
if sys.argv[2] == "booking":
    judge.ledger.post = lambda *_: os.kill(os.getpid(), 9)
with scope.institution(uuid.UUID(sys.argv[1])):
    fetch.keep("wechat", date(2026, 3, 2), many())
    actions.judge("wechat", date(2026, 3, 2))
"""


def many(count: int = 12_000) -> list[BillLine]:
    return [line(P, f"N{n:06}", 100, NOON, fee=1) for n in range(count)]


@pytest.mark.parametrize("when", ["storing", "booking"])
def test_kill_9_leaves_nothing_half_done(
    committed_institution: object, bills: FakeBills, tmp_path: Path, when: str
) -> None:
    open_school()
    script = tmp_path / "dies.py"
    script.write_text(textwrap.dedent(_DIES))
    died = subprocess.run(
        [sys.executable, str(script), str(scope.institution_id()), when],
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "KEFEN_DATABASE_ROLE": "application"},
        check=False,
    )
    assert died.returncode == -9
    assert BillEntry.objects.count() == (0 if when == "storing" else 12_000)
    assert Difference.objects.count() == 0
    assert at_channel() == 0
    bills.say(DAY, *many())
    assert actions.reconcile("wechat", DAY).open == 12_000
    assert at_channel() == -12_000
    assert BillEntry.objects.count() == 12_000


def test_what_arrives_days_later_is_seen_by_the_clock(
    institution: object, bills: FakeBills
) -> None:
    open_school()
    sold("A")
    with clock.at(NOON + HOUR):
        commissions.request_refund("A", 3_000, "why", SYSTEM, number="RA")
    bills.say(DAY, line(P, "A", 10_000, NOON), line(R, "RA", 3_000, NOON + HOUR))
    actions.reconcile("wechat", DAY)
    assert found() == {"RA": Verdict.IN_TRANSIT}
    actions.review_transit()
    assert found() == {"RA": Verdict.IN_TRANSIT}
    refund("RA", "A", 3_000, at=NOON + HOUR)
    actions.review_transit()
    assert found() == {}


def test_a_fee_holds_from_its_day_on(institution: object, bills: FakeBills) -> None:
    open_school()
    sold("A")
    assert actions.agree_fee("wechat", 60, actor=SYSTEM)
    assert actions.agree_fee("wechat", 38, effective_on=DAY + timedelta(days=1), actor=SYSTEM)
    assert not actions.agree_fee("wechat", 38, effective_on=DAY + timedelta(days=1), actor=SYSTEM)
    assert [queries.agreed_bps("wechat", DAY + timedelta(days=back)) for back in (0, 1, 2)] == [
        *(60, 38, 38)
    ]
    bills.say(DAY, line(P, "A", 10_000, NOON, fee=60))
    assert actions.reconcile("wechat", DAY).open == 0
    assert actions.agree_fee("wechat", 38, effective_on=DAY, actor=SYSTEM)
    assert actions.reconcile("wechat", DAY).open == 1
    assert actions.agree_fee("wechat", None, effective_on=DAY, actor=SYSTEM)
    assert actions.reconcile("wechat", DAY).open == 0
    assert Record.objects.filter(verb="fee.agreed").count() == 4
    for wrong in (-1, 2001):
        with pytest.raises(InvalidInput):
            actions.agree_fee("wechat", wrong, actor=SYSTEM)
