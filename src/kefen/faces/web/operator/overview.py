"""The overview: work first, then some days against those before."""

from datetime import date, datetime, timedelta

from kefen.commissions import queries as commissions
from kefen.core.compliance import effective_cap_bps
from kefen.faces.live.console import version_now
from kefen.faces.web import names, tokens
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import overview_screens as screens
from kefen.faces.web.operator import spans
from kefen.faces.web.operator.spans import Instants
from kefen.faces.web.shared.screens import FunnelStage, Live
from kefen.orders import queries as orders
from kefen.orders.models import Order
from kefen.payouts import queries as payouts
from kefen.platform import clock
from kefen.platform.identity.rights import deeds_of
from kefen.platform.merchants import queries as merchants
from kefen.programmes import queries as programmes
from kefen.promoters import queries as promoters
from kefen.referrals import queries as referrals

_RANKED = 5
_FED = 7
_UNCLEAR_AFTER = timedelta(minutes=30)


def overview(entry: Entry) -> screens.OverviewScreen:
    """All of it; a fixed number of queries. Raises InvalidInput for days that are none."""
    facts, now = entry.school, clock.now()
    span = spans.chosen(entry.query, now.astimezone(facts.zone).date())
    # Read first: what comes while the rest is read is told as news.
    live = _live(entry)
    when = spans.instants(span, facts.zone)
    paid = orders.paid_sums(when.since, when.until)
    commission = commissions.by_day(when.since, until=when.until)
    placed, promoted = orders.promoted_orders(when.since, until=when.until)
    landings = referrals.landings(since=when.since, until=when.until)
    return screens.OverviewScreen(
        currency=facts.currency,
        span=span,
        updated_at=now,
        todos=_todos(entry),
        now=screens.Sums(paid.sales, paid.orders, sum(commission.values()), landings, promoted),
        before=_before(span, spans.instants_before(span, now, facts.zone)),
        pending_commission=commissions.expected(),
        cap_bps=_cap(now),
        trend=_trend(span, paid, commission),
        heat=_heat(paid),
        funnel=(
            FunnelStage("click", referrals.visits(when.since, when.until)),
            FunnelStage("landing", landings),
            FunnelStage("order", placed),
            FunnelStage("paid", promoted),
            FunnelStage("settled", commissions.settled_orders(when.since, when.until)),
        ),
        ranking=_ranking(when),
        feed=_feed(),
        live=live,
    )


def _live(entry: Entry) -> Live:
    watched = tokens.Watched(entry.school.id, "console", entry.school.id)
    return Live(tokens.live_address(watched), version_now())


def _cap(now: datetime) -> int:
    schedule = programmes.schedule()
    version, cap = schedule.in_force(now), schedule.limits.max_rate_bps
    return cap if version is None else effective_cap_bps(cap, version.terms.max_rate_bps)


