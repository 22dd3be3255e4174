"""Samples of the platform's console."""

from dataclasses import replace
from datetime import date

from kefen.faces.web.platform import oversight_screens as over
from kefen.faces.web.platform import screens
from kefen.faces.web.samples.words import NOW, ago, say
from kefen.faces.web.shared.limit_screens import LimitRow
from kefen.faces.web.shared.screens import Form, Option, Window


def _zhixing() -> screens.InstitutionRow:
    return screens.InstitutionRow(
        slug="zhixing",
        name=say("知行学堂", "Zhixing School"),
        currency="CNY",
        plan="premium",
        state="open",
        created_at=ago(420),
        sales=1284560_00,
        paid_orders=3412,
        promoters=40,
        cost_bps=1870,
        cap_bps=2000,
        cap="near",
        signals=2,
        complaints=4,
        burst=True,
        alarms=1,
        attention=19,
        last_activity_at=ago(0, 0, 3),
        gathered_at=ago(0, 0, 2),
    )


def _others() -> tuple[screens.InstitutionRow, ...]:
    paused = replace(
        _zhixing(),
        slug="qihang",
        name=say("启航教育", "Qihang Education"),
        plan="standard",
        state="paused",
        sales=23400_00,
        paid_orders=77,
        promoters=6,
        cost_bps=2210,
        cap="over",
        signals=0,
        complaints=0,
        burst=False,
        alarms=0,
        attention=10,
        last_activity_at=ago(5),
    )
    new = screens.InstitutionRow(
        "bluebird", say("青鸟职业", "Bluebird Skills"), "CNY", "trial", "open", ago(0, 1)
    )
    return paused, new


def institutions() -> screens.InstitutionsScreen:
    """One near its cap, one paused, one that is new."""
    return screens.InstitutionsScreen((_zhixing(), *_others()), Window(3))


def institutions_empty() -> screens.InstitutionsScreen:
    """None yet."""
    return screens.InstitutionsScreen((), Window(0))


def locked_limits() -> tuple[LimitRow, ...]:
    """What the platform locks, and why."""
    why = say("配合价格监管，先收紧成本上限。", "The regulator asked for lower costs.")
    return (
        LimitRow("max_rate_bps", "20%", why, ago(1)),
        LimitRow("level2_allowed", say("不允许", "not allowed"), "", ago(420)),
        LimitRow("minimum_hold_days", say("7 天", "7 days"), why, ago(1)),
        LimitRow("minimum_age", say("18 岁", "18 years"), "", ago(420)),
        LimitRow("forbidden_words", "abc, xyz", "", ago(420)),
    )


def _changes() -> tuple[screens.LimitChange, ...]:
    return (
        screens.LimitChange("max_rate_bps", "30%", "20%"),
        screens.LimitChange("minimum_hold_days", say("0 天", "0 days"), say("7 天", "7 days")),
        screens.LimitChange("forbidden_words", "–", "abc, xyz"),
    )


def _decisions() -> tuple[screens.LimitsDecision, ...]:
    why = say("配合价格监管，先收紧成本上限。", "The regulator asked for lower costs.")
    who, system = say("顾安", "Gu An"), say("系统", "System")
    return (
        screens.LimitsDecision(2, ago(1), who, why, _changes(), in_force=True),
        screens.LimitsDecision(1, ago(420), system, ""),
    )


def _deeds() -> tuple[screens.DeedRow, ...]:
    who = say("顾安", "Gu An")
    why = say("资料核对中", "Papers are being checked")
    done = say("核对完成", "The check is done")
    return (
        screens.DeedRow(ago(2), who, "institution.opened", "paused", "open", done),
        screens.DeedRow(ago(4), who, "institution.paused", "open", "paused", why),
        screens.DeedRow(ago(420), who, "institution.founded"),
    )


def institution() -> screens.InstitutionScreen:
    """One with something of everything."""
    return screens.InstitutionScreen(
        row=_zhixing(),
        zone="Asia/Shanghai",
        rebates=240212_00,
        state_reason="",
        months=(
            screens.MonthRow(date(2026, 11, 1), 1184560_00, 3102, 221512_00, 1870),
            screens.MonthRow(date(2026, 10, 1), 986200_00, 2507, 160750_00, 1630),
            screens.MonthRow(date(2026, 9, 1), 0, 0, 0, None),
        ),
        limits=locked_limits(),
        decisions=_decisions(),
        worries=(
            screens.WorryRow("signals", 2),
            screens.WorryRow(
                "complaints",
                4,
                say("近七天明显多于平时", "many more than usual in the last seven days"),
            ),
            screens.WorryRow("cap", 1, say("接近上限", "near the cap")),
            screens.WorryRow("alarms", 1),
        ),
        signals=(Option(say("短时间大量点击", "Many clicks at once"), say("2 条", "2 open")),),
        channels=(
            screens.ChannelRow("wechat_pay", True, True, False, ago(60)),
            screens.ChannelRow("alipay", False, False, False, ago(61)),
            screens.ChannelRow("stripe", True, False, True, ago(3)),
        ),
        timeline=_deeds(),
        log=_deeds(),
    )


def institution_paused() -> screens.InstitutionScreen:
    """Paused, without sales and channels; a reason is missing."""
    why = say("资料核对中，预计两天。", "Papers are being checked, for about two days.")
    paused, _new = _others()
    missing = Form({"reason": ""}, {"reason": say("请写明原因。", "Say why.")})
    return replace(
        institution(),
        row=replace(paused, cap="none", cost_bps=None, attention=0),
        state_reason=why,
        months=(),
        worries=(),
        signals=(),
        channels=(),
        timeline=_deeds()[1:],
        log=(),
        state_form=missing,
        plan_form=Form({"plan_reason": ""}, {"plan_reason": say("请写明原因。", "Say why.")}),
    )


