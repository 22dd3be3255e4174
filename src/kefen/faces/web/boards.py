"""A closed board, which awarded prizes: for promoters and for the console, to look at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from kefen.core.errors import NotFound
from kefen.core.periods import Period
from kefen.core.terms import BoardMetric
from kefen.faces.web import names, typed
from kefen.faces.web.entry import Entry, operator_page, promoter_page
from kefen.platform.identity.personal import masked_name
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter
from kefen.standings import queries

SHOWN = 50


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place; `code` is empty where whoever looks may not know whose it is."""

    rank: int
    name: str
    value: int
    prize: int
    code: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class BoardScreen:
    """A closed board; `metric` is a code of the family `board_metric`, `counts_money` says that
    its values are amounts."""

    currency: str
    metric: str
    starts_on: date
    ends_on: date
    closed_at: datetime
    places: tuple[PlaceRow, ...]
    total: int
    counts_money: bool


def _screen(entry: Entry, names_of: tuple[str, str, str], me: UUID | None) -> BoardScreen:
    metric, period, day = names_of
    starts_on = typed.day(day)
    if starts_on is None:
        raise NotFound(what="board")
    found = queries.closed(metric, period, starts_on, first=SHOWN, also=me)
    people = promoters.rows(place.promoter_id for place in found.places)
    return BoardScreen(
        currency=entry.school.currency,
        metric=found.metric.value,
        starts_on=found.period.starts_on,
        ends_on=_last_day(entry, found.period),
        closed_at=found.closed_at,
        places=tuple(
            PlaceRow(
                place.rank,
                _name(people[place.promoter_id], me),
                place.value,
                place.prize,
                "" if me is not None else people[place.promoter_id].code,
                mine=place.promoter_id == me,
            )
            for place in found.places
        ),
        total=found.total,
        counts_money=found.metric is not BoardMetric.ORDERS,
    )


def _name(one: Promoter, me: UUID | None) -> str:
    """A promoter reads his own name in full and those of others masked."""
    name = names.promoter_name(one)
    return name if me is None or one.id == me else masked_name(name)


def _last_day(entry: Entry, period: Period) -> date:
    end = period.end or period.start
    return (end - timedelta(seconds=1)).astimezone(entry.school.zone).date()


@require_safe
@promoter_page
def of_promoter(entry: Entry, metric: str, period: str, starts_on: str) -> HttpResponse:
    """The board on which a prize was won; the others are named as everywhere, masked."""
    screen = _screen(entry, (metric, period, starts_on), entry.me.id)
    return entry.show("web/promoter/board.html", screen, "income")


@require_safe
@operator_page()
def of_school(entry: Entry, metric: str, period: str, starts_on: str) -> HttpResponse:
    """The same for the console."""
    screen = _screen(entry, (metric, period, starts_on), None)
    return entry.show("web/operator/board.html", screen, "statements")
