"""Sample screens of a promoter."""

from dataclasses import replace
from datetime import date

from django.urls import reverse

from kefen.faces.web.promoter import screens
from kefen.faces.web.samples.words import ago, ahead, courses, promoter_name, say
from kefen.faces.web.shared.screens import (
    Candidate,
    FunnelStage,
    Live,
    Movement,
    Reward,
    RewardStep,
    Rule,
    Statement,
    TimelineStep,
    Window,
)

PROOF = "cms_01k9m4xa2b7c"
TREND = (180, 260, 220, 330, 300, 240, 390, 500, 455, 370, 420, 320, 480, 640, 560, 525, 560)
TREND_END = (660, 510, 620, 790, 730)


def promoted() -> tuple[screens.PromotedCourse, ...]:
    """Courses with what they earn: by a percentage, live, a fixed amount, nothing."""
    offers = ((5980, 2000, True), (10782, 1800, False), (4975, None, False), (None, None, False))
    return tuple(
        screens.PromotedCourse(one, *offer) for one, offer in zip(courses(), offers, strict=True)
    )


def home() -> screens.HomeScreen:
    """A good day."""
    return screens.HomeScreen(
        currency="CNY",
        group_name=say("银牌推广员", "Silver"),
        expected=328645,
        available=214060,
        paid_out=1890210,
        today_amount=44479,
        today_orders=6,
        latest=say("刚刚 李** 报名雅思口语", "just now L** enrolled"),
        trend=TREND + TREND_END,
        funnel=(
            FunnelStage("click", 128),
            FunnelStage("landing", 103),
            FunnelStage("order", 9),
            FunnelStage("paid", 6),
        ),
        courses=promoted()[:3],
        todos=(
            screens.Todo("confirm", "#withdraw", 50000, 21),
            screens.Todo("confirm", "#withdraw", 1234, 0),
            screens.Todo("expired", "#withdraw", 20000),
            screens.Todo("identity", "#identity"),
        ),
        newest=_rows()[0].rows[0],
        live=Live("/live/sample", ""),
    )


def home_empty() -> screens.HomeScreen:
    """The first minute, owing something."""
    nothing = tuple(FunnelStage(kind, 0) for kind in ("click", "landing", "order", "paid"))
    return screens.HomeScreen(
        "CNY", "", 0, 0, 0, 0, 0, "", (), nothing, (), owed=4975, state="suspended"
    )


def course_list() -> screens.CoursesScreen:
    """选课."""
    return screens.CoursesScreen("CNY", promoted(), say("考研", "maths"), total=12)


def course_list_empty() -> screens.CoursesScreen:
    """Nothing fits."""
    return screens.CoursesScreen("CNY", (), order="live")


def rule_percent() -> Rule:
    """A plain rule."""
    return Rule(
        "maths-silver",
        "group",
        say("银牌推广员", "Silver promoters"),
        "course",
        courses()[0].title,
        "paid",
        Reward("percent", bps=2000),
    )


def rule_tiered() -> Rule:
    """A ladder."""
    return Rule(
        "ladder",
        "kind",
        "student",
        "any",
        "",
        "list",
        Reward(
            "tiered",
            steps=(RewardStep(1, "percent", 1000), RewardStep(6, "percent", 1250)),
        ),
        level2=Reward("percent", bps=200),
        starts_at=ago(20),
        ends_at=ahead(40),
    )


def course() -> screens.CourseScreen:
    """One course to promote."""
    return screens.CourseScreen(
        "CNY",
        promoted()[0],
        rule_percent(),
        7,
        "https://kefen.example/s/k7Qm2x",
        "XIAOYU",
        reverse("web:styleguide_qr"),
        (
            say(
                "我跟着陈立老师刷完了真题，讲得很细。7 天内可全额退款，先听试听课。",
                "I went through the past papers with Chen Li. Try the first lesson for free.",
            ),
            say(
                "今晚 20:30 直播，试听不用登录。",
                "Live tonight at 20:30, no sign-in for the trial.",
            ),
        ),
        refund_rate_bps=320,
    )


def course_ladder() -> screens.CourseScreen:
    """A rule by steps, where the promoter stands, cut by the cap."""
    steps = (
        screens.LadderStep(RewardStep(1, "percent", 2000)),
        screens.LadderStep(RewardStep(11, "percent", 3200), mine=True),
        screens.LadderStep(RewardStep(31, "fixed", amount=9900)),
    )
    return replace(
        course(),
        promoted=screens.PromotedCourse(courses()[0], 8970, 3200),
        rule=rule_tiered(),
        base="list",
        ladder=screens.Ladder("orders", "month", steps, 3),
        wanted=9568,
        cap_bps=3000,
        refund_rate_bps=None,
    )


def course_fixed() -> screens.CourseScreen:
    """A fixed amount, on the last step of a ladder of sales."""
    steps = (
        screens.LadderStep(RewardStep(0, "fixed", amount=2000)),
        screens.LadderStep(RewardStep(1000000, "fixed", amount=2500), mine=True),
    )
    return replace(
        course(),
        promoted=screens.PromotedCourse(courses()[2], 2500),
        fixed=2500,
        ladder=screens.Ladder("sales", "quarter", steps, None),
    )


