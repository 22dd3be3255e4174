"""Sample screens of an operator's daily work."""

from dataclasses import replace
from datetime import timedelta

from kefen.faces.web.operator import list_screens as lists
from kefen.faces.web.operator import overview_screens as overviews
from kefen.faces.web.operator import screens
from kefen.faces.web.operator.refund_screens import RefundAsk, StrayRow
from kefen.faces.web.samples.promoter import candidates
from kefen.faces.web.samples.words import NOW, ago, ahead, courses, promoter_name, say
from kefen.faces.web.shared.screens import Form, FunnelStage, Option, TimelineStep, Window

SALES = (31, 34, 39, 37, 57, 41, 56, 42, 43, 44, 74, 55, 35, 56, 37, 30)
SALES_END = (36, 35, 50, 32, 46, 28, 33, 31, 34, 54, 37, 60, 45, 21)
PEOPLE = (("AZE", "研友阿泽", "Aze"), ("XIAOYU", "小鱼妈妈", "Fishy's mum"))
MORE_PEOPLE = (("LUCY", "Lucy 英语角", "Lucy's corner"), ("LAOCHEN", "老陈讲数学", "Old Chen"))


def people() -> tuple[tuple[str, str], ...]:
    """Codes and names."""
    return tuple((code, say(zh, en)) for code, zh, en in PEOPLE + MORE_PEOPLE)


def _feed() -> tuple[overviews.FeedRow, ...]:
    lee, wang, zhao = say("李**", "L**"), say("王**", "W**"), say("赵**", "Z**")
    one, two, three, _four = courses()
    return (
        overviews.FeedRow("paid", ago(), lee, two.title, promoter_name(), 59900),
        overviews.FeedRow("click", ago(minutes=1), people()[0][1], one.title),
        overviews.FeedRow("paid", ago(minutes=2), wang, one.title, people()[0][1], 29900),
        overviews.FeedRow("refund", ago(minutes=4), zhao, three.title, people()[2][1], -19900),
        overviews.FeedRow("withdrawal", ago(minutes=9), promoter_name(), "", "wdr_01k9m4x7", 50000),
    )


def _heat() -> tuple[overviews.HeatHour, ...]:
    """Evenings are busy, and Fridays and Sundays more so."""
    by_hour = (0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 8, 7, 3, 3, 3, 4, 5, 9, 21, 18, 11, 3)
    return tuple(
        overviews.HeatHour(day, hour, number * (3 if day in (4, 6) else 2))
        for day in range(7)
        for hour, number in enumerate(by_hour)
    )


def overview() -> overviews.OverviewScreen:
    """A busy month."""
    days = SALES + SALES_END
    first = (NOW - timedelta(days=len(days) - 1)).date()
    return overviews.OverviewScreen(
        currency="CNY",
        span=overviews.Span(first, NOW.date(), "30", running=True),
        updated_at=NOW,
        todos=(
            overviews.Todo("withdrawals", 4, "#w", 5248060),
            overviews.Todo("promoters", 3, "#p"),
            overviews.Todo("strays", 1, "#s", 89800),
            overviews.Todo("notifications", 2, "#n"),
        ),
        now=overviews.Sums(128456000, 3412, 18626120, 38120, 3335),
        before=overviews.Sums(114280000, 3156, 17100400, 35870, 3246),
        pending_commission=5248060,
        cap_bps=2000,
        trend=tuple(
            overviews.TrendDay(
                first + timedelta(days=number),
                value * 100000,
                value * (120 + number * 7 % 40) * 100,
                value * 3,
            )
            for number, value in enumerate(days)
        ),
        heat=_heat(),
        funnel=(
            FunnelStage("click", 48210),
            FunnelStage("landing", 38120),
            FunnelStage("order", 4620),
            FunnelStage("paid", 3335),
            FunnelStage("settled", 2806),
        ),
        ranking=tuple(
            overviews.RankRow(
                code, name, 2310 - number * 420, 168 - number * 33, 1482560 - number * 295000
            )
            for number, (code, name) in enumerate(people())
        ),
        feed=_feed(),
    )


