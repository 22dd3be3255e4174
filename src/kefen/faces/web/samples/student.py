"""Sample screens of a student."""

from dataclasses import replace

import segno

from kefen.faces.web.samples.words import ago, ahead, courses, promoter_name, say
from kefen.faces.web.shared.screens import (
    CashierScreen,
    Form,
    Live,
    RoleCard,
    RolePickerScreen,
    SignInScreen,
    TimelineStep,
)
from kefen.faces.web.student import screens
from kefen.promoters.queries import agreement_text

ORDER = "ord_01k9m4x7qv8r2t6y"


def role_picker() -> RolePickerScreen:
    """The first page of the demo."""
    school = say("知行学堂", "Zhixing School")
    return RolePickerScreen(
        roles=(
            RoleCard("promoter", promoter_name(), school, "#promoter"),
            RoleCard("student", say("李晓雯", "Li Xiaowen"), school, "#student"),
            RoleCard("operator", say("沈岚", "Shen Lan"), school, "#operator"),
            RoleCard("platform", say("顾安", "Gu An"), "", "#platform"),
        )
    )


def sign_in() -> SignInScreen:
    """Signed out, the link opened."""
    return SignInScreen(token="eyJ0:1sample:signature")  # noqa: S106 - a sample


def cashier() -> CashierScreen:
    """The sandbox."""
    return CashierScreen("CNY", ORDER, 29900, say("知行学堂", "Zhixing School"), courses()[0].title)


def cashier_closed() -> CashierScreen:
    """The sandbox, too late."""
    return CashierScreen(
        "CNY", ORDER, 29900, say("知行学堂", "Zhixing School"), courses()[0].title, True, "#order"
    )


def school() -> screens.SchoolScreen:
    """All courses."""
    return screens.SchoolScreen(
        "CNY",
        say(
            "面向在职成年人的考试与职业技能课程，直播加回放。",
            "Exam and job skills for working adults, live with replays.",
        ),
        courses(),
        promoter_name(),
    )


def school_empty() -> screens.SchoolScreen:
    """Nothing on sale."""
    return screens.SchoolScreen("CNY", say("新学校", "A new school"), ())


def lessons() -> tuple[screens.Lesson, ...]:
    """A schedule."""
    return (
        screens.Lesson(say("极限与连续", "Limits"), 90, ago(1)),
        screens.Lesson(say("导数的几何意义", "What a derivative means"), 90, ahead(0, 0.5)),
        screens.Lesson(say("中值定理一题三解", "Mean value theorem, three ways"), 90, ahead(1)),
        screens.Lesson(say("定积分与面积", "Integrals and areas"), 90, ahead(2)),
    )


def trial_lesson() -> screens.TrialLesson:
    """A lesson for everybody."""
    return screens.TrialLesson(
        say("为什么先看图像再列式", "Why to draw before you write"),
        12,
        say(
            "一道极限题，先画图，再列式。\n\n图像告诉你答案的范围，列式只是把它写清楚。",
            "One limit: draw first, then write.\n\nThe drawing bounds the answer.",
        ),
        "/media/trial.mp4",
    )


def trial() -> screens.TrialScreen:
    """The trial lesson, by a promoter's link."""
    return screens.TrialScreen("CNY", courses()[0], trial_lesson(), promoter_name(), "signed")


def course(referred: bool = True) -> screens.CourseScreen:
    """The landing, by a promoter's link."""
    return screens.CourseScreen(
        currency="CNY",
        course=courses()[0],
        summary=say(
            "每天一小时直播，讲透真题里的 12 类大题；讲义、答疑与回放都在。",
            "One live hour a day through twelve kinds of big questions, with handouts.",
        ),
        teacher_about=say("讲授高等数学 11 年，著有讲义三册", "Eleven years of teaching calculus"),
        facts=(
            say("30 次直播，回放保留一年", "30 live lessons, replays for a year"),
            say("每周两次答疑，24 小时内回复", "Questions answered within a day"),
            say("纸质讲义包邮", "Printed handouts, postage paid"),
        ),
        lessons=lessons(),
        refund_days=7,
        refund_terms=say(
            "付款后 7 天内可全额退款；之后按未上课时退还。退款原路返回。",
            "Full refund within 7 days; later by lessons not taken, by the same way back.",
        ),
        trial=trial_lesson(),
        list_price=39900,
        recommended_by=promoter_name() if referred else "",
        attribution="eyJ0IjoiMDFrOSJ9:1sample:signature" if referred else "",
    )


