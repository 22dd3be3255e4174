"""Calendar periods and instants (`domain.md`, preamble; `replay.md`, first section).

An instant is an aware datetime in UTC. A period is a half-open interval of instants whose
borders are local midnights of one time zone, so a day may last 23 or 25 hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from kefen.core.errors import InvalidInput

_ONE_DAY: Final = timedelta(days=1)
_ONE_MICROSECOND: Final = timedelta(microseconds=1)
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)


class PeriodKind(StrEnum):
    """Calendar units; `WEEK` is the ISO week from Monday, `LIFETIME` all of time."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    LIFETIME = "lifetime"


@dataclass(frozen=True, slots=True)
class Period:
    """The instants `start <= at < end` in UTC; `starts_on` is the first local date.

    `end` is None only for a lifetime, whose `start` is the earliest instant there is.
    """

    kind: PeriodKind
    starts_on: date
    start: datetime
    end: datetime | None

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


LIFETIME: Final = Period(PeriodKind.LIFETIME, date.min, _BEGINNING, None)
"""The one period of kind lifetime."""


def days(count: int) -> timedelta:
    """Return `count` * 86400 s: days of a window, a hold or a binding, not calendar days.

    Raises InvalidInput for a negative count or one beyond what a datetime can hold.
    """
    if not 0 <= count <= timedelta.max.days:
        raise InvalidInput(field="days", reason="a count of days is from 0 to 999999999")
    return timedelta(days=count)


def period_of(kind: PeriodKind, at: datetime, zone: ZoneInfo) -> Period:
    """Return the period of `kind` in `zone` that contains the aware instant `at`.

    Raises InvalidInput for a naive instant or at the very edge of the calendar.
    """
    if kind is PeriodKind.LIFETIME:
        return LIFETIME
    if at.tzinfo is None:
        raise InvalidInput(field="at", reason="an instant needs an offset")
    try:
        period = period_from(kind, first_day(kind, at.astimezone(zone).date()), zone)
    except OverflowError:
        raise InvalidInput(field="at", reason="it is at the edge of the calendar") from None
    # Where a clock falls back across midnight a date appears twice; the borders decide.
    while period.end is not None and at >= period.end:
        period = following(period, zone)
    return period


def first_day(kind: PeriodKind, on: date) -> date:
    """Return the first date of the period of `kind` that contains the date `on`."""
    match kind:
        case PeriodKind.DAY:
            return on
        case PeriodKind.WEEK:
            return on - timedelta(days=on.weekday())
        case PeriodKind.MONTH:
            return on.replace(day=1)
        case PeriodKind.QUARTER:
            return on.replace(month=on.month - (on.month - 1) % 3, day=1)
        case PeriodKind.YEAR:
            return on.replace(month=1, day=1)
        case PeriodKind.LIFETIME:
            return date.min


@lru_cache(maxsize=4096)
def period_from(kind: PeriodKind, starts_on: date, zone: ZoneInfo) -> Period:
    """Return the period of `kind` in `zone` whose first local date is `starts_on`.

    Raises InvalidInput if no such period starts on that date.
    """
    if kind is PeriodKind.LIFETIME:
        return LIFETIME
    if first_day(kind, starts_on) != starts_on:
        raise InvalidInput(field="starts_on", reason=f"no {kind} starts on {starts_on}")
    try:
        after = _first_day_after(kind, starts_on)
        return Period(kind, starts_on, midnight(starts_on, zone), midnight(after, zone))
    except (OverflowError, ValueError):
        raise InvalidInput(field="starts_on", reason="it is at the edge of the calendar") from None


def following(period: Period, zone: ZoneInfo) -> Period:
    """Return the period right after `period`. Raises InvalidInput for a lifetime."""
    if period.kind is PeriodKind.LIFETIME:
        raise InvalidInput(field="period", reason="nothing follows a lifetime")
    return period_from(period.kind, _first_day_after(period.kind, period.starts_on), zone)


def _first_day_after(kind: PeriodKind, starts_on: date) -> date:
    """First date after the period; 32, 93 and 367 days always reach into the next one."""
    match kind:
        case PeriodKind.DAY:
            return starts_on + _ONE_DAY
        case PeriodKind.WEEK:
            return starts_on + 7 * _ONE_DAY
        case PeriodKind.MONTH:
            return first_day(kind, starts_on + 32 * _ONE_DAY)
        case PeriodKind.QUARTER:
            return first_day(kind, starts_on + 93 * _ONE_DAY)
        case _:
            return starts_on.replace(year=starts_on.year + 1)


@lru_cache(maxsize=4096)
def midnight(on: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which the local date `on` begins in `zone`.

    Where clocks skip midnight, the day begins at the first instant after the gap.
    """
    local = datetime(on.year, on.month, on.day, tzinfo=zone)
    before = local.astimezone(UTC)
    after = local.replace(fold=1).astimezone(UTC)
    if before <= after:
        return before  # an ordinary midnight, or the first of two
    # In a gap the two readings are in reverse order with the jump between them.
    while before - after > _ONE_MICROSECOND:
        middle = after + (before - after) // 2
        if middle.astimezone(zone).replace(tzinfo=None) < local.replace(tzinfo=None):
            after = middle
        else:
            before = middle
    return before


def parse_instant(text: str) -> datetime:
    """Read RFC 3339 with an offset and at most microseconds; return the instant in UTC.

    Raises InvalidInput for anything else: no offset, a space for `T`, a leap second, a seventh
    digit of the fraction, a date that does not exist.
    """
    capital = text.upper()  # the grammar of RFC 3339 §5.6 allows `t` and `z` too
    if _INSTANT.fullmatch(capital) is None:
        raise InvalidInput(field="instant", reason="RFC 3339 with an offset is needed")
    try:
        return datetime.fromisoformat(capital).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(field="instant", reason="there is no such instant") from None


def format_instant(at: datetime) -> str:
    """Write an aware instant in UTC with `Z` and only the fraction digits that it needs.

    Raises InvalidInput for a naive datetime.
    """
    if at.tzinfo is None:
        raise InvalidInput(field="instant", reason="an instant needs an offset")
    text = at.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"
