"""Sample screens of money, rules and oversight, for operators and the platform."""

from dataclasses import replace

from kefen.faces.web.operator import notification_screens as notices
from kefen.faces.web.operator import programme_screens as terms
from kefen.faces.web.operator import screens
from kefen.faces.web.operator.audit_screens import AuditRow, AuditScreen
from kefen.faces.web.operator.question_screens import QuestionRow, QuestionsScreen
from kefen.faces.web.samples.operator import groups, people
from kefen.faces.web.samples.promoter import rule_percent, rule_tiered, statement_of
from kefen.faces.web.samples.provider import locked_limits
from kefen.faces.web.samples.words import NOW, ago, courses, say
from kefen.faces.web.shared.screens import (
    ErrorScreen,
    Form,
    Movement,
    Option,
    Reward,
    Rule,
    Window,
)


def _policy() -> terms.Policy:
    return terms.Policy("first_touch", 7, "institution", False, 30, 3, 7, 2000, False)


def programme() -> terms.ProgrammeScreen:
    """Version 3 in force; a version 4 was just refused."""
    any_fixed = Rule("base", "any", "", "any", "", "paid", Reward("fixed", amount=2000))
    sentence = say(
        "规则 gold 在课程「初级会计职称全程班」上要付 22.5%，上限 20%。请调低返佣或联系平台。",
        "Rule gold pays 22.5% on Junior accountant; the cap is 20%. Lower it or ask the platform.",
    )
    why = locked_limits()[0].reason
    return terms.ProgrammeScreen(
        currency="CNY",
        version=3,
        effective_from=ago(20),
        policy=_policy(),
        rules=(any_fixed, rule_tiered(), rule_percent()),
        history=(
            terms.VersionRow(3, ago(20), say("沈岚", "Shen Lan"), 3, True),
            terms.VersionRow(2, ago(80), say("沈岚", "Shen Lan"), 2, False),
            terms.VersionRow(1, ago(200), say("沈岚", "Shen Lan"), 1, False),
        ),
        rule_rows=(1, 2),
        promoter_scopes=(Option("any:", say("所有推广员", "Everyone")), *groups()[1:]),
        course_scopes=(
            Option("any:", say("所有课程", "Every course")),
            *(Option(f"course:{one.code}", one.title) for one in courses()),
        ),
        platform_cap_bps=2000,
        platform_minimum_hold_days=7,
        platform_level2=False,
        limits=locked_limits(),
        refusal=terms.Refusal(sentence, "gold", "20%", "22.5%", "platform", why),
        form=Form(
            {"rule_1_key": "gold", "rule_1_value": "22.5"},
            {"rule_1_value": say("超过上限 20%。", "Above the cap of 20%.")},
        ),
    )


def programme_empty() -> terms.ProgrammeScreen:
    """Nothing published."""
    return terms.ProgrammeScreen("CNY", None, None, _policy(), (), (), (1,), (), (), 3000, 0, True)


def withdrawals() -> screens.WithdrawalsScreen:
    """The queue."""
    states = ("requested", "requested", "sent", "succeeded")
    note = say("当月合计 ¥2,140.60", "month's sum ¥2,140.60")
    return screens.WithdrawalsScreen(
        "CNY",
        tuple(
            screens.WithdrawalRow(
                f"wdr_01k9m4x7{number}",
                name,
                code,
                214060,
                states[number],
                ago(number),
                say("微信", "WeChat"),
                26812 if number > 1 else None,
                187248 if number > 1 else None,
                note if number > 1 else "",
                receiver="**** 0016",
                receiver_name=say("余**", "Y**"),
                changed_at=ago(0) if number == 0 else None,
            )
            for number, (code, name) in enumerate(people())
        ),
        Window(4),
        "",
        2,
        428120,
        "wdr_01k9m4x71",
        Form(problem=say("退回需要原因。", "Returning needs a reason.")),
    )


