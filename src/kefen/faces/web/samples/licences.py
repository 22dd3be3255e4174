"""Sample screens of licences and of the platform's looks at personal data."""

from datetime import date, timedelta
from uuid import UUID

from kefen.compliance.contracts import Revealed
from kefen.faces.web.operator.licence_screens import LicencesScreen, StandingRow
from kefen.faces.web.operator.reveal_screens import RevealRow, RevealsScreen
from kefen.faces.web.platform.licence_screens import (
    FiledRow,
    LicenceQueueScreen,
    LicenceScreen,
)
from kefen.faces.web.platform.reveal_screens import LooksScreen, RevealedScreen, SubjectScreen
from kefen.faces.web.samples.words import NOW, ago, say
from kefen.faces.web.shared.licence_screens import LicenceRow
from kefen.faces.web.shared.screens import Form, Option, Window

WAITING = {"licences": 2, "text_hits": 2, "graph_alarms": 1, "complaints": 1, "reveals": 1}
NOTHING = dict.fromkeys(WAITING, 0)
_TODAY = NOW.date()


def _id(number: int) -> str:
    return str(UUID(int=number))


def _day(days: int) -> date:
    return _TODAY + timedelta(days=days)


def standings() -> tuple[StandingRow, ...]:
    """One ends soon, one has no end, one waits, one is missing."""
    return (
        StandingRow("business", True, _day(18), 18, False, "expiring"),
        StandingRow("school", False, None, None, True, ""),
        StandingRow("icp", True, None, None, False, ""),
        StandingRow("telecom", False, None, None, False, "missing"),
    )


def _holder() -> str:
    return say("知行（北京）教育科技有限公司", "Zhixing (Beijing) Education Technology Ltd")


def _rows() -> tuple[LicenceRow, ...]:
    business, held = "91110108MA01XXXXXX", _holder()
    return (
        LicenceRow(_id(1), "school", "1110108700000001", held, _day(-5), None, ago(1)),
        LicenceRow(
            _id(2),
            "business",
            business,
            held,
            _day(-1000),
            _day(18),
            ago(900),
            "passed",
            "",
            ago(899),
            18,
        ),
        LicenceRow(
            _id(3),
            "school",
            "1110108",
            held,
            _day(-5),
            None,
            ago(4),
            "returned",
            say("编号看不清，请重新扫描。", "The number cannot be read; scan it again."),
            ago(3),
        ),
        LicenceRow(
            _id(4),
            "business",
            business,
            held,
            _day(-3000),
            _day(-900),
            ago(3000),
            "expired",
            "",
            ago(2999),
            -900,
        ),
    )


def licences() -> LicencesScreen:
    """Of each state."""
    return LicencesScreen(standings(), _rows(), WAITING)


def licences_refused() -> LicencesScreen:
    """Nothing yet, and a file that is none of the kinds."""
    said = say("请选择不超过 5 MB 的 PDF、JPEG 或 PNG 文件。", "Choose a PDF, JPEG or PNG file.")
    values = {"kind": "business", "licence_number": "9111", "holder": _holder(), "scan": ""}
    return LicencesScreen((), (), NOTHING, form=Form(values, {"scan": said}))


def _reveal(number: int, subject: str, key: str, *, is_open: bool, noted: bool) -> RevealRow:
    return RevealRow(
        id=_id(number),
        who="demo-platform",
        subject=subject,
        key=key,
        kind="complaint",
        reason=say(
            "学员向平台投诉未收到退款，需核对付款人。", "A student complains that no refund came."
        ),
        opened_at=ago(minutes=4),
        ends_at=ago(minutes=-11),
        network="203.0.113.0/24",
        device="Mac",
        views=(ago(minutes=3), ago(minutes=1)) if is_open else (),
        is_open=is_open,
        noted=noted,
    )


def _reveals() -> tuple[RevealRow, ...]:
    return (
        _reveal(1, "order", "ord_01k9m4x7q2", is_open=True, noted=False),
        _reveal(2, "promoter", "yu", is_open=False, noted=True),
    )


def looks() -> RevealsScreen:
    """One open, one that the owner noted."""
    return RevealsScreen(_reveals(), Window(2), WAITING)


def looks_none() -> RevealsScreen:
    """Nobody looked."""
    return RevealsScreen((), Window(), NOTHING)


def _schools() -> tuple[tuple[str, str], ...]:
    return (
        ("zhixing", say("知行学堂", "Zhixing School")),
        ("lantu", say("蓝图职业学院", "Lantu College")),
    )


def queue() -> LicenceQueueScreen:
    """One waits, one ends soon, one ended."""
    (first, school), (second, college) = _schools()
    rows = (
        FiledRow(_id(1), second, college, "school", "submitted", ago(3), None, None),
        FiledRow(_id(2), first, school, "business", "passed", ago(900), _day(18), 18),
        FiledRow(_id(3), first, school, "business", "expired", ago(3000), _day(-9), -9),
    )
    return LicenceQueueScreen(rows, Window(3), "all", {"submitted": 1, "expiring": 1})


def queue_empty() -> LicenceQueueScreen:
    """Nothing waits."""
    return LicenceQueueScreen((), Window(), "submitted", {"submitted": 0, "expiring": 0})


def to_review() -> LicenceScreen:
    """One that waits, refused without a reason, with the one returned before."""
    waits, _passed, returned, _ended = _rows()
    said = say("机构会看到，请写明原因。", "The school sees it, so it must say why.")
    form = Form({"reason": ""}, {"reason": said})
    return LicenceScreen("zhixing", _schools()[0][1], waits, (returned,), form)


def reviewed() -> LicenceScreen:
    """One that passed."""
    return LicenceScreen("zhixing", _schools()[0][1], _rows()[1])


def _masked() -> Revealed:
    return Revealed(
        say("于**", "Y**"),
        "139****0001",
        say("于**", "Y**"),
        "1****************X",
        "y****@example.org",
        say("于**", "Y**"),
    )


def platform_looks() -> LooksScreen:
    """A number that nobody has, and who looked before."""
    said = say("没有该编号或推广码。", "Nobody here has this number or code.")
    form = Form({"subject": "order", "key": "ord_x"}, {"key": said})
    choices = tuple(Option(*one) for one in _schools())
    return LooksScreen(choices, "zhixing", _reveals(), Window(2), form)


def platform_looks_first() -> LooksScreen:
    """No school chosen yet."""
    return LooksScreen(tuple(Option(*one) for one in _schools()))


def subject() -> SubjectScreen:
    """Masked, and a reason that is too short."""
    said = say("原因至少 10 个字。", "Say why in at least 10 characters.")
    form = Form({"kind": "complaint", "reason": say("投诉", "complaint")}, {"reason": said})
    return SubjectScreen("zhixing", _schools()[0][1], "promoter", "yu", _masked(), form=form)


def subject_open() -> SubjectScreen:
    """Masked, with a reveal that is open."""
    ends = ago(minutes=-11)
    return SubjectScreen(
        "zhixing", _schools()[0][1], "promoter", "yu", _masked(), _id(1), ends_at=ends
    )


def revealed() -> RevealedScreen:
    """In full."""
    name = say("于小鱼", "Yu Xiaoyu")
    person = Revealed(name, "13900000001", name, "11010519491231002X", "yu@example.org", name)
    row = _reveal(1, "promoter", "yu", is_open=True, noted=False)
    return RevealedScreen("zhixing", _schools()[0][1], row, person)
