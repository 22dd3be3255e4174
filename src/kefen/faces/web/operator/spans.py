"""The days that the overview shows, read from its address, in the institution's calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kefen.core.errors import InvalidInput
from kefen.core.periods import midnight
from kefen.faces.web import typed
from kefen.faces.web.operator.overview_screens import Span

CHOICES: Final = ("1", "7", "30", "90")
USUAL: Final = "30"
CUSTOM: Final = "custom"
MOST_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class Instants:
    """Half-open: `since <= at < until`."""

    since: datetime
    until: datetime


def chosen(query: Mapping[str, str], today: date) -> Span:
    """`days`, or `from` and `to`; thirty days up to today where nothing is said. Raises
    InvalidInput."""
    if "from" in query or "to" in query:
        return _custom(query, today)
    choice = query.get("days", USUAL)
    if choice not in CHOICES:
        raise InvalidInput(field="days", reason=_("choose 1, 7, 30 or 90 days"))
    return Span(today - timedelta(days=int(choice) - 1), today, choice, running=True)


def _custom(query: Mapping[str, str], today: date) -> Span:
    first, last = (_day(query, name) for name in ("from", "to"))
    if last > today:
        raise InvalidInput(field="to", reason=_("it is still to come; choose today or earlier"))
    if first > last:
        raise InvalidInput(field="from", reason=_("it is after the last day"))
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput(field="from", reason=_("choose 366 days or fewer"))
    return Span(first, last, CUSTOM, running=last == today)


def _day(query: Mapping[str, str], name: str) -> date:
    found = typed.day(query.get(name, ""))
    if found is None:
        raise InvalidInput(field=name, reason=_("choose a day"))
    return found


def instants(span: Span, zone: ZoneInfo) -> Instants:
    """From the first midnight to the one after the last day."""
    return Instants(midnight(span.first, zone), midnight(span.last + timedelta(days=1), zone))


def instants_before(span: Span, now: datetime, zone: ZoneInfo) -> Instants:
    """As many days before; a day that is not over is compared with the same hours of its
    counterpart, or every morning would look like a loss."""
    back = timedelta(days=span.days)
    since = midnight(span.first - back, zone)
    last = midnight(span.last - back, zone)
    if span.running:
        return Instants(since, last + (now - midnight(span.last, zone)))
    return Instants(since, midnight(span.first, zone))
