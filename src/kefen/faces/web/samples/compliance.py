"""Sample screens of the compliance centre and of reporting something."""

from datetime import timedelta

from kefen.faces.web.operator.compliance_screens import (
    ComplaintRow,
    ComplaintsScreen,
    ComplianceScreen,
    Frozen,
    HeldRow,
    HitRow,
    InvitersScreen,
    LimitsFacts,
    MemberRow,
    MendScreen,
    NotAgreed,
    Ratio,
    RootRow,
    TextsScreen,
)
from kefen.faces.web.samples import licences
from kefen.faces.web.samples.provider import locked_limits
from kefen.faces.web.samples.words import NOW, ago, say
from kefen.faces.web.shared.screens import Form, Option, Paging, Window
from kefen.faces.web.student.complaint_screens import ComplaintScreen

_WAITING, _NOTHING = licences.WAITING, licences.NOTHING


def overview() -> ComplianceScreen:
    """A school with everything."""
    return ComplianceScreen(
        currency="CNY",
        limits=LimitsFacts(2, ago(40), 3000, 2, 7, 18, 31, 3, 2250, 2, 10, locked_limits()),
        ratios=(
            Ratio("month", 8_640_000, 1_382_400, 2250),
            Ratio("days", 12_400_000, 2_046_000, 2250),
        ),
        active=128,
        agreed=121,
        agreement="2026-11",
        not_agreed=(
            NotAgreed("xu", say("徐老师", "Teacher Xu"), "", ago(300)),
            NotAgreed("lin", say("小林", "Lin"), "2025-03", ago(210)),
        ),
        frozen=Frozen(
            2,
            11_960,
            1,
            250_000,
            3,
            (
                HeldRow(
                    "261120-ABCDEFGHJK",
                    say("小林", "Lin"),
                    5_980,
                    say("同一手机号多次下单", "Many orders by one phone"),
                ),
            ),
        ),
        licences=licences.standings(),
        waiting=_WAITING,
        first=NOW.date().replace(day=1),
        last=NOW.date(),
    )


def overview_empty() -> ComplianceScreen:
    """A school that was just founded."""
    return ComplianceScreen(
        currency="CNY",
        limits=LimitsFacts(1, ago(1), 3000, 1, 0, 18, 29, locked=locked_limits()),
        ratios=(Ratio("month", 0, 0, 3000), Ratio("days", 0, 0, 3000)),
        active=0,
        agreed=0,
        agreement="2026-11",
        not_agreed=(),
        frozen=Frozen(0, 0, 0, 0, 0),
        waiting=_NOTHING,
        first=NOW.date().replace(day=1),
        last=NOW.date(),
    )


def texts() -> TextsScreen:
    """Hits of every kind. The words are none of the product's own list."""
    word = say("内部价", "insider price")
    rows = (
        HitRow(
            *("00000000-0000-7000-8000-000000000001", "course", "python"),
            *(say("Python 数据分析", "Python for data"), "summary"),
            *(
                say("本周报名享", "Enrol this week at an "),
                word,
                say("，名额不限。", ", no limit."),
            ),
            *(ago(2), False),
        ),
        HitRow(
            id="00000000-0000-7000-8000-000000000002",
            kind="programme",
            key="3",
            title="3",
            field="rule",
            before="",
            word=word,
            after="",
            found_at=ago(2),
            kept=False,
            mends=False,
        ),
        HitRow(
            id="00000000-0000-7000-8000-000000000003",
            kind="promoter",
            key="lin",
            title=say("小林", "Lin"),
            field="name",
            before="",
            word=word,
            after="",
            found_at=ago(9),
            kept=True,
            note=say("是店名的一部分", "Part of a shop's name"),
            who=say("沈岚", "Shen Lan"),
        ),
    )
    return TextsScreen(
        hits=rows,
        window=Window(3),
        waiting=_WAITING,
        own=(word,),
        platform=(say("特供", "special supply"),),
        built_in=(),
        refused=rows[0].id,
        form=Form({"note": ""}, {"note": say("请写明可以保留的理由。", "Say why it may stay.")}),
    )