def _before(span: screens.Span, when: Instants) -> screens.Sums | None:
    """None where the school had hardly opened: a comparison with that would say nothing."""
    ever = orders.paid_span()
    if ever is None or ever[0] > when.since + timedelta(days=span.days // 10):
        return None
    _, promoted = orders.promoted_orders(when.since, until=when.until)
    return screens.Sums(
        *orders.paid_total(when.since, when.until),
        commissions.left_within(when.since, when.until),
        referrals.landings(since=when.since, until=when.until),
        promoted,
    )


def _trend(
    span: screens.Span, paid: orders.PaidSums, commission: dict[date, int]
) -> tuple[screens.TrendDay, ...]:
    known = {day.on: day for day in paid.days}
    days = [span.first + timedelta(days=number) for number in range(span.days)]
    rows = ((day, known.get(day, orders.PaidDay(day, 0, 0))) for day in days)
    return tuple(
        screens.TrendDay(day, row.sales, commission.get(day, 0), row.orders) for day, row in rows
    )


def _heat(paid: orders.PaidSums) -> tuple[screens.HeatHour, ...]:
    """All hours of a week, Monday first, also those without an order; none without any order."""
    number = {(weekday, hour): orders_ for weekday, hour, orders_ in paid.week}
    week = [(weekday, hour) for weekday in range(7) for hour in range(24)]
    return tuple(screens.HeatHour(*one, number.get(one, 0)) for one in week) if number else ()


def _todos(entry: Entry) -> tuple[screens.Todo, ...]:
    counts = entry.counts
    unclear = payouts.sent_before(clock.now() - _UNCLEAR_AFTER)
    withdrawals = entry.address("operator_withdrawals")
    parked = entry.address("operator_notifications") + "?state=parked"
    applied = entry.address("operator_promoters") + "?state=applied"
    asked = withdrawals + "?state=requested"
    refunds = entry.address("operator_orders") + "?state=refund_asked"
    # The owner's work alone: nobody else comes to that page.
    other, declared = merchants.needing_a_person()
    contested = len(other) if "channels" in deeds_of(entry.role) else 0
    astray, behind = orders.money_astray()
    stray_orders = entry.address("operator_orders") + "?state=stray"
    left, left_amount = sum(one[0] for one in behind.values()), sum(a for _, a in behind.values())
    left_at = entry.address("operator_shut", min(behind)) if behind else ""
    shut_at = entry.address("operator_shut", declared[0]) if declared else ""
    settlements = entry.address("operator_settlement") + "#settlements"
    all_of = (
        screens.Todo("settlements", counts.get("settlement", 0), settlements),
        screens.Todo("refunds", counts.get("orders", 0), refunds, counts.get("orders_amount", 0)),
        screens.Todo("strays", astray[0], stray_orders, astray[1]),
        screens.Todo("left", left, left_at, left_amount),
        screens.Todo("shut", len(declared), shut_at),
        screens.Todo(
            "withdrawals", counts.get("withdrawals", 0), asked, counts.get("withdrawals_amount", 0)
        ),
        screens.Todo("promoters", counts.get("promoters", 0), applied),
        screens.Todo("questions", counts.get("questions", 0), entry.address("operator_questions")),
        screens.Todo("risk", counts.get("risk", 0), entry.address("operator_risk") + "?state=open"),
        screens.Todo("notifications", counts.get("notifications", 0), parked),
        screens.Todo("payouts_unclear", unclear, withdrawals + "?state=sent"),
        screens.Todo(
            "complaints", counts.get("complaints", 0), entry.address("operator_complaints")
        ),
        screens.Todo(
            "graph_alarms", counts.get("graph_alarms", 0), entry.address("operator_inviters")
        ),
        screens.Todo("text_hits", counts.get("text_hits", 0), entry.address("operator_texts")),
        screens.Todo("licences", counts.get("licences", 0), entry.address("operator_licences")),
        screens.Todo("reveals", counts.get("reveals", 0), entry.address("operator_reveals")),
        screens.Todo("contested", contested, entry.address("operator_channels")),
        screens.Todo("splits", counts.get("splits", 0), entry.address("operator_splits")),
        screens.Todo(
            "reconciliation",
            counts.get("reconciliation", 0),
            entry.address("operator_reconciliation"),
        ),
    )
    return tuple(todo for todo in all_of if todo.count)


def _ranking(when: Instants) -> tuple[screens.RankRow, ...]:
    best = commissions.ranking(when.since, when.until, _RANKED)
    ids = [one.promoter_id for one in best]
    rows = promoters.rows(ids)
    clicks = referrals.clicks(ids, since=when.since, until=when.until)
    return tuple(
        screens.RankRow(
            code=rows[one.promoter_id].code,
            name=names.promoter_name(rows[one.promoter_id]),
            clicks=clicks.get(one.promoter_id, 0),
            paid_orders=one.orders,
            commission=one.left,
        )
        for one in best
    )


def _feed() -> tuple[screens.FeedRow, ...]:
    """What happened last, of every kind."""
    paid = list(orders.newest_paid(_FED))
    refunds = list(orders.newest_refunds(_FED))
    by_id = orders.by_ids(refund.order_id for refund in refunds)
    everything = [*paid, *by_id.values()]
    students = names.students(order.student_id for order in everything)
    winners = promoters.rows(
        line.winner_id for order in everything for line in order.lines.all() if line.winner_id
    )

    def row(kind: str, at: datetime, order: Order, amount: int) -> screens.FeedRow:
        lines = list(order.lines.all())
        title = "、".join(line.course.title for line in lines)
        winner = next((winners[line.winner_id] for line in lines if line.winner_id), None)
        note = order.number if winner is None else names.promoter_name(winner)
        who = students.get(order.student_id, "")
        return screens.FeedRow(kind, at, who, title, note, amount)

    rows = [row("paid", order.paid_at or order.placed_at, order, order.total) for order in paid]
    rows += [
        row("refund", one.booked_at or one.requested_at, by_id[one.order_id], -one.amount)
        for one in refunds
    ]
    for click in referrals.newest_clicks(_FED):
        title = "" if click.course is None else click.course.title
        rows.append(screens.FeedRow("click", click.at, names.promoter_name(click.promoter), title))
    for asked in payouts.newest_asked(_FED):
        who = names.promoter_name(asked.promoter)
        said = ("withdrawal", asked.requested_at, who, "", asked.number, asked.amount)
        rows.append(screens.FeedRow(*said))
    return tuple(sorted(rows, key=lambda row: row.at, reverse=True)[:_FED])