def course_plain() -> screens.CourseScreen:
    """The landing for somebody who came by himself."""
    return course(referred=False)


def course_off_sale() -> screens.CourseScreen:
    """No longer on sale: others are offered."""
    full = course()
    return screens.CourseScreen(
        "CNY",
        full.course,
        full.summary,
        full.teacher_about,
        (),
        (),
        7,
        full.refund_terms,
        recommended_by=promoter_name(),
        on_sale=False,
        siblings=courses()[1:3],
    )


def checkout() -> screens.CheckoutScreen:
    """Typed with mistakes and an unknown code."""
    return screens.CheckoutScreen(
        "CNY",
        courses()[0],
        28900,
        "chk_01k9",
        7,
        attribution="signed",
        recommended_by=promoter_name(),
        unknown_code="YUER88",
        discount=1000,
        channels=("wechat_pay", "alipay", "sandbox"),
        form=Form(
            {"phone": "1380013", "promoter_code": "YUER88"},
            {"phone": say("手机号应为 11 位。请检查后再试。", "A phone number has 11 digits.")},
        ),
    )


def _order(state: str, refunded: int = 0, ask: screens.Ask | None = None) -> screens.OrderScreen:
    title = courses()[0].title
    paid_place = {"placed": "now", "confirming": "now", "cancelled": "back"}.get(state, "done")
    steps = [TimelineStep("order", ago(0, 1))]
    if state == "cancelled":
        steps.append(TimelineStep("cancelled", ago(0, 0.5), "back"))
    else:
        waiting = state in ("placed", "confirming")
        steps.append(TimelineStep("paid", None if waiting else ago(0, 0.9), paid_place))
        steps.append(TimelineStep("protection_end", ahead(6), "later"))
    refunds: tuple[screens.RefundRow, ...] = ()
    if refunded:
        why = say("时间冲突", "No time")
        steps.insert(2, TimelineStep("refund", ago(0, 0.2), "back", why))
        refunds = (screens.RefundRow(refunded, ago(0, 0.2), "booked", why),)
    return screens.OrderScreen(
        "CNY",
        ORDER,
        state,
        29900,
        (screens.OrderLine(title, 29900, refunded),),
        tuple(steps),
        refunded,
        refunds,
        ahead(6) if state == "paid" else None,
        lessons()[1] if state == "paid" else None,
        "YUER88" if state == "placed" else "",
        course=courses()[0].code if state in ("paid", "partly_refunded") else "",
        ask=ask,
        may_ask=state == "paid" and (ask is None or ask.state != "asked"),
        channels=("wechat_pay", "sandbox") if state == "placed" else (),
        live=Live("/live/sample", ""),
    )


def scan() -> screens.PayScreen:
    """A code to scan, with an emulator at hand."""
    code = segno.make("weixin://wxpay/bizpayurl?pr=sample", error="m", micro=False)
    return screens.PayScreen(
        "CNY",
        ORDER,
        "placed",
        29900,
        "wechat_pay",
        code.svg_inline(scale=6, border=4, dark="#000", light="#fff", omitsize=True),
        stand_in="/styleguide/",
        key="signed",
        live=Live("/live/sample", ""),
    )


def scan_in_app() -> screens.PayScreen:
    """WeChat's own cashier, seen from outside."""
    return replace(scan(), code="", bridge="{}", stand_in="")


def scan_paid() -> screens.PayScreen:
    """The money arrived."""
    return replace(scan(), state="paid")


def order_asked() -> screens.OrderScreen:
    """The student wants his money back."""
    return _order("paid", ask=screens.Ask(29900, ago(0, 0.3), "asked"))


def order_declined() -> screens.OrderScreen:
    """The school said no."""
    why = say("讲义已寄出，请先退回讲义。", "The handouts are on their way; send them back first.")
    return _order("paid", ask=screens.Ask(29900, ago(0, 0.3), "declined", why))