def withdrawals_empty() -> screens.WithdrawalsScreen:
    """Nothing waits."""
    return screens.WithdrawalsScreen("CNY", (), Window(0), "requested", 0, 0)


def statements() -> screens.StatementsScreen:
    """November, with one difference."""
    return screens.StatementsScreen(
        "CNY",
        statement_of(
            (
                Movement(ago(3), "sale", 29900, 149900, "ord_01k9m1"),
                Movement(ago(3), "commission", -5980, 143920, "ord_01k9m1"),
                Movement(ago(1), "refund", -19900, 124020, "rfd_01k9m2"),
            )
        ),
        (
            screens.BookLine("institution:main", 109829880, 109829880),
            screens.BookLine("promoter:pending", 5248060, 5248060),
            screens.BookLine("promoter:available", 3120400, 3120300),
            screens.BookLine("channel:sandbox", 118198340, 118198340),
        ),
        NOW,
    )


def notifications() -> notices.NotificationsScreen:
    """Every state."""
    why = say("找不到订单 ord_404", "There is no order ord_404")
    rows = (("done", "", 1), ("waiting", "", 3), ("parked", why, 5), ("received", "", 1))
    return notices.NotificationsScreen(
        tuple(
            notices.NotificationRow(
                f"{number}",
                say("沙盒支付", "Sandbox"),
                "payment.succeeded",
                f"ord_01k9m4x{number}",
                state,
                ago(minutes=number * 7),
                attempts,
                reason,
            )
            for number, (state, reason, attempts) in enumerate(rows)
        ),
        Window(4),
        "",
    )


def notifications_empty() -> notices.NotificationsScreen:
    """None."""
    return notices.NotificationsScreen((), Window(0), "")


def audit() -> AuditScreen:
    """Decisions."""
    who, where = say("沈岚", "Shen Lan"), {"network": "203.0.113.0/24", "device": "Mac"}
    return AuditScreen(
        (
            AuditRow(
                ago(minutes=3),
                who,
                "programme.published",
                "programme:3",
                "2",
                "3",
                say("双十一活动", "November sale"),
                **where,
            ),
            AuditRow(
                ago(1), who, "promoter.approved", "promoter:XIAOYU", "applied", "active", **where
            ),
            AuditRow(
                ago(2),
                who,
                "withdrawal.rejected",
                "withdrawal:wdr_01k9",
                "requested",
                "rejected",
                details="amount 20.00",
                **where,
            ),
        ),
        {"who": "", "action": "", "q": "", "from": "", "to": ""},
        (Option("1", who),),
        (Option("programme.published", say("发布了返佣规则", "published rebate rules")),),
        Window(4, later="after=1"),
    )


def audit_empty() -> AuditScreen:
    """Nothing fits."""
    return AuditScreen(
        (), {"who": "", "action": "", "q": "nothing", "from": "", "to": ""}, (), (), Window(0)
    )


def error(status: int) -> ErrorScreen:
    """An error page."""
    return ErrorScreen(status, reference="req_01k9" if status == 500 else "")


def questions() -> QuestionsScreen:
    """One open, one refused, one answered."""
    text = say("这笔为什么比页面上少？", "Why is it less than the page said?")
    title = courses()[0].title
    one = QuestionRow(
        "q1",
        say("小鱼妈妈", "Xiaoyu"),
        "XIAOYU",
        title,
        "cms_01k9m4",
        "ord_01k9",
        5980,
        text,
        ago(1),
    )
    said = say("学员用了优惠券。", "The student used a coupon.")
    answered = replace(one, id="q3", answer=said, answered_at=ago(0, 2))
    missing = Form({"answer": ""}, {"answer": say("请写明内容。", "Write what it is about.")})
    rows = (one, replace(one, id="q2"), answered)
    return QuestionsScreen("CNY", rows, Window(3), "q2", missing)


def questions_empty() -> QuestionsScreen:
    """None."""
    return QuestionsScreen("CNY", (), Window(0))
