"""Courses as every face shows them, read set-based."""

from collections.abc import Sequence

from django.urls import reverse

from kefen.catalog import queries as catalog
from kefen.catalog.models import Course
from kefen.faces.web.student.screens import CourseCard
from kefen.platform import clock
from kefen.platform.tenancy.queries import current

TONES = {"indigo": 0, "jade": 1, "amber": 2, "crimson": 3, "violet": 4, "slate": 5}


def cards(courses: Sequence[Course]) -> tuple[CourseCard, ...]:
    """Cards of some courses; two queries for any number, three where a course came without its
    price, as with an order or a link."""
    upcoming, counts = catalog.next_sessions(clock.now()), catalog.session_counts()
    prices = {course.id: course.price for course in courses if "price" in vars(course)}
    asked = catalog.by_ids(course.id for course in courses if course.id not in prices)
    prices |= {key: known.list_price for key, known in asked.items()}
    return tuple(
        CourseCard(
            code=course.code,
            title=course.title,
            teacher_name=course.teacher,
            price=prices[course.id],
            glyph=course.cover_glyph,
            tone=TONES.get(course.cover_tone, sum(course.cover_tone.encode()) % 6),
            starts_at=upcoming[course.id].starts_at if course.id in upcoming else None,
            lesson_count=counts.get(course.id, 0),
            photo=photo(course, "small"),
            banner=photo(course, "wide"),
        )
        for course in courses
    )


def photo(course: Course, size: str) -> str:
    """Where the cover photo is, `wide` or `small`; empty where the sign is shown."""
    if not course.cover_digest:
        return ""
    about = [current().slug, course.code, size, course.cover_digest]
    return reverse("web:course_photo", args=about)


def card(course: Course) -> CourseCard:
    """The card of one course."""
    return cards([course])[0]
