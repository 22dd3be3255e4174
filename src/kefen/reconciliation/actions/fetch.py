"""Keeping a channel's bill as it came."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db import transaction

from kefen.core.errors import ChannelUnavailable, NotFound
from kefen.core.ids import uuid7
from kefen.platform import clock
from kefen.platform.merchants import actions as merchants
from kefen.platform.merchants.queries import shut_since
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.bills import BillLine, zone_of
from kefen.reconciliation.models import Bill, BillDay, BillEntry

_BATCH = 5000
_COLUMNS = (
    *("id", "bill_id", "subject", "number", "channel_number", "nth"),
    *("amount", "fee", "currency", "at", "note", "order_number"),
)


def fetch(channel: str, on: date) -> bool:
    """Fetch a day's bill and keep it; answers whether it says something new.

    Call it outside of any transaction: the channel is asked first, then everything is stored at
    once or not at all. Raises NotFound (the channel writes no bills), ChannelUnavailable (not
    written yet, which is noted), InvalidInput.
    """
    source = registry.bills(channel)
    if source is None:
        raise NotFound(what=f"bills of {channel}")
    try:
        with _account_of(channel, on):
            lines = source.fetch_bill(current().slug, on)
    except ChannelUnavailable as late:
        _note(channel, on, str(late))
        raise
    return keep(channel, on, lines)


@contextmanager
def _account_of(channel: str, on: date) -> Iterator[None]:
    """A day that was over when the channel's account was shut stands in that account's bill."""
    over = datetime.combine(on + timedelta(days=1), time.min, zone_of(channel))
    account = shut_since(channel, over)
    if account is None:
        yield
        return
    with merchants.speaking_as(merchants.shut_account(account)):
        yield


def _note(channel: str, on: date, reason: str) -> None:
    """Remember that it was asked for in vain."""
    with transaction.atomic():
        row = lock_day(channel, on)
        if row.bill_id is None:
            BillDay.objects.filter(id=row.id).update(tried_at=clock.now(), reason=reason[:200])


def lock_day(channel: str, on: date) -> BillDay:
    """The day's row, locked; made where it is new. Call it inside a transaction."""
    insert_rows(
        BillDay,
        ("id", "channel", "on", "groups", "totals", "fees_booked", "tried_at", "reason"),
        [(uuid7(), channel, on, "{}", "{}", 0, clock.now(), "")],
        skip_known=True,
    )
    return BillDay.objects.select_for_update(of=("self",)).get(channel=channel, on=on)


@transaction.atomic
def keep(channel: str, on: date, lines: Sequence[BillLine]) -> bool:
    """Keep a bill; the same content changes nothing, another is the next version."""
    day = lock_day(channel, on)
    now, digest = clock.now(), digest_of(lines)
    newest = Bill.objects.filter(channel=channel, on=on).order_by("-version").first()
    if newest is not None and bytes(newest.digest) == digest:
        BillDay.objects.filter(id=day.id).update(tried_at=now, reason="")
        return False
    bill = Bill(
        channel=channel,
        on=on,
        version=1 if newest is None else newest.version + 1,
        digest=digest,
        lines=len(lines),
        fees=sum(line.fee + (line.amount if line.kind == "fee" else 0) for line in lines),
        fetched_at=now,
    )
    bill.save(force_insert=True)
    rows = _rows(bill, lines)
    while batch := list(islice(rows, _BATCH)):
        insert_rows(BillEntry, _COLUMNS, batch)
    BillDay.objects.filter(id=day.id).update(bill_id=bill.id, tried_at=now, reason="")
    return True


def digest_of(lines: Sequence[BillLine]) -> bytes:
    """What makes two bills the same, in whatever order their lines come."""
    whole = hashlib.sha256()
    for digest in sorted(hashlib.sha256(repr(_content(line)).encode()).digest() for line in lines):
        whole.update(digest)
    return whole.digest()


def _content(line: BillLine) -> tuple[object, ...]:
    at = line.at.timestamp()
    numbers = (line.number, line.channel_number)
    content = (line.kind.value, *numbers, line.amount, line.fee, line.currency, at, line.note)
    # Lines without it are the same as before bills told it.
    return (*content, line.order) if line.order else content


def _rows(bill: Bill, lines: Sequence[BillLine]) -> Iterator[Sequence[Any]]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        key = (line.kind.value, line.number, line.channel_number)
        seen[key] += 1
        amounts = (line.amount, line.fee, line.currency)
        yield uuid7(), bill.id, *key, seen[key], *amounts, line.at, line.note[:200], line.order
