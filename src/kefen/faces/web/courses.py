"""Courses as every face shows them, read set-based."""

from collections.abc import Sequence

from kefen.catalog import queries as catalog
from kefen.catalog.models import Course
from kefen.faces.web.student.screens import CourseCard
from kefen.platform import clock

TONES = {"indigo": 0, "jade": 1, "amber": 2, "crimson": 3, "violet": 4, "slate": 5}


def cards(courses: Sequence[Course]) -> tuple[CourseCard, ...]:
    """Cards of some courses; two queries for any number."""
    upcoming, counts = catalog.next_sessions(clock.now()), catalog.session_counts()
    return tuple(
        CourseCard(
            code=course.code,
            title=course.title,
            teacher_name=course.teacher,
            price=course.list_price,
            glyph=course.cover_glyph,
            tone=TONES.get(course.cover_tone, sum(course.cover_tone.encode()) % 6),
            starts_at=upcoming[course.id].starts_at if course.id in upcoming else None,
            lesson_count=counts.get(course.id, 0),
        )
        for course in courses
    )


def card(course: Course) -> CourseCard:
    """The card of one course."""
    return cards([course])[0]