def overview_empty() -> overviews.OverviewScreen:
    """A new school: no figure says 0.0 % of nothing."""
    nothing = tuple(FunnelStage(kind, 0) for kind in ("click", "order", "paid", "settled"))
    today = overviews.Span(NOW.date(), NOW.date(), "1", running=True)
    none = overviews.Sums()
    return overviews.OverviewScreen(
        "CNY", today, NOW, (), none, None, 0, 2000, (), (), nothing, (), ()
    )


def order_rows() -> tuple[screens.OrderRow, ...]:
    """Orders of every state."""
    states = (("paid", 0), ("placed", 0), ("partly_refunded", 9900), ("cancelled", 0))
    rows = []
    for number, (one, (state, back)) in enumerate(zip(courses(), states, strict=True)):
        code, name = people()[number] if number < 3 else ("", "")
        rows.append(
            screens.OrderRow(
                f"ord_01k9m4x7qv8r2t{number}",
                say("李**", "L**"),
                one.title,
                state,
                one.price,
                one.price // 5 if state != "cancelled" else 0,
                ago(number),
                name,
                code,
                back,
            )
        )
    return tuple(rows)


def promoter_options() -> tuple[Option, ...]:
    """For the filter."""
    return tuple(Option(code, name) for code, name in people())


def around() -> lists.Around:
    """One's own that is shown, a colleague's, and something to keep."""
    mine = say("待处理退款", "Refunds to look at")
    kept = (
        lists.KeptFilter("f1", mine, "state=paid", is_shared=True, is_now=True),
        lists.KeptFilter("f2", say("大额", "Large"), "q=ord", owner=say("方禾", "Fang He")),
    )
    return lists.Around("orders", {"state": "paid", "q": ""}, kept)


def orders() -> screens.OrdersScreen:
    """A page of many."""
    return screens.OrdersScreen(
        "CNY",
        order_rows() * 3,
        Window(3412, query="state=paid&", earlier="before=W10", later="after=W10"),
        {"state": "paid", "promoter": "", "from": "2026-11-01"},
        promoter_options(),
        128456000,
        18626120,
        around(),
    )


def orders_empty() -> screens.OrdersScreen:
    """None fits."""
    return screens.OrdersScreen("CNY", (), Window(0), {"q": "nothing"}, (), 0, 0)


def _entries() -> tuple[screens.EntryRow, ...]:
    key = "order:ord_01k9:paid"
    return (
        screens.EntryRow(ago(8), key, "channel:sandbox", "institution:main", 83820),
        screens.EntryRow(ago(8), key, "channel:sandbox", "promoter:pending", 5980),
        screens.EntryRow(ago(1), "refund:rfd_01k9", "promoter:pending", "channel:sandbox", 1980),
    )


def _strays() -> tuple[StrayRow, ...]:
    """One of each state."""
    states = ("asked", "returned", "stuck", "failed", "settled")
    why = say("账户余额不足", "The balance is too low")
    return tuple(
        StrayRow(
            number=f"stray_01k9m4x7qv8r2t6{nth}",
            channel="wechat_pay",
            channel_number=f"420000000{nth}202611220000000001",
            amount=89800,
            paid_at=ago(1, nth),
            at=ago(0, nth),
            state=state,
            cause=("order_not_open", "paid_twice", "only_on_bill")[nth % 3],
            reason=why if state == "failed" else "",
        )
        for nth, state in enumerate(states)
    )


