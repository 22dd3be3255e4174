"""Looking for what is odd, by the clock. A finding that was made before stays one row; what people
decided about it stays decided."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from kefen.core import risk
from kefen.core.ids import uuid7
from kefen.core.risk import UNDECIDED, Finding, Limits
from kefen.platform import clock
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.queries import current
from kefen.risk import facts, queries
from kefen.risk.actions.hold import hold_all
from kefen.risk.contracts import Scanned
from kefen.risk.locks import alone
from kefen.risk.models import Signal

_COLUMNS = (
    *("id", "kind", "subject", "subject_id", "finding", "promoter_id", "order_id", "link_id"),
    *("score", "evidence", "wants_hold", "happened_at", "seen_at", "state"),
)
_Key = tuple[str, UUID, str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding and what it is about; `place` tells one of the subject's findings from another."""

    found: Finding
    subject: str
    subject_id: UUID
    place: str
    promoter_id: UUID
    at: datetime

    @property
    def key(self) -> _Key:
        return self.found.kind.value, self.subject_id, self.place


def scan() -> Scanned:
    """Look at every click and commission that is new since the last scan, portion by portion."""
    findings = 0
    while portion := _clicks():
        findings += portion - 1
    while portion := _sales():
        findings += portion - 1
    return Scanned(findings, hold_all())


@transaction.atomic
def look_back() -> int:
    """Look at what each promoter brought in the last thirty days; one finding of a kind for each
    promoter and month. Answers how many."""
    alone()
    limits, now = queries.limits(), clock.now()
    month = now.astimezone(current().zone).strftime("%Y-%m")
    records = facts.records(now - timedelta(days=risk.LOOK_BACK_DAYS))
    return _note(
        (
            _Found(found, "promoter", promoter, month, promoter, now)
            for promoter, record in records.items()
            for found in risk.of_record(record, limits)
        ),
        limits,
    )


@transaction.atomic
def _clicks() -> int:
    """The next portion of clicks: 0 when there is none, else one more than its findings."""
    progress, limits = alone(), queries.limits()
    until = facts.newest("referrals_touch", progress.touch_id)
    if until is None:
        return 0
    number = _note(
        (
            _Found(found, "link", one.link_id, f"{one.at:%Y-%m-%dT%H:%M}", one.promoter_id, one.at)
            for one in facts.windows(progress.touch_id, until, limits)
            for found in risk.of_clicks(one.clicks, limits)
        ),
        limits,
    )
    progress.touch_id, progress.scanned_at = until, clock.now()
    progress.save(update_fields=["touch_id", "scanned_at"])
    return number + 1


@transaction.atomic
def _sales() -> int:
    """The next portion of commissions: 0 when there is none, else one more than its findings."""
    progress, limits = alone(), queries.limits()
    until = facts.newest("commissions_commission", progress.commission_id)
    if until is None:
        return 0
    number = _note(
        (
            _Found(found, "order", one.order_id, one.promoter_id.hex, one.promoter_id, one.at)
            for one in facts.sold(progress.commission_id, until)
            for found in risk.of_sale(one.sale, limits)
        ),
        limits,
    )
    progress.commission_id, progress.scanned_at = until, clock.now()
    progress.save(update_fields=["commission_id", "scanned_at"])
    return number + 1


def _note(findings: Iterable[_Found], limits: Limits) -> int:
    """Keep some findings; what is known already only grows, and only while nobody decided."""
    new = {one.key: one for one in findings}
    kinds, subjects = {key[0] for key in new}, {key[1] for key in new}
    known = {
        (row.kind, row.subject_id, row.finding): row
        for row in Signal.objects.filter(kind__in=kinds, subject_id__in=subjects)
    }
    now, grown = clock.now(), []
    for key in new.keys() & known.keys():
        row, one = known[key], new[key]
        if row.state in UNDECIDED and one.found.score >= row.score:
            if dict(one.found.figures) == row.evidence and one.found.score == row.score:
                continue
            row.score, row.evidence, row.seen_at = one.found.score, dict(one.found.figures), now
            row.wants_hold = row.wants_hold or risk.holds(one.found, limits)
            grown.append(row)
    Signal.objects.bulk_update(grown, ["score", "evidence", "wants_hold", "seen_at"])
    insert_rows(
        Signal,
        _COLUMNS,
        [_row(one, limits, now) for key, one in new.items() if key not in known],
        skip_known=True,
    )
    return len(new)


def _row(one: _Found, limits: Limits, now: datetime) -> tuple[object, ...]:
    return (
        uuid7(),
        one.found.kind.value,
        one.subject,
        one.subject_id,
        one.place,
        one.promoter_id,
        one.subject_id if one.subject == "order" else None,
        one.subject_id if one.subject == "link" else None,
        one.found.score,
        json.dumps(dict(one.found.figures)),
        risk.holds(one.found, limits),
        one.at,
        now,
        "open",
    )