def _affected() -> tuple[screens.Affected, ...]:
    why = say(
        "方案上限为 25%，平台允许 20%。请调低或联系平台。",
        "The programme's limit is 25%; the platform allows 20%. Lower it or ask the platform.",
    )
    return (screens.Affected(say("知行学堂", "Zhixing School"), "zhixing", 3, why),)


def limits() -> screens.LimitsScreen:
    """Lowered yesterday; a reason is missing for the next change."""
    return screens.LimitsScreen(
        max_rate_bps=2000,
        minimum_hold_days=7,
        level2_allowed=False,
        minimum_age=18,
        forbidden_words=("abc", "xyz"),
        changed_at=ago(1),
        changed_by=say("顾安", "Gu An"),
        affected=_affected(),
        institution="zhixing",
        name=say("知行学堂", "Zhixing School"),
        number=2,
        limits=locked_limits(),
        decisions=_decisions(),
        found=(Option("zhixing", say("知行学堂", "Zhixing School")),),
        form=Form({}, {"reason": say("请写明原因。", "Say why.")}),
    )


def limits_empty() -> screens.LimitsScreen:
    """There is no institution."""
    return screens.LimitsScreen(0, 0, False, 18, ())


def limits_review() -> screens.LimitsReviewScreen:
    """One version and another school stand above."""
    others = (screens.Affected(say("启航教育", "Qihang Education"), "qihang", 1, "30%"),)
    return screens.LimitsReviewScreen(
        institution="zhixing",
        name=say("知行学堂", "Zhixing School"),
        number=1,
        changes=_changes(),
        affected=_affected(),
        others=others,
        more=12,
        reason=say("配合价格监管，先收紧成本上限。", "The regulator asked for lower costs."),
        values={"institution": "zhixing", "max_rate_percent": "20"},
    )


def risk() -> over.RiskScreen:
    """Two institutions."""
    paused, _new = _others()
    return over.RiskScreen(
        totals=(
            over.WorryTotal("signals", 2, 1),
            over.WorryTotal("complaints", 4, 1),
            over.WorryTotal("cap", 2, 2),
            over.WorryTotal("alarms", 1, 1),
            over.WorryTotal("splits", 1, 1),
            over.WorryTotal("differences", 3, 1),
            over.WorryTotal("notifications", 0, 0),
            over.WorryTotal("books", 0, 0),
        ),
        signals=(Option(say("短时间大量点击", "Many clicks at once"), say("2 条", "2 open")),),
        rows=(
            over.RiskRow(_zhixing(), splits=1, differences=3, notifications=0, books=0),
            over.RiskRow(paused, splits=0, differences=0, notifications=0, books=0),
        ),
        window=Window(2),
        filters={"worry": "cap", "q": ""},
        gathered_at=ago(0, 0, 4),
        bursts=1,
        over=1,
    )


def risk_empty() -> over.RiskScreen:
    """Nothing anywhere."""
    return over.RiskScreen((), (), (), filters={"worry": "", "q": ""})


def health() -> over.HealthScreen:
    """One finding, one failed job."""
    finding = say("知行学堂：promoter:available", "Zhixing School: promoter:available")
    return over.HealthScreen(
        checked_at=NOW,
        database_ok=True,
        database_version="PostgreSQL 17.4",
        database_ms=2,
        database_bytes=734003200,
        export_bytes=18874368,
        disk_free_bytes=53687091200,
        jobs_waiting=14,
        jobs_failed=1,
        oldest_seconds=3,
        worker_seconds=4,
        worker_ok=True,
        workers=2,
        queues=(
            over.QueueRow("default", "payouts.send", 0, 2, 0, 1, None),
            over.QueueRow("default", "exports.write", 1, 0, 1, 0, 3),
        ),
        failed=(
            over.FailedJob(48, "payouts.send", say("知行学堂", "Zhixing School"), 60, ago(0, 5)),
        ),
        books_ok=False,
        transfers=48210,
        findings=(finding,),
        audited_at=ago(0, 10),
        audit_findings=1,
        unaudited=1,
        gathered_at=ago(0, 0, 4),
        inbox_parked=2,
        version="0.1.0",
    )


def health_down() -> over.HealthScreen:
    """The database does not answer."""
    return over.HealthScreen(NOW, database_ok=False)


def audit() -> over.PlatformAuditScreen:
    """Three deeds."""
    who, name = say("顾安", "Gu An"), say("知行学堂", "Zhixing School")
    why = say("配合价格监管，先收紧成本上限。", "The regulator asked for lower costs.")
    deed = over.PlatformDeed(
        ago(1),
        who,
        "limits.set",
        name,
        "zhixing",
        "institution:zhixing",
        '{"max_rate_bps": 3000}',
        '{"max_rate_bps": 2000}',
        why,
        network="203.0.113.0/24",
        device="Chrome, macOS",
    )
    return over.PlatformAuditScreen(
        rows=(
            deed,
            replace(deed, at=ago(2), action="institution.paused", before="open", after="paused"),
            over.PlatformDeed(
                ago(3), who, "job.retried", "", "", "job:48", details="task payouts.send"
            ),
        ),
        filters={"who": "", "action": "", "institution": "", "from": "", "to": ""},
        people=(Option("1", who),),
        actions=(Option("limits.set", say("设置了硬上限", "set the hard limits")),),
        window=Window(3, later="after=x"),
    )


def audit_empty() -> over.PlatformAuditScreen:
    """Nothing fits."""
    filters = {"who": "", "action": "", "institution": "nobody", "from": "", "to": ""}
    return over.PlatformAuditScreen((), filters, (), ())