def texts_empty() -> TextsScreen:
    """Nothing found."""
    return TextsScreen((), Window(0), _NOTHING, (), (), ())


def mend() -> MendScreen:
    """A text refused again."""
    text = say("本周报名享内部价，名额不限。", "Enrol this week at an insider price, no limit.")
    said = say(
        "课程的文字含有禁用词：内部价。请改写。", "The text has a forbidden word. Reword it."
    )
    return MendScreen(
        kind="course",
        key="python",
        title=say("Python 数据分析", "Python for data"),
        field="summary",
        marked=text,
        long=True,
        form=Form({"text": text}, {"text": said}),
        waiting=_WAITING,
    )


def inviters() -> InvitersScreen:
    """An alarm, one that was looked at, and who stands under it."""
    return InvitersScreen(
        currency="CNY",
        roots=(
            RootRow("chen", say("陈立", "Chen Li"), 42, 3, 128_400, "open"),
            RootRow(
                *("xu", say("徐老师", "Teacher Xu"), 31, 2, 40_200, "seen"),
                say("同一所学校的毕业班", "A class of one school"),
            ),
            RootRow("lin", say("小林", "Lin"), 2, 1, 0),
        ),
        paging=Paging(1, 1, 3),
        levels=2,
        many=30,
        rings=2,
        waiting=_WAITING,
        chosen="chen",
        chosen_name=say("陈立", "Chen Li"),
        members=tuple(
            MemberRow(
                depth,
                f"m{depth}",
                say(f"同学 {depth}", f"Fellow {depth}"),
                "chen" if depth == 1 else f"m{depth - 1}",
                say("陈立", "Chen Li") if depth == 1 else say(f"同学 {depth - 1}", "Fellow"),
                "active" if depth < 3 else "suspended",
                ago(90 - depth),
            )
            for depth in (1, 2, 3)
        ),
        more=True,
    )


def inviters_empty() -> InvitersScreen:
    """Nobody."""
    return InvitersScreen("CNY", (), Paging(1, 1, 0), 1, 30, 0, _NOTHING)


def complaints() -> ComplaintsScreen:
    """One that waits, one answered, one whose text may not be seen."""
    fresh = "00000000-0000-7000-8000-00000000000"
    return ComplaintsScreen(
        complaints=(
            ComplaintRow(
                fresh + "1",
                "poster",
                "yu",
                "yu",
                say("小鱼", "Little Fish"),
                say("海报上没有“广告”字样。", "The poster has no ad mark."),
                "someone@example.org",
                ago(hours=3),
                "open",
            ),
            ComplaintRow(
                fresh + "2",
                "promoter",
                "https://kefen.example/s/k7Qm2x",
                "lin",
                say("小林", "Lin"),
                say("每天给我发消息。", "Writes to me every day."),
                "",
                ago(4),
                "answered",
                say("已提醒推广员并回复。", "The promoter was told, and so was the sender."),
                say("沈岚", "Shen Lan"),
                NOW - timedelta(days=3),
            ),
            ComplaintRow(fresh + "3", "other", "", "", "", "", "", ago(9), "closed"),
        ),
        window=Window(3),
        state="",
        states=tuple(Option(one, one) for one in ("open", "answered", "closed")),
        address="/t/zhixing/complaint",
        waiting=_WAITING,
    )


def complaints_empty() -> ComplaintsScreen:
    """None."""
    return ComplaintsScreen((), Window(0), "", (), "/t/zhixing/complaint", _NOTHING)


def _kinds() -> tuple[Option, ...]:
    return (
        Option("promoter", say("推广员", "A promoter")),
        Option("poster", say("海报", "A poster")),
    )


def report() -> ComplaintScreen:
    """The form, filled in from a link, and refused."""
    said = say("请写明情况。", "Write what it is about.")
    return ComplaintScreen(_kinds(), form=Form({"about": "yu", "text": ""}, {"text": said}))


def report_sent() -> ComplaintScreen:
    """Taken in."""
    return ComplaintScreen((), sent=True, number="cmp_01k9qhm3t5fv0s7j2w4x6y8z0b")
