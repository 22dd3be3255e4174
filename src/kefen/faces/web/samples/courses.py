"""Sample screens of courses in the console."""

from dataclasses import replace
from datetime import timedelta

from kefen.faces.web.operator import course_screens as screens
from kefen.faces.web.samples.promoter import rule_percent
from kefen.faces.web.samples.words import NOW, courses, say
from kefen.faces.web.shared.screens import Form, Option, Window

_LOOKS = ("cover", "paper", "night", "cinnabar")
_ID = "00000000-0000-7000-8000-00000000000"


def listed() -> screens.CoursesScreen:
    """On sale, off it, and a draft without a lesson."""
    states = ("on_sale", "off_sale", "draft", "on_sale")
    rows = tuple(
        screens.CourseRow(
            code=one.code,
            title=one.title,
            teacher=one.teacher_name,
            category=say("考研", "Exams"),
            price=one.price,
            state=state,
            glyph=one.glyph,
            tone=one.tone,
            lesson_at=None if state == "draft" else NOW + timedelta(days=2),
            has_rule=state != "draft",
        )
        for one, state in zip(courses(), states, strict=False)
    )
    return screens.CoursesScreen("CNY", rows, Window(len(rows)))


def listed_empty() -> screens.CoursesScreen:
    """A school that just began."""
    return screens.CoursesScreen("CNY", (), Window(0))


def _lesson(nth: int) -> screens.LessonRow:
    at = NOW + timedelta(days=nth)
    title = say("第 {n} 讲：导数的几何意义", "Lesson {n}: what a derivative shows").format(n=nth)
    return screens.LessonRow(f"{_ID}{nth}", title, at, f"{at:%Y-%m-%dT%H:%M}", 90)


def _checks(*missing: str) -> tuple[screens.Check, ...]:
    keys = ("price", "teacher", "lesson", "refund_days", "words", "rule")
    return tuple(screens.Check(key, key not in missing, key != "rule") for key in keys)


def course() -> screens.CourseScreen:
    """On sale, with lessons, a rule and posters."""
    one = courses()[0]
    typed = {
        "title": one.title,
        "teacher": one.teacher_name,
        "list_price": "299.00",
        "category": say("考研", "Exams"),
        "refund_days": "7",
        "cover_glyph": one.glyph,
        "cover_tone": "indigo",
        "promotable": "1",
        "summary": say("讲透真题里的十二类大题。", "The twelve kinds of problems."),
        "outline": say("30 次直播\n回放一年", "30 live lessons\nReplays for a year"),
    }
    return screens.CourseScreen(
        currency="CNY",
        code=one.code,
        title=one.title,
        state="on_sale",
        checks=_checks(),
        lessons=(_lesson(1), _lesson(2)),
        rules=(rule_percent(),),
        posters=tuple((look, f"/styleguide/poster/{look}.jpg") for look in _LOOKS),
        prices=(
            screens.PriceRow("p3", 399_00, NOW + timedelta(days=8), "planned"),
            screens.PriceRow("p2", 299_00, NOW - timedelta(days=12), "now"),
            screens.PriceRow("p1", 259_00, NOW - timedelta(days=90), "past"),
        ),
        categories=(say("考研", "Exams"),),
        tones=(Option("indigo", say("靛蓝", "Indigo")), Option("jade", say("青玉", "Jade"))),
        form=Form(typed),
    )


def course_new() -> screens.CourseScreen:
    """Nothing typed yet."""
    return screens.CourseScreen(
        "CNY", "", "", "draft", tones=course().tones, form=Form({"refund_days": "7"})
    )


def course_refused() -> screens.CourseScreen:
    """A draft whose price makes no sense."""
    shown = course()
    wrong = {"list_price": say("请输入金额，如 59.80。", "Write an amount like 59.80.")}
    form = Form({**shown.form.values, "list_price": "29o"}, wrong)
    checks = _checks("price", "lesson", "rule")
    return replace(shown, state="draft", checks=checks, lessons=(), rules=(), posters=(), form=form)


def lesson_refused() -> screens.CourseScreen:
    """A lesson without a time."""
    shown = course()
    said = say("请填写日期和时间。", "Write a day and a time.")
    form = Form({"title": shown.lessons[0].title, "starts_at": ""}, {"starts_at": said})
    return replace(shown, refused=shown.lessons[0].id, lesson_form=form)


def with_photo() -> screens.CourseScreen:
    """A photo in the sign's place, and another one that was refused."""
    shown = course()
    said = say("无法读取：请选择 JPEG、PNG 或 WebP 照片。", "This is no photo that can be read.")
    form = Form({}, {"photo": said}, said)
    return replace(shown, photo="/styleguide/poster/cover.jpg", refused="photo", lesson_form=form)


def price_refused() -> screens.CourseScreen:
    """A price that would begin in the past."""
    said = say("请选择将来的时间。", "Choose a time to come.")
    form = Form({"amount": "399", "starts_at": "2026-01-01T10:00"}, {"starts_at": said})
    return replace(course(), refused="price", lesson_form=form)


def to_sell() -> screens.SaleScreen:
    """Everything is there."""
    one = courses()[0]
    return screens.SaleScreen("CNY", one.code, one.title, True, 299_00, 0, 4, 7, _checks())


def not_ready() -> screens.SaleScreen:
    """Something is missing."""
    return replace(to_sell(), checks=_checks("lesson", "rule"))


def to_take_off() -> screens.SaleScreen:
    """What follows from taking it off."""
    return replace(to_sell(), on=False, links=128)
