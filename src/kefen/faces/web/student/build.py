"""The student's screens, built from what the rooms know."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from kefen.catalog import queries as catalog
from kefen.catalog.models import Course, Status
from kefen.core.states import OrderState
from kefen.faces.live.figures import order_version
from kefen.faces.web import courses, keyset, tokens
from kefen.faces.web.entry import Entry
from kefen.faces.web.names import promoter_name
from kefen.faces.web.shared.screens import Form, Live, TimelineStep
from kefen.faces.web.student import screens, ways
from kefen.faces.web.tokens import Arrival
from kefen.orders import queries as orders
from kefen.orders.contracts import AskState, RefundState
from kefen.orders.models import Order, Refund, RefundAsk
from kefen.platform import clock
from kefen.promoters import queries as promoters
from kefen.referrals import queries as referrals

_SIBLINGS = 3
_LESSONS = 12
_FACTS = 8


def arrivals(entry: Entry, token: str) -> list[Arrival]:
    """The visits that are known of whoever is here: by the token he carries, by his cookie."""
    found = []
    carried = tokens.read_arrival(entry.school, token)
    if carried is not None:
        found.append(carried)
    visitor = tokens.visitor_of(entry.request)
    if visitor is not None and (carried is None or carried.visitor != visitor):
        touch = referrals.latest_touch(visitor)
        if touch is not None:
            found.append(Arrival(visitor, touch.at))
    return found


def recommended_by(known: list[Arrival]) -> str:
    """Who recommends, as the page says beside the ad mark; empty for somebody who came alone."""
    for arrival in known:
        touch = referrals.latest_touch(arrival.visitor, at=arrival.at)
        if touch is not None:
            return promoter_name(promoters.rows([touch.promoter_id])[touch.promoter_id])
    return ""


def carried(entry: Entry, known: list[Arrival]) -> str:
    """The token that goes on to the next page."""
    return tokens.arrival_token(entry.school, known[0]) if known else ""


def school(entry: Entry) -> screens.SchoolScreen:
    """All courses on sale."""
    known = arrivals(entry, entry.query.get("r", ""))
    return screens.SchoolScreen(
        currency=entry.school.currency,
        about="",
        courses=courses.cards(list(catalog.shelf())),
        recommended_by=recommended_by(known),
        attribution=carried(entry, known),
        share=screens.Share(
            title=entry.school.name,
            description=_("Courses, schedules, prices and refund terms."),
            image=whole_address(entry.address("school_cover")),
        ),
    )


def course(entry: Entry, row: Course) -> screens.CourseScreen:
    """The landing of a course; one that is off sale offers others and keeps the visit."""
    known = arrivals(entry, entry.query.get("r", ""))
    on_sale = row.status == Status.ON_SALE
    sessions = catalog.sessions_from(row.id, clock.now(), _LESSONS)
    return screens.CourseScreen(
        currency=entry.school.currency,
        course=courses.card(row),
        summary=row.summary,
        teacher_about=row.teacher_about,
        facts=facts_of(row),
        lessons=tuple(
            screens.Lesson(s.title, s.minutes, s.starts_at, anchor=f"session-{s.id}")
            for s in sessions
        ),
        refund_days=row.refund_days,
        refund_terms=refund_terms(row),
        trial=trial_of(row),
        recommended_by=recommended_by(known),
        attribution=carried(entry, known),
        on_sale=on_sale,
        siblings=() if on_sale else courses.cards(list(catalog.shelf()[:_SIBLINGS])),
        share=screens.Share(
            title=f"{row.title} · {entry.school.name}",
            description=row.summary or refund_terms(row),
            image=whole_address(entry.address("course_cover", row.code)),
        ),
    )


def facts_of(row: Course) -> tuple[str, ...]:
    """What a course gives, one line each."""
    outline = [line.strip("-·• \t") for line in row.outline.splitlines() if line.strip()]
    return tuple(outline[:_FACTS])


def trial_of(row: Course) -> screens.TrialLesson | None:
    """The trial lesson of a course, where it has one."""
    if not row.trial_title:
        return None
    return screens.TrialLesson(row.trial_title, row.trial_minutes, row.trial_text, row.trial_video)


def trial(entry: Entry, row: Course, lesson: screens.TrialLesson) -> screens.TrialScreen:
    """The trial lesson as a page; the way on keeps the visit."""
    known = arrivals(entry, entry.query.get("r", ""))
    return screens.TrialScreen(
        currency=entry.school.currency,
        course=courses.card(row),
        trial=lesson,
        recommended_by=recommended_by(known),
        attribution=carried(entry, known),
    )


def whole_address(path: str) -> str:
    """An address that another machine can fetch."""
    return settings.PUBLIC_URL.rstrip("/") + path


def refund_terms(row: Course) -> str:
    """When money comes back."""
    return _(
        "Full refund within %(days)d days after payment, by the way the money came. "
        "After that, ask the school."
    ) % {"days": row.refund_days}


def checkout(
    entry: Entry, row: Course, token: str, form: Form | None = None
) -> screens.CheckoutScreen:
    """The form; its number is the order's, so that sending it twice is one order."""
    known = arrivals(entry, token)
    number = tokens.order_number(clock.now().astimezone(entry.school.zone))
    values = {"phone": entry.account.phone} if entry.account is not None else {}
    return screens.CheckoutScreen(
        currency=entry.school.currency,
        course=courses.card(row),
        total=row.price,
        number=tokens.checkout_token(entry.school, row.code, number),
        refund_days=row.refund_days,
        attribution=carried(entry, known),
        recommended_by=recommended_by(known),
        channels=tuple(way.channel for way in ways.offered(entry.request)),
        form=form or Form(values),
    )


