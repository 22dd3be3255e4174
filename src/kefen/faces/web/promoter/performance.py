"""What a promoter's links brought, by link and by day of the institution's calendar."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from kefen.catalog import queries as catalog
from kefen.commissions import queries as commissions
from kefen.commissions.queries import BroughtInTime, Earned
from kefen.core.periods import PeriodKind, midnight, period_of
from kefen.faces.web.entry import Entry
from kefen.faces.web.promoter import screens
from kefen.platform import clock
from kefen.referrals import queries as referrals
from kefen.referrals.queries import Clicks

SPANS = (7, 30, 90)
_USUAL = 30
_NOTHING = Earned()
_Way = tuple[str, UUID | None, UUID | None]


def performance(entry: Entry) -> screens.PerformanceScreen:
    """The last days, today included; five queries for any number of links, days and orders."""
    text = entry.query.get("days", "")
    span = next((days for days in SPANS if str(days) == text), _USUAL)
    zone = entry.school.zone
    today = period_of(PeriodKind.DAY, clock.now(), zone)
    first = today.starts_on - timedelta(days=span - 1)
    since, until = midnight(first, zone), midnight(today.starts_on + timedelta(days=1), zone)
    clicks = referrals.clicks_of(entry.me.id, since, until)
    brought = commissions.brought_in_time(entry.me.id, since, until)
    days = [first + timedelta(days=number) for number in range(span)]
    return screens.PerformanceScreen(
        currency=entry.school.currency,
        days=span,
        clicks=sum(clicks.by_day.values()),
        orders=brought.total.orders,
        paid=brought.total.paid,
        income=brought.total.income,
        links=_links(clicks, brought),
        by_day=tuple(
            screens.DayFigures(day, clicks.by_day.get(day, 0), *_figures(brought.by_day, day))
            for day in days
        ),
    )


def _figures(found: Mapping[date, Earned], key: date) -> tuple[int, int, int]:
    one = found.get(key, _NOTHING)
    return one.orders, one.paid, one.income


def _links(clicks: Clicks, brought: BroughtInTime) -> tuple[screens.LinkFigures, ...]:
    """Every way that was used, by what it earned, then by its clicks."""
    visited: dict[_Way, int] = {("link", *key): count for key, count in clicks.by_link.items()}
    ways = set(visited) | set(brought.by_way)
    titles = catalog.by_ids(course for _, course, _link in ways if course is not None)
    links = referrals.links_by_id(link for _, _course, link in ways if link is not None)
    rows = [
        screens.LinkFigures(
            via=via,
            course=titles[course].title if course in titles else "",
            label=links[link].label if link in links else "",
            clicks=visited.get((via, course, link), 0),
            orders=brought.by_way.get((via, course, link), _NOTHING).orders,
            paid=brought.by_way.get((via, course, link), _NOTHING).paid,
            income=brought.by_way.get((via, course, link), _NOTHING).income,
        )
        for via, course, link in ways
    ]
    return tuple(sorted(rows, key=lambda r: (-r.income, -r.clicks, r.via, r.course, r.label)))
