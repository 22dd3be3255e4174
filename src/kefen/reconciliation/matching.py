"""A day's newest bill matched with our books; nothing is written here."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models.functions import Collate

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
from kefen.ports.bills import zone_of
from kefen.reconciliation import queries
from kefen.reconciliation.across_days import across_days
from kefen.reconciliation.models import BillDay, BillEntry, Difference
from kefen.reconciliation.movements import ours

_CHUNK = 5000

Key = tuple[str, str, str, int]


@dataclass(slots=True)
class Found:
    """What matching said of a day; only differences are held."""

    groups: dict[Verdict, tuple[int, int, int]] = field(default_factory=dict)
    totals: Counter[str] = field(default_factory=Counter)
    wrong: dict[Key, Match] = field(default_factory=dict)
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

    def still_says(self, row: Difference) -> bool:
        """Is the difference what it was when its row was written?"""
        one = self.wrong.get(key_of(row))
        if one is None:
            return False
        mine = None if one.ours is None else one.ours.amount
        other = None if one.theirs is None else one.theirs.amount
        return (one.verdict.value, mine, other) == (row.verdict, row.ours, row.theirs)


def key_of(row: Difference) -> Key:
    """By what a difference is known again."""
    return row.subject, row.number, row.channel_number, row.nth


def bounds(channel: str, on: date) -> tuple[datetime, datetime]:
    """The day in the channel's own calendar, half-open."""
    zone = zone_of(channel)
    return midnight(on, zone), midnight(on + timedelta(days=1), zone)


def matched(row: BillDay) -> Found:
    """Match everything of a day that has a bill, with those of its neighbours at its edges."""
    channel, on = row.channel, row.on
    start, end = bounds(channel, on)
    known = {one.on: one for one in queries.neighbours(channel, on)}
    day = Day(
        start,
        end,
        open_before=on - timedelta(days=1) not in known,
        open_after=on + timedelta(days=1) not in known,
        fee_bps=queries.agreed_bps(channel, on),
    )
    bills = [one.bill_id for one in (row, *known.values()) if one.bill_id]
    found = Found()
    movements = ours(channel, start - EDGE, end + EDGE)
    bill = shares_together(_theirs(bills, start - EDGE, end + EDGE))
    for one in across_days(match(movements, bill, day), row, day.fee_bps):
        found.take(one)
    return found


def overtaken() -> Iterator[Difference]:
    """Differences by which the books were corrected and that are not what they were: the pair came
    later, or the line is gone. Their corrections are reversed when their day is judged again."""
    standing = Difference.objects.filter(resolution="adjust").order_by("channel", "on", "id")
    days: dict[tuple[str, date], list[Difference]] = {}
    for one in standing:
        days.setdefault((one.channel, one.on), []).append(one)
    for (channel, on), differences in days.items():
        found = matched(BillDay.objects.get(channel=channel, on=on))
        yield from (one for one in differences if not found.still_says(one))


def _theirs(bills: list[UUID], since: datetime, until: datetime) -> Iterator[Theirs]:
    """The bills' lines of the day and of its edges, sorted as ours are."""
    found = (
        BillEntry.objects.filter(bill_id__in=bills, at__gte=since, at__lt=until)
        .order_by(Collate("subject", "C"), Collate("number", "C"), Collate("channel_number", "C"))
        .values_list(
            *("subject", "number", "channel_number"),
            *("amount", "fee", "currency", "at", "order_number"),
        )
    )
    for subject, *rest in found.iterator(_CHUNK):
        yield Theirs(Subject(subject), *rest)
