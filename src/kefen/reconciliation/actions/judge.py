"""Holding a day's newest bill against the books, as often as one likes."""

from datetime import date, datetime, timedelta

from django.db import transaction

from kefen.core import postings
from kefen.core.errors import NotFound
from kefen.core.ids import uuid7
from kefen.core.reconciliation import Match
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.platform import clock
from kefen.platform.tenancy.queries import current
from kefen.reconciliation import queries
from kefen.reconciliation.actions.correct import reverse
from kefen.reconciliation.actions.fetch import lock_day
from kefen.reconciliation.contracts import Decision
from kefen.reconciliation.matching import Found, Key, bounds, key_of, matched
from kefen.reconciliation.models import BillDay, Difference, DifferenceState

# What was closed so is in our books as well, or was found on another day.
_HAS_ITS_PAIR = ("resolved", Decision.BOOK, Decision.RETURN)


@transaction.atomic
def judge(channel: str, on: date) -> None:
    """Match, book the fees, and bring the differences up to date; again with the same result.

    Everything or nothing is written; two at a time, and a person who closes a difference, wait for
    each other at the day's row. Raises NotFound where no bill of the day was fetched.
    """
    row = lock_day(channel, on)
    if row.bill_id is None:
        raise NotFound(what=f"bill of {channel} for {on}")
    found = matched(row)
    _write(row, found)
    _book_fees(row, bounds(channel, on)[1])
    BillDay.objects.filter(id=row.id).update(
        groups={verdict.value: list(group) for verdict, group in found.groups.items()},
        totals=dict(found.totals),
        reconciled_at=clock.now(),
    )


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


def _write(day: BillDay, found: Found) -> None:
    """Bring the work items up to date. What a person closed stays closed, unless what he saw is
    not so any more and money moved because of it."""
    rows = Difference.objects.select_for_update(of=("self",))
    known = {key_of(row): row for row in rows.filter(channel=day.channel, on=day.on)}
    now = clock.now()
    for row in known.values():
        if row.resolution == Decision.ADJUST and not found.still_says(row):
            reverse(row)
    for key, one in found.wrong.items():
        _note(day, known.get(key), key, one, now)
    for key, row in known.items():
        if key not in found.wrong and row.state == DifferenceState.OPEN:
            Difference.objects.filter(id=row.id).update(
                state=DifferenceState.CLOSED, resolution="resolved", closed_by=None, closed_at=now
            )


def _note(day: BillDay, row: Difference | None, key: Key, one: Match, now: datetime) -> None:
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
        "order_number": "" if other is None else other.order,
        "at": line.at,
    }
    if row is None:
        subject, number, channel_number, nth = key
        Difference(
            id=uuid7(),
            channel=day.channel,
            on=day.on,
            subject=subject,
            number=number,
            channel_number=channel_number,
            nth=nth,
            found_at=now,
            state=DifferenceState.OPEN,
            **content,
        ).save(force_insert=True)
    elif row.state == DifferenceState.OPEN or row.resolution in _HAS_ITS_PAIR:
        # Where it differs nevertheless, somebody has to look again.
        Difference.objects.filter(id=row.id).update(
            state=DifferenceState.OPEN, resolution="", closed_by=None, closed_at=None, **content
        )
