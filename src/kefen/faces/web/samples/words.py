"""Names, courses and moments that the samples share, in the language being shown."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import get_language

from kefen.faces.web.student.screens import CourseCard

NOW = datetime(2026, 11, 22, 12, 41, 8, tzinfo=UTC)


def say(chinese: str, english: str) -> str:
    """What a school or a person would have typed, in the language being shown."""
    return english if get_language() == "en" else chinese


def ago(days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
    """A moment before the sample's present."""
    return NOW - timedelta(days=days, hours=hours, minutes=minutes)


def ahead(days: float = 0, hours: float = 0) -> datetime:
    """A moment after the sample's present."""
    return NOW + timedelta(days=days, hours=hours)


def courses() -> tuple[CourseCard, ...]:
    """Adult and vocational courses only."""
    return (
        CourseCard(
            "maths30",
            say("考研数学 30 天冲刺班", "Postgraduate maths, 30-day sprint"),
            say("陈立老师", "Chen Li"),
            29900,
            say("数", "M"),
            0,
            live_viewers=312,
            lesson_count=30,
        ),
        CourseCard(
            "ielts7",
            say("雅思口语 7 分陪跑营", "IELTS speaking 7.0 camp"),
            say("Lucy 老师", "Lucy"),
            59900,
            say("雅", "I"),
            1,
            starts_at=ahead(9),
            lesson_count=24,
        ),
        CourseCard(
            "python",
            say("零基础 Python 数据分析", "Python data analysis from zero"),
            say("周航老师", "Zhou Hang"),
            19900,
            "Py",
            2,
            lesson_count=42,
        ),
        CourseCard(
            "accountant",
            say("初级会计职称全程班", "Junior accountant, full course"),
            say("林悦老师", "Lin Yue"),
            88000,
            say("会", "A"),
            3,
            starts_at=ahead(15),
            lesson_count=60,
        ),
    )


def promoter_name() -> str:
    """The promoter of every sample."""
    return say("小鱼妈妈", "Fishy's mum")