def refund() -> screens.RefundAskScreen:
    """Asking for a refund."""
    return screens.RefundAskScreen("CNY", ORDER, courses()[0].title, 29900, ahead(6), 6, "signed")


def _mine(place: int, state: str, over: int, lesson: int | None) -> screens.MyCourse:
    one = courses()[place]
    shown = None if lesson is None else lessons()[lesson]
    return screens.MyCourse(one, state, over, one.lesson_count, shown)


def my_courses() -> screens.MyCoursesScreen:
    """A course of each state."""
    return screens.MyCoursesScreen(
        "CNY",
        (
            _mine(0, "live", 12, 1),
            _mine(1, "learning", 5, 2),
            _mine(3, "not_started", 0, 3),
            _mine(2, "finished", 42, None),
        ),
    )


def my_courses_empty() -> screens.MyCoursesScreen:
    """None yet."""
    return screens.MyCoursesScreen("CNY", (), signed_in=True)


def learn() -> screens.LearnScreen:
    """A course from within."""
    states = ("over", "live", "next", "later")
    shown = tuple(replace(one, state=state) for one, state in zip(lessons(), states, strict=True))
    mine = replace(_mine(0, "live", 1, 1), next_lesson=shown[1])
    return screens.LearnScreen("CNY", mine, shown, course().facts, trial_lesson())


def order_placed() -> screens.OrderScreen:
    """Open."""
    return _order("placed")


def order_confirming() -> screens.OrderScreen:
    """The channel has not answered."""
    return _order("confirming")


def order_paid() -> screens.OrderScreen:
    """Enrolled."""
    return _order("paid")


def order_cancelled() -> screens.OrderScreen:
    """Cancelled."""
    return _order("cancelled")


def order_refunded() -> screens.OrderScreen:
    """All back."""
    return _order("refunded", 29900)


def order_partly() -> screens.OrderScreen:
    """Some back."""
    return _order("partly_refunded", 9900)


def my_orders() -> screens.MyOrdersScreen:
    """Own orders."""
    states = (("paid", 0), ("placed", 0), ("refunded", 19900), ("cancelled", 0))
    return screens.MyOrdersScreen(
        "CNY",
        tuple(
            screens.OrderRow(
                f"{ORDER}{number}", one.title, state, one.price, ago(number * 40), back
            )
            for number, (one, (state, back)) in enumerate(zip(courses(), states, strict=True))
        ),
        may_promote=True,
        signed_in=True,
    )


def my_orders_empty() -> screens.MyOrdersScreen:
    """None yet."""
    return screens.MyOrdersScreen("CNY", ())


def _earnings() -> tuple[screens.Earning, ...]:
    rates = (2000, 1800, 2500, 1000)
    return tuple(
        screens.Earning(one.title, one.price, one.price * rate // 10_000)
        for one, rate in zip(courses(), rates, strict=True)
    )


def become_promoter() -> screens.BecomePromoterScreen:
    """One screen, with a mistake."""
    missing = say("请填写 1 到 20 个字的名字。", "Write a name of 1 to 20 characters.")
    return screens.BecomePromoterScreen(
        *("CNY", _earnings(), 7, 1000, 18),
        at_once=True,
        agreement="2026-11",
        form=Form({"name": ""}, {"name": missing}),
    )


def become_lecturer() -> screens.BecomePromoterScreen:
    """A lecturer, who is decided on."""
    return screens.BecomePromoterScreen(
        *("CNY", _earnings(), 7, 1000, 18), kind="lecturer", agreement="2026-11"
    )


def agreement() -> screens.AgreementScreen:
    """The agreement in force."""
    return screens.AgreementScreen("2026-11", agreement_text())


def become_applied() -> screens.BecomePromoterScreen:
    """Waiting for approval."""
    return screens.BecomePromoterScreen("CNY", _earnings(), 7, 1000, 18, "applied", kind="channel")


def become_rejected() -> screens.BecomePromoterScreen:
    """Returned with a reason."""
    why = say("昵称里有联系方式。", "The name contains contact details.")
    return screens.BecomePromoterScreen(
        *("CNY", _earnings(), 7, 1000, 18, "rejected", why), agreement="2026-11"
    )