def state_of(order: Order, paid: int, refunded: int) -> str:
    """An order's state as pages name it, with what went back."""
    if order.state != OrderState.PAID or refunded == 0:
        return order.state
    return "refunded" if refunded >= paid else "partly_refunded"


def order(entry: Entry, row: Order, *, confirming: bool, unknown_code: str) -> screens.OrderScreen:
    """One order with everything that happened to it."""
    lines = list(orders.lines_of(row.id))
    refunds = list(orders.refunds_of(row.id))
    refunded = sum(line.refunded for line in lines)
    state = "confirming" if confirming else state_of(row, row.total, refunded)
    days = min((line.refund_days for line in lines), default=0)
    until = None if row.paid_at is None else row.paid_at + timedelta(days=days)
    asks = list(orders.refund_asks_of(row.id))
    asked = bool(asks) and asks[0].state == AskState.ASKED
    upcoming = catalog.next_sessions(clock.now()) if state in ("paid", "partly_refunded") else {}
    lessons = [
        (upcoming[line.course_id], line.course) for line in lines if line.course_id in upcoming
    ]
    soonest, of_course = min(
        lessons, key=lambda one: one[0].starts_at, default=(None, lines[0].course)
    )
    on_its_way = sum(r.amount for r in refunds if r.state == RefundState.REQUESTED)
    still_open = until is not None and until > clock.now()
    return screens.OrderScreen(
        currency=row.currency,
        number=row.number,
        state=state,
        total=row.total,
        lines=tuple(screens.OrderLine(x.course.title, x.paid, x.refunded) for x in lines),
        timeline=_timeline(row, refunds, asks, until),
        refunded=refunded,
        refunds=tuple(
            screens.RefundRow(r.amount, r.booked_at or r.requested_at, r.state, r.reason)
            for r in refunds
        ),
        refund_until=until if still_open else None,
        next_lesson=None
        if soonest is None
        else screens.Lesson(soonest.title, soonest.minutes, soonest.starts_at),
        unknown_code=unknown_code,
        key=tokens.order_key(entry.school, row.number),
        course=of_course.code if state in ("paid", "partly_refunded") else "",
        ask=screens.Ask(asks[0].amount, asks[0].asked_at, asks[0].state, asks[0].answer)
        if asks
        else None,
        may_ask=still_open and not asked and refunded + on_its_way < row.total,
        attribution=carried(entry, arrivals(entry, entry.query.get("r", ""))),
        channels=tuple(way.channel for way in ways.offered(entry.request))
        if row.state == OrderState.PLACED
        else (),
        live=live_of(entry, row, refunded, refunds, asks),
    )


def live_of(
    entry: Entry,
    row: Order,
    refunded: int = 0,
    refunds: Iterable[Refund] = (),
    asks: Sequence[RefundAsk] = (),
) -> Live:
    """Where a page about an order hears of it."""
    return Live(
        tokens.live_address(tokens.Watched(entry.school.id, "order", row.id)),
        order_version(
            row.state,
            refunded,
            [one.state for one in refunds],
            [one.state for one in reversed(asks)],
        ),
    )


def _timeline(
    row: Order, refunds: list[Refund], asks: list[RefundAsk], until: datetime | None
) -> tuple[TimelineStep, ...]:
    steps = [TimelineStep("order", row.placed_at)]
    if row.state == OrderState.CANCELLED:
        steps.append(TimelineStep("cancelled", row.cancelled_at, "back"))
        return tuple(steps)
    steps.append(TimelineStep("paid", row.paid_at, "done" if row.paid_at else "now"))
    steps += [TimelineStep("refund_asked", one.asked_at, "done", one.reason) for one in asks]
    steps += [
        TimelineStep("refund_declined", one.answered_at, "back", one.answer)
        for one in asks
        if one.state == AskState.DECLINED
    ]
    steps += [TimelineStep("refund", r.booked_at, "back", r.reason) for r in refunds if r.booked_at]
    if until is not None:
        steps.append(
            TimelineStep("protection_end", until, "now" if until > clock.now() else "done")
        )
    return tuple(sorted(steps, key=lambda step: step.at or clock.now()))


def my_orders(entry: Entry, numbers: list[str]) -> screens.MyOrdersScreen:
    """Own orders: those of the account that is signed in, and those made on this browser."""
    found = orders.of_whom(entry.account.id if entry.account else None, numbers)
    rows, window = keyset.window(entry, found, orders.keys_of(""))
    return screens.MyOrdersScreen(
        currency=entry.school.currency,
        orders=tuple(
            screens.OrderRow(
                row.number,
                _title(row),
                state_of(row, row.total, sum(line.refunded for line in row.lines.all())),
                row.total,
                row.placed_at,
                sum(line.refunded for line in row.lines.all()),
            )
            for row in rows
        ),
        window=window,
        may_promote=entry.account is not None and promoters.of_account(entry.account.id) is None,
        signed_in=entry.account is not None,
        attribution=carried(entry, arrivals(entry, entry.query.get("r", ""))),
        phone_missing=entry.account is not None and not entry.account.phone,
    )


def _title(row: Order) -> str:
    return "、".join(line.course.title for line in row.lines.all())
