"""The overview: work first, then the last thirty days."""

from datetime import date, datetime, timedelta

from kefen.commissions import queries as commissions
from kefen.compliance import queries as compliance
from kefen.core.compliance import effective_cap_bps
from kefen.core.periods import midnight
from kefen.faces.web import names
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import screens
from kefen.faces.web.shared.screens import FunnelStage
from kefen.ledger import queries as ledger
from kefen.orders import queries as orders
from kefen.payouts import queries as payouts
from kefen.platform import clock
from kefen.platform.identity.rights import deeds_of
from kefen.platform.merchants import queries as merchants
from kefen.programmes import queries as programmes
from kefen.promoters import queries as promoters
from kefen.referrals import queries as referrals

DAYS = 30
_RANKED = 5
_FED = 8
_UNCLEAR_AFTER = timedelta(minutes=30)


def overview(entry: Entry) -> screens.OverviewScreen:
    """All of it; a fixed number of queries."""
    facts, now = entry.school, clock.now()
    today = now.astimezone(facts.zone).date()
    first = today - timedelta(days=DAYS - 1)
    since = midnight(first, facts.zone)
    before = midnight(first - timedelta(days=DAYS), facts.zone)
    sales = orders.sales_by_day(before, now + timedelta(seconds=1))
    commission = commissions.by_day(since)
    here = [sales[day] for day in sales if day >= first]
    # A comparison with a time in which the school had hardly opened would say nothing.
    opened = min(sales, default=today)
    whole = opened < first - timedelta(days=DAYS - 3)
    earlier = [sales[day] for day in sales if day < first] if whole else []
    days = [first + timedelta(days=number) for number in range(DAYS)]
    schedule = programmes.schedule()
    version = schedule.in_force(now)
    cap = schedule.limits.max_rate_bps
    return screens.OverviewScreen(
        currency=facts.currency,
        days=DAYS,
        updated_at=now,
        todos=_todos(entry),
        sales=sum(amount for amount, _ in here),
        paid_orders=sum(number for _, number in here),
        clicks=sum(referrals.clicks(since=since).values()),
        expected_commission=sum(commission.values()),
        pending_commission=ledger.totals_by_kind().get("promoter:pending", 0),
        cap_bps=cap if version is None else effective_cap_bps(cap, version.terms.max_rate_bps),
        trend=_trend(days, sales, commission),
        funnel=_funnel(since),
        ranking=_ranking(since),
        feed=_feed(),
        sales_before=sum(amount for amount, _ in earlier) if earlier else None,
        paid_orders_before=sum(number for _, number in earlier) if earlier else None,
    )


def _trend(
    days: list[date], sales: dict[date, tuple[int, int]], commission: dict[date, int]
) -> tuple[screens.TrendDay, ...]:
    return tuple(
        screens.TrendDay(day, sales.get(day, (0, 0))[0], commission.get(day, 0)) for day in days
    )


def _todos(entry: Entry) -> tuple[screens.Todo, ...]:
    counts = entry.counts
    _, amount = payouts.waiting()
    unclear = payouts.sent_before(clock.now() - _UNCLEAR_AFTER)
    withdrawals = entry.address("operator_withdrawals")
    parked = entry.address("operator_notifications") + "?state=parked"
    applied = entry.address("operator_promoters") + "?state=applied"
    asked = withdrawals + "?state=requested"
    refunds = entry.address("operator_orders") + "?state=refund_asked"
    # The owner's work alone: nobody else comes to that page.
    contested = len(merchants.contested()) if "channels" in deeds_of(entry.role) else 0
    watched = compliance.waiting()
    astray = orders.open_strays()
    stray_orders = entry.address("operator_orders") + "?state=stray"
    all_of = (
        screens.Todo("refunds", counts.get("orders", 0), refunds, orders.open_refund_asks()[1]),
        screens.Todo("strays", astray[0], stray_orders, astray[1]),
        screens.Todo("withdrawals", counts.get("withdrawals", 0), asked, amount),
        screens.Todo("promoters", counts.get("promoters", 0), applied),
        screens.Todo("questions", counts.get("questions", 0), entry.address("operator_questions")),
        screens.Todo("risk", counts.get("risk", 0), entry.address("operator_risk") + "?state=open"),
        screens.Todo("notifications", counts.get("notifications", 0), parked),
        screens.Todo("payouts_unclear", unclear, withdrawals + "?state=sent"),
        screens.Todo("complaints", watched["complaints"], entry.address("operator_complaints")),
        screens.Todo("graph_alarms", watched["graph_alarms"], entry.address("operator_inviters")),
        screens.Todo("text_hits", watched["text_hits"], entry.address("operator_texts")),
        screens.Todo("contested", contested, entry.address("operator_channels")),
        screens.Todo("splits", counts.get("splits", 0), entry.address("operator_splits")),
        screens.Todo(
            "reconciliation",
            counts.get("reconciliation", 0),
            entry.address("operator_reconciliation"),
        ),
    )
    return tuple(todo for todo in all_of if todo.count)


def _funnel(since: datetime) -> tuple[FunnelStage, ...]:
    """From click to settled, of what promoters brought."""
    clicks = sum(referrals.clicks(since=since).values())
    placed, paid = orders.promoted_orders(since)
    return (
        FunnelStage("click", clicks),
        FunnelStage("landing", referrals.landings(since=since)),
        FunnelStage("order", placed),
        FunnelStage("paid", paid),
        FunnelStage("settled", commissions.settled_orders(since)),
    )


def _ranking(since: datetime) -> tuple[screens.RankRow, ...]:
    best = commissions.ranking(since, _RANKED)
    ids = [key for key, _ in best]
    rows, clicks = promoters.rows(ids), referrals.clicks(ids, since=since)
    brought = orders.brought_by(ids, since=since)
    return tuple(
        screens.RankRow(
            code=rows[key].code,
            name=names.promoter_name(rows[key]),
            clicks=clicks.get(key, 0),
            paid_orders=brought.get(key, orders.Brought()).paid_orders,
            commission=left,
        )
        for key, left in best
    )


def _feed() -> tuple[screens.FeedRow, ...]:
    """What happened last, of every kind."""
    paid = list(orders.newest_paid(_FED))
    refunds = list(orders.newest_refunds(_FED))
    clicks = list(referrals.newest_clicks(_FED))
    asked = list(payouts.listed()[:_FED])
    by_id = orders.by_ids(refund.order_id for refund in refunds)
    everything = [*paid, *by_id.values()]
    students = names.students(order.student_id for order in everything)
    titles = {o.id: "、".join(line.course.title for line in o.lines.all()) for o in everything}
    rows = [
        screens.FeedRow(
            "paid",
            o.paid_at or o.placed_at,
            students.get(o.student_id, ""),
            titles[o.id],
            o.number,
            o.total,
        )
        for o in paid
    ]
    for refund in refunds:
        order = by_id[refund.order_id]
        who, what = students.get(order.student_id, ""), titles[order.id]
        rows.append(
            screens.FeedRow(
                "refund",
                refund.booked_at or refund.requested_at,
                who,
                what,
                order.number,
                -refund.amount,
            )
        )
    for click in clicks:
        title = "" if click.course is None else click.course.title
        rows.append(screens.FeedRow("click", click.at, names.promoter_name(click.promoter), title))
    for row in asked:
        who = names.promoter_name(row.promoter)
        rows.append(
            screens.FeedRow("withdrawal", row.requested_at, who, row.number, "", row.amount)
        )
    return tuple(sorted(rows, key=lambda row: row.at, reverse=True)[:_FED])