def _rows() -> tuple[screens.IncomeDay, ...]:
    titles = courses()
    return (
        screens.IncomeDay(
            date(2026, 11, 22),
            16762,
            (
                screens.IncomeRow(
                    PROOF,
                    titles[1].title,
                    say("李**", "L**"),
                    10782,
                    "pending",
                    ago(minutes=1),
                    ahead(7),
                ),
                screens.IncomeRow(
                    f"{PROOF}2",
                    titles[0].title,
                    say("王**", "W**"),
                    5980,
                    "held",
                    ago(hours=2),
                    ahead(7),
                ),
            ),
        ),
        screens.IncomeDay(
            date(2026, 11, 14),
            5980,
            (
                screens.IncomeRow(
                    f"{PROOF}3",
                    titles[0].title,
                    say("孙**", "S**"),
                    5980,
                    "available",
                    ago(8),
                    level=2,
                ),
                screens.IncomeRow(
                    f"{PROOF}4",
                    titles[2].title,
                    say("赵**", "Z**"),
                    0,
                    "clawed_back",
                    ago(8, 3),
                    clawed_back=4975,
                ),
            ),
        ),
    )


def income() -> screens.IncomeScreen:
    """Every state."""
    return screens.IncomeScreen(
        "CNY",
        328645,
        214060,
        50000,
        1890210,
        4975,
        _rows(),
        next_due=ahead(1),
        window=Window(3412, later="after=W10"),
        live=Live("/live/sample", ""),
    )


def income_empty() -> screens.IncomeScreen:
    """Nothing yet."""
    return screens.IncomeScreen("CNY", 0, 0, 0, 0, 0, ())


def candidates() -> tuple[Candidate, ...]:
    """What was weighed."""
    other = say("研友阿泽", "Aze")
    return (
        Candidate(other, "AZE", ago(11), "click", "expired"),
        Candidate(promoter_name(), "XIAOYU", ago(1, 3), "click", "winner", True),
        Candidate(other, "AZE", ago(0, 4), "click", "not_first"),
        Candidate(say("老陈", "Old Chen"), "LAOCHEN", ago(0, 1), "code", "promoter_inactive"),
    )


def proof() -> screens.ProofScreen:
    """A pending rebate by a percentage."""
    return screens.ProofScreen(
        currency="CNY",
        serial=PROOF,
        state="pending",
        title=courses()[0].title,
        buyer=say("李**", "L**"),
        order_number="ord_01k9m4x7qv8r2t6y",
        amount=5980,
        remaining=5980,
        base_kind="paid",
        base=29900,
        quantity=1,
        reward_kind="percent",
        rate_bps=2000,
        fixed=0,
        timeline=(
            TimelineStep("click", ago(1, 3)),
            TimelineStep("landing", ago(1, 3)),
            TimelineStep("order", ago(0, 1)),
            TimelineStep("paid", ago(0, 0.9)),
            TimelineStep("protection_end", ahead(7), "now"),
            TimelineStep("settled", None, "later"),
            TimelineStep("payout", None, "later"),
        ),
        candidates=candidates(),
        rule=rule_percent(),
        version=3,
        version_from=ago(20),
        model="first_touch",
        window_days=7,
        due_at=ahead(7),
        check_url="#check",
        may_ask=True,
    )


def proof_clawed() -> screens.ProofScreen:
    """Capped, fixed, partly clawed back."""
    why = say("学员时间冲突", "The student has no time")
    return replace(
        proof(),
        state="available",
        reward_kind="fixed",
        fixed=9900,
        before_cap=9900,
        cap=8970,
        cap_bps=3000,
        amount=8970,
        remaining=5980,
        tier_position=6,
        clawbacks=(screens.Clawback(ago(0, 2), 9966, 2990, why),),
        timeline=(
            TimelineStep("code", ago(9)),
            TimelineStep("order", ago(9)),
            TimelineStep("paid", ago(9)),
            TimelineStep("settled", ago(2)),
            TimelineStep("refund", ago(0, 2), "back", why),
            TimelineStep("clawback", ago(0, 2), "back"),
        ),
        due_at=None,
        asked=(
            screens.Asked(
                say("封顶是怎么算的？", "How does the cap work?"),
                ago(3),
                say("按实付金额的 30% 封顶，见上面的算式。", "At 30% of what was paid, as above."),
                ago(2),
            ),
            screens.Asked(say("退款为什么扣这么多？", "Why is so much clawed back?"), ago(1)),
        ),
        may_ask=False,
    )


def public_proof() -> screens.PublicProofScreen:
    """The figures of the clawed back one, nobody named."""
    whole = proof_clawed()
    return screens.PublicProofScreen(
        currency="CNY",
        serial=PROOF,
        state=whole.state,
        title=whole.title,
        amount=whole.amount,
        remaining=whole.remaining,
        base_kind=whole.base_kind,
        base=whole.base,
        quantity=whole.quantity,
        reward_kind=whole.reward_kind,
        rate_bps=whole.rate_bps,
        fixed=whole.fixed,
        before_cap=whole.before_cap,
        cap=whole.cap,
        cap_bps=whole.cap_bps,
        tier_position=whole.tier_position,
        tier_sales=None,
        timeline=tuple(replace(step, note="") for step in whole.timeline[1:]),
        clawbacks=tuple(replace(one, reason="") for one in whole.clawbacks),
        version=whole.version,
        version_from=whole.version_from,
    )


def statement_of(movements: tuple[Movement, ...]) -> Statement:
    """November."""
    return Statement(
        "CNY",
        date(2026, 11, 1),
        date(2026, 11, 30),
        120000,
        214060,
        148000,
        53940,
        movements,
        "#csv",
        "2026-11",
        earlier="2026-10",
    )


def statement() -> screens.StatementScreen:
    """The promoter's own."""
    return screens.StatementScreen(
        "CNY",
        statement_of(
            (
                Movement(ago(10), "matured", 148000, 268000, "ord_01k9m1", PROOF),
                Movement(ago(5), "requested", -50000, 218000, "wdr_01k9m2"),
                Movement(ago(2), "refund", -3940, 214060, "rfd_01k9m3", PROOF),
            )
        ),
    )
