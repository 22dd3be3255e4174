"""The promoter's home and his courses."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import segno
from django.conf import settings

from kefen.catalog import queries as catalog
from kefen.catalog.models import Course
from kefen.commissions import queries as commissions
from kefen.core import postings
from kefen.core.periods import PeriodKind, midnight, period_of
from kefen.core.terms import Fixed, Percent, Tiered
from kefen.faces.live.figures import income_version
from kefen.faces.web import courses, earning, rules_shown, tokens
from kefen.faces.web.entry import Entry
from kefen.faces.web.promoter import screens, todos, words
from kefen.faces.web.promoter.rows import income_rows
from kefen.faces.web.shared.screens import FunnelStage, Live
from kefen.faces.web.student.screens import CourseCard
from kefen.ledger import queries as ledger
from kefen.orders import queries as orders
from kefen.payouts import queries as payouts
from kefen.platform import clock
from kefen.promoters.models import Promoter
from kefen.referrals import actions as referrals
from kefen.referrals import queries as links
from kefen.referrals.models import Link

_TREND_DAYS = 21
_HOME_COURSES = 3
_LONGEST_QUERY = 60
_MODULE_PX = 8
_QUIET_MODULES = 4
_REFUND_DAYS = 30
_REFUND_ORDERS = 5


class Money:
    """A promoter's four balances, as he sees them: what he owes is positive."""

    def __init__(self, promoter: str, currency: str) -> None:
        builders = {
            "expected": postings.pending,
            "available": postings.available,
            "in_transit": postings.in_transit,
            "owed": postings.receivable,
        }
        codes = {name: build(promoter) for name, build in builders.items()}
        found = ledger.balances(codes.values(), currency)
        self.codes = list(codes.values())
        self.expected = found[codes["expected"]]
        self.available = found[codes["available"]]
        self.in_transit = found[codes["in_transit"]]
        self.owed = -found[codes["owed"]]


def home(entry: Entry) -> screens.HomeScreen:
    """Money first, then today."""
    me, facts, now = entry.me, entry.school, clock.now()
    money = Money(me.code, facts.currency)
    today = period_of(PeriodKind.DAY, now, facts.zone)
    first_day = today.starts_on - timedelta(days=_TREND_DAYS - 1)
    by_day = commissions.by_day(midnight(first_day, facts.zone), promoter_id=me.id)
    days = [first_day + timedelta(days=number) for number in range(_TREND_DAYS)]
    clicks = links.clicks([me.id], since=today.start).get(me.id, 0)
    placed, paid = orders.promoted_orders(today.start, promoter_id=me.id)
    newest = next(iter(income_rows(commissions.of_promoter(me.id)[:1])), None)
    first = newest if newest is not None and newest.at >= today.start else None
    paid_out = payouts.arrived(me.id)
    return screens.HomeScreen(
        currency=facts.currency,
        group_name=me.group or "",
        expected=money.expected,
        available=money.available,
        paid_out=paid_out,
        today_amount=by_day.get(today.starts_on, 0),
        today_orders=commissions.order_count(me.id, since=today.start),
        latest="" if first is None else f"{first.buyer} · {first.title}",
        trend=tuple(by_day.get(day, 0) for day in days) if any(by_day.values()) else (),
        funnel=(
            FunnelStage("click", clicks),
            FunnelStage("landing", links.landings(since=today.start, promoter_id=me.id)),
            FunnelStage("order", placed),
            FunnelStage("paid", paid),
        ),
        courses=recommended(promoted(me, list(catalog.shelf())))[:_HOME_COURSES],
        todos=todos.todos(entry, money.available),
        owed=money.owed,
        state=me.status,
        newest=newest,
        live=live(entry, money, paid_out),
    )


def live(entry: Entry, money: Money, paid_out: int) -> Live:
    """How a page with these sums hears that they are others."""
    sums = (money.expected, money.available, money.in_transit, money.owed, paid_out)
    waiting = payouts.waiting_of(entry.me.id)
    watched = tokens.Watched(entry.school.id, "promoter", entry.me.id)
    version = income_version((*sums, waiting), commissions.newest_of(entry.me.id))
    return Live(tokens.live_address(watched), version)


def promoted(me: Promoter, rows: Sequence[Course]) -> tuple[screens.PromotedCourse, ...]:
    """Courses that can be promoted, with what one sale earns."""
    open_ones = [row for row in rows if row.promotable and not row.for_minors]
    offers = earning.of_promoter(list(catalog.by_codes(r.code for r in open_ones).values()), me)
    live = catalog.live_now(clock.now())
    going_on = {row.code for row in open_ones if row.id in live}
    return tuple(
        _promoted(card, offers.get(card.code), live=card.code in going_on)
        for card in courses.cards(open_ones)
    )


