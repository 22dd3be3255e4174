"""Holding a day's newest bill against the books, as often as one likes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Collate

from kefen.core import postings
from kefen.core.errors import NotFound
from kefen.core.ids import uuid7
from kefen.core.periods import midnight
from kefen.core.reconciliation import (
    EDGE,
    Day,
    Match,
    Subject,
    Theirs,
    Verdict,
    match,
    shares_together,
    signed,
)
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.platform import clock
from kefen.platform.tenancy.queries import current
from kefen.ports.bills import zone_of
from kefen.reconciliation import queries
from kefen.reconciliation.actions.across_days import across_days
from kefen.reconciliation.actions.fetch import lock_day
from kefen.reconciliation.models import BillDay, BillEntry, Difference, DifferenceState
from kefen.reconciliation.movements import ours

_CHUNK = 5000


def bounds(channel: str, on: date) -> tuple[datetime, datetime]:
    """The day in the channel's own calendar, half-open."""
    zone = zone_of(channel)
    return midnight(on, zone), midnight(on + timedelta(days=1), zone)


@transaction.atomic
def judge(channel: str, on: date) -> None:
    """Match, book the fees, and bring the differences up to date; again with the same result.

    Everything or nothing is written; two at a time wait for each other at the day's row. Raises
    NotFound where no bill of the day was fetched.
    """
    row = lock_day(channel, on)
    if row.bill_id is None:
        raise NotFound(what=f"bill of {channel} for {on}")
    start, end = bounds(channel, on)
    known = {one.on: one for one in queries.neighbours(channel, on)}
    day = Day(
        start,
        end,
        open_before=on - timedelta(days=1) not in known,
        open_after=on + timedelta(days=1) not in known,
        fee_bps=queries.agreed_bps(channel),
    )
    bills = [row.bill_id, *(one.bill_id for one in known.values() if one.bill_id)]
    found = _Found(channel, on)
    movements = ours(channel, start - EDGE, end + EDGE)
    bill = shares_together(_theirs(bills, start - EDGE, end + EDGE))
    for one in across_days(match(movements, bill, day), row, day.fee_bps):
        found.take(one)
    found.write()
    _book_fees(row, end)
    BillDay.objects.filter(id=row.id).update(
        groups={verdict.value: list(group) for verdict, group in found.groups.items()},
        totals=dict(found.totals),
        reconciled_at=clock.now(),
    )


def _theirs(bills: list[UUID], since: datetime, until: datetime) -> Iterator[Theirs]:
    """The bills' lines of the day and of its edges, sorted as ours are."""
    found = (
        BillEntry.objects.filter(bill_id__in=bills, at__gte=since, at__lt=until)
        .order_by(Collate("subject", "C"), Collate("number", "C"), Collate("channel_number", "C"))
        .values_list("subject", "number", "channel_number", "amount", "fee", "currency", "at")
    )
    for subject, number, channel_number, amount, fee, currency, at in found.iterator(_CHUNK):
        yield Theirs(Subject(subject), number, channel_number, amount, fee, currency, at)


def _book_fees(row: BillDay, end: datetime) -> None:
    """The newest bill's fees, less what is booked: once by its key."""
    bill = queries.bill(row)
    change = bill.fees - row.fees_booked
    if not change:
        return
    key = postings.bill_fees_key(row.channel, row.on, bill.version)
    moves = postings.channel_fees(row.channel, change)
    at = end - timedelta(microseconds=1)
    ledger.post([Transfer(key, "adjustment", at, moves)], current().currency)
    BillDay.objects.filter(id=row.id).update(fees_booked=bill.fees)


_Key = tuple[str, str, str, int]


@dataclass(slots=True)
class _Found:
    """What matching said of a day; only differences are held."""

    channel: str
    on: date
    groups: dict[Verdict, tuple[int, int, int]] = field(default_factory=dict)
    totals: Counter[str] = field(default_factory=Counter)
    wrong: dict[_Key, Match] = field(default_factory=dict)
    _seen: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def take(self, one: Match) -> None:
        """One more match."""
        count, mine, other = self.groups.get(one.verdict, (0, 0, 0))
        mine += 0 if one.ours is None else signed(one.ours)
        if one.theirs is not None:
            other += signed(one.theirs)
            self.totals[one.theirs.subject.value] += one.theirs.amount
        self.groups[one.verdict] = (count + 1, mine, other)
        if one.verdict is not Verdict.MATCHED:
            self._hold(one)

    def _hold(self, one: Match) -> None:
        line = one.ours or one.theirs
        if line is None:
            return
        key = (line.subject.value, line.number, line.channel_number)
        self._seen[key] += 1
        self.wrong[*key, self._seen[key]] = one

    def write(self) -> None:
        """Bring the work items up to date: what a person closed stays closed."""
        rows = Difference.objects.filter(channel=self.channel, on=self.on)
        known = {(row.subject, row.number, row.channel_number, row.nth): row for row in rows}
        now = clock.now()
        for key, one in self.wrong.items():
            self._note(known.get(key), key, one, now)
        for key, row in known.items():
            if key not in self.wrong and row.state == DifferenceState.OPEN:
                Difference.objects.filter(id=row.id).update(
                    state=DifferenceState.CLOSED, resolution="resolved", closed_at=now
                )

    def _note(self, row: Difference | None, key: _Key, one: Match, now: datetime) -> None:
        mine, other = one.ours, one.theirs
        line = mine or other
        if line is None:
            return
        content = {
            "verdict": one.verdict.value,
            "ours": None if mine is None else mine.amount,
            "theirs": None if other is None else other.amount,
            "fee": 0 if other is None else other.fee,
            "currency": line.currency,
            "their_currency": "" if other is None else other.currency,
            "at": line.at,
        }
        if row is None:
            subject, number, channel_number, nth = key
            Difference(
                id=uuid7(),
                channel=self.channel,
                on=self.on,
                subject=subject,
                number=number,
                channel_number=channel_number,
                nth=nth,
                found_at=now,
                state=DifferenceState.OPEN,
                **content,
            ).save(force_insert=True)
        elif row.state == DifferenceState.OPEN or row.resolution == "resolved":
            Difference.objects.filter(id=row.id).update(
                state=DifferenceState.OPEN, resolution="", closed_at=None, **content
            )