def order() -> screens.OrderScreen:
    """Two lines, a refund, a mistake in the form."""
    one, two, _three, _four = courses()
    why = say("时间冲突", "No time")
    return screens.OrderScreen(
        currency="CNY",
        number="ord_01k9m4x7qv8r2t6y",
        state="partly_refunded",
        buyer=say("李**", "L**"),
        total=89800,
        channel=say("沙盒", "Sandbox"),
        lines=(
            screens.OrderLine(1, one.title, 39900, 1, 29900, 9900),
            screens.OrderLine(2, two.title, 59900, 1, 59900, 0, "no_rule"),
        ),
        timeline=(
            TimelineStep("click", ago(9)),
            TimelineStep("order", ago(8)),
            TimelineStep("paid", ago(8)),
            TimelineStep("refund", ago(1), "back", why),
            TimelineStep("settled", ahead(1), "now"),
        ),
        candidates=tuple(replace(one, mine=False) for one in candidates()),
        commissions=(
            screens.CommissionRow(
                "cms_01k9",
                1,
                1,
                promoter_name(),
                "XIAOYU",
                5980,
                4000,
                "pending",
                "maths",
                ahead(1),
            ),
            screens.CommissionRow(
                "cms_01k8", 1, 2, people()[0][1], "AZE", 598, 400, "available", "maths"
            ),
        ),
        entries=_entries(),
        asks=(RefundAsk(20000, ago(0, 2), "asked", say("排不出时间", "No time for it"), ""),),
        strays=_strays(),
        refunds=(
            screens.RefundRow("rfd_01k9m4", 9900, ago(1), "booked", why, say("沈岚", "Shen Lan")),
            screens.RefundRow("rfd_01k9m3", 5000, ago(2), "stuck", why, say("沈岚", "Shen Lan")),
        ),
        version=3,
        model="first_touch",
        window_days=7,
        refundable=79900,
        refund_number="rfd_01k9m5",
        form=Form(
            {"amount": "900"},
            {"amount": say("超过了还能退的金额。请改小。", "More than is left. Refund less.")},
        ),
    )


def groups() -> tuple[Option, ...]:
    """Groups of promoters."""
    return (
        Option("", "–"),
        Option("silver", say("银牌", "Silver")),
        Option("gold", say("金牌", "Gold")),
    )


def promoters() -> screens.PromotersScreen:
    """Every state."""
    states = ("applied", "active", "suspended", "left")
    kinds = ("student", "student", "lecturer", "channel")
    return screens.PromotersScreen(
        "CNY",
        tuple(
            screens.PromoterRow(
                code,
                name,
                kinds[number],
                say("银牌", "Silver") if number else "",
                states[number],
                2310 * number,
                168 * number,
                5023200 * number,
                1004640 * number,
                ago(number * 3),
            )
            for number, (code, name) in enumerate(people())
        ),
        Window(4),
        {},
        groups(),
        (Option("student", "1"), Option("lecturer", ""), Option("channel", "")),
    )


def promoters_empty() -> screens.PromotersScreen:
    """None fits."""
    return screens.PromotersScreen("CNY", (), Window(0), {"state": "left"}, groups())


def promoter(state: str = "applied") -> screens.PromoterScreen:
    """Waiting for a decision."""
    busy = state == "active"
    return screens.PromoterScreen(
        currency="CNY",
        code="XIAOYU",
        name=promoter_name(),
        phone_masked="138****2046",
        kind="student",
        state=state,
        group="silver",
        groups=groups(),
        inviter_name=people()[0][1] if busy else "",
        agreement_at=ago(2),
        agreement_version="2026-11",
        expected=328645 * busy,
        available=214060 * busy,
        in_transit=50000 * busy,
        paid_out=1890210 * busy,
        owed=4975 * busy,
        clicks=1204 * busy,
        paid_orders=96 * busy,
        sales=2870400 * busy,
        refund_rate_bps=310 if busy else None,
        timeline=(TimelineStep("applied", ago(2)),),
        orders=order_rows() if busy else (),
        form=Form(problem=say("请写明退回的原因。", "Say why it is returned."))
        if not busy
        else Form(),
    )


def promoter_active() -> screens.PromoterScreen:
    """At work."""
    return promoter("active")