def _promoted(
    card: CourseCard, offer: earning.Offer | None, *, live: bool = False
) -> screens.PromotedCourse:
    if offer is None:
        return screens.PromotedCourse(card, None, live=live)
    rate = offer.reward.bps if isinstance(offer.reward, Percent) else None
    return screens.PromotedCourse(card, offer.rebate, rate, live)


def recommended(
    found: Sequence[screens.PromotedCourse],
) -> tuple[screens.PromotedCourse, ...]:
    """What is live now first, then what earns most."""
    return tuple(sorted(found, key=lambda one: (not one.live, -(one.rebate or 0))))


_ORDERS = ("recommended", "live", "rebate", "new")


def course_list(entry: Entry) -> screens.CoursesScreen:
    """选课: by words and by filter; everything works as a plain address."""
    order, query = entry.query.get("order", ""), entry.query.get("q", "").strip()[:_LONGEST_QUERY]
    order = order if order in _ORDERS else "recommended"
    rows = list(catalog.shelf())
    everything = promoted(entry.me, rows)
    words = query.casefold().split()
    texts = {r.code: f"{r.title} {r.teacher} {r.category} {r.summary}".casefold() for r in rows}
    found = [one for one in everything if all(w in texts[one.course.code] for w in words)]
    return screens.CoursesScreen(
        entry.school.currency, _in_order(found, order), query, order, total=len(everything)
    )


def _in_order(
    found: list[screens.PromotedCourse], order: str
) -> tuple[screens.PromotedCourse, ...]:
    """`live` leaves only what is live now or has a lesson to come, soonest first."""
    if order == "live":
        soon = [one for one in found if one.live or one.course.starts_at is not None]
        far = datetime.max.replace(tzinfo=UTC)
        return tuple(sorted(soon, key=lambda one: (not one.live, one.course.starts_at or far)))
    if order == "rebate":
        return tuple(sorted(found, key=lambda one: -(one.rebate or 0)))
    return recommended(found) if order == "recommended" else tuple(found)


def course(entry: Entry, row: Course) -> screens.CourseScreen:
    """One course to promote, with the promoter's own link (made on the first look)."""
    me = entry.me
    record = catalog.by_codes([row.code])[row.code]
    offer = earning.of_promoter([record], me).get(row.code)
    link = address_of(referrals.make_link(me.id, course_id=row.id))
    card = courses.card(row)
    return screens.CourseScreen(
        currency=entry.school.currency,
        promoted=_promoted(card, offer, live=row.id in catalog.live_now(clock.now())),
        rule=None if offer is None else rules_shown.rule(offer.rule, {row.code: row.title}),
        hold_days=0 if offer is None else offer.hold_days,
        link=link,
        code=me.code,
        qr_url=entry.address("promoter_qr", row.code),
        qr_px=int(_code_of(link).symbol_size(_MODULE_PX, _QUIET_MODULES)[0]),
        texts=words.ready_texts(
            entry.school,
            row,
            card.price,
            next(iter(catalog.sessions_from(row.id, clock.now(), 1)), None),
            link,
        ),
        refund_rate_bps=_refund_rate(row),
        **_terms(offer),
    )


def _refund_rate(row: Course) -> int | None:
    since = clock.now() - timedelta(days=_REFUND_DAYS)
    return orders.refund_rate(row.id, since=since, least=_REFUND_ORDERS)


def _terms(offer: earning.Offer | None) -> dict[str, Any]:
    """The rule as it applies to whoever looks: base, amount or rate, cap, and his ladder."""
    if offer is None:
        return {}
    fixed = offer.reward.amount if isinstance(offer.reward, Fixed) else None
    return {
        "base": offer.rule.base.value,
        "fixed": fixed,
        "ladder": _ladder(offer),
        "wanted": offer.wanted if offer.wanted > offer.rebate else None,
        "cap_bps": offer.cap_bps,
    }


def _ladder(offer: earning.Offer) -> screens.Ladder | None:
    ladder, place = offer.rule.level1, offer.place
    if not isinstance(ladder, Tiered) or place is None:
        return None
    steps = rules_shown.reward(ladder).steps
    return screens.Ladder(
        metric=ladder.metric.value,
        period=ladder.period.value,
        steps=tuple(screens.LadderStep(s, s.threshold == place.threshold) for s in steps),
        missing=place.missing,
    )


def address_of(link: Link) -> str:
    """The address that a link's short code is opened by."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/s/{link.short_code}"


def _code_of(link: str) -> segno.QRCode:
    return segno.make(link, error="m", micro=False)


def qr(entry: Entry, row: Course) -> bytes:
    """The link as a PNG: whole pixels for each module and the quiet zone that readers want."""
    out = BytesIO()
    link = address_of(referrals.make_link(entry.me.id, course_id=row.id))
    _code_of(link).save(out, kind="png", scale=_MODULE_PX, border=_QUIET_MODULES)
    return out.getvalue()
