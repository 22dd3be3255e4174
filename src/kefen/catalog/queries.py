"""Reads of courses."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from kefen.catalog.contracts import PUBLIC_TEXTS, CourseRecord, LiveSession
from kefen.catalog.models import Course, Session, Status
from kefen.core.errors import NotFound, UnknownCourse
from kefen.platform import clock
from kefen.platform.tenancy.scope import institution_id
from kefen.platform.wording.contracts import PublicText

NEWEST_FIRST: Final = ("-created_at", "-id")
_COLUMNS = (
    "id",
    "code",
    "title",
    "category",
    "list_price",
    "promotable",
    "for_minors",
    "status",
    "refund_days",
)


def _records(rows: "QuerySet[Course]") -> list[CourseRecord]:
    return [_record(values) for values in rows.values_list(*_COLUMNS)]


def by_codes(codes: Iterable[str]) -> dict[str, CourseRecord]:
    """The courses with these codes, by code; unknown ones are left out."""
    return {record.code: record for record in _named("code", list(set(codes)))}


def by_ids(ids: Iterable[UUID]) -> dict[UUID, CourseRecord]:
    """The courses with these ids, by id."""
    return {record.id: record for record in _named("id", list(set(ids)))}


def titled_like(text: str) -> list[UUID]:
    """The ids of the courses with this text in their titles."""
    return list(Course.objects.filter(title__icontains=text).values_list("id", flat=True))


def _named(column: str, wanted: "list[str] | list[UUID]") -> list[CourseRecord]:
    """Courses by one column, past the ORM: every order placed asks for them."""
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM catalog_course"
            f" WHERE institution_id = %s AND {column} = ANY(%s)",
            [institution_id(), wanted],
        )
        return [_record(values) for values in cursor.fetchall()]


def _record(values: "tuple[Any, ...]") -> CourseRecord:
    key, code, title, category, price, promotable, for_minors, status, days = values
    on_sale = status == Status.ON_SALE
    return CourseRecord(key, code, title, category, price, promotable, for_minors, on_sale, days)


def all_courses() -> list[CourseRecord]:
    """Every course of the institution in scope, by code."""
    return _records(Course.objects.order_by("code"))


def longest_refund_days() -> int:
    """The longest refund time of any course."""
    return int(Course.objects.aggregate(days=Max("refund_days"))["days"] or 0)


def shelf() -> "QuerySet[Course]":
    """The courses on sale, newest first, for shop pages."""
    return Course.objects.filter(status=Status.ON_SALE).order_by(*NEWEST_FIRST)


def filtered(*, text: str = "", status: str = "") -> "QuerySet[Course]":
    """Courses by what stands in code, title, teacher or category, and by status; newest first."""
    found = Course.objects.order_by(*NEWEST_FIRST)
    if text:
        named = Q(code__icontains=text) | Q(title__icontains=text)
        found = found.filter(named | Q(teacher__icontains=text) | Q(category__icontains=text))
    return found.filter(status=status) if status else found


def published(code: str) -> Course:
    """One course that students may see: on sale, or once was. Raises UnknownCourse."""
    row = page(code)
    if row.status == Status.DRAFT:
        raise UnknownCourse(course=code)
    return row


def page(code: str) -> Course:
    """One course with everything its page shows. Raises UnknownCourse."""
    row = Course.objects.filter(code=code).first()
    if row is None:
        raise UnknownCourse(course=code)
    return row


NEEDED: Final = ("price", "teacher", "lesson", "refund_days")
"""What a course is not sold without."""


def missing(row: Course, at: datetime) -> tuple[str, ...]:
    """What of NEEDED a course lacks."""
    taught = Session.objects.filter(course_id=row.id, starts_at__gte=at).exists()
    there = (row.list_price > 0, bool(row.teacher.strip()), taught, row.refund_days > 0)
    return tuple(name for name, is_there in zip(NEEDED, there, strict=True) if not is_there)


def sessions_from(course_id: UUID, at: datetime, limit: int = 10) -> list[LiveSession]:
    """The course's live lessons that start at or after `at`, soonest first."""
    rows = Session.objects.filter(course_id=course_id, starts_at__gte=at).order_by("starts_at")
    return [LiveSession(row.id, row.title, row.starts_at, row.minutes) for row in rows[:limit]]


def session(session_id: UUID) -> Session:
    """One live lesson. Raises NotFound."""
    row = Session.objects.filter(id=session_id).first()
    if row is None:
        raise NotFound(what="session")
    return row


def next_sessions(at: datetime) -> dict[UUID, LiveSession]:
    """The next live lesson of each course, by course id; one query for any number of courses."""
    rows = (
        Session.objects.filter(starts_at__gte=at)
        .order_by("course_id", "starts_at")
        .distinct("course_id")
    )
    return {
        row.course_id: LiveSession(row.id, row.title, row.starts_at, row.minutes) for row in rows
    }


def live_now(at: datetime) -> set[UUID]:
    """The courses with a live lesson that is going on at an instant; one query."""
    # No lesson is longer than a day, so the index on the start finds them all.
    begun = Session.objects.filter(starts_at__lte=at, starts_at__gt=at - timedelta(days=1))
    found = begun.values_list("course_id", "starts_at", "minutes")
    return {course for course, start, minutes in found if at < start + timedelta(minutes=minutes)}


def session_counts() -> dict[UUID, int]:
    """How many live lessons each course has, by course id."""
    counted = Session.objects.values_list("course_id").annotate(number=Count("id")).order_by()
    return dict(counted)


def sessions_of(course_ids: Iterable[UUID]) -> dict[UUID, list[LiveSession]]:
    """All live lessons of some courses, soonest first, by course id; one query."""
    found: dict[UUID, list[LiveSession]] = {}
    rows = Session.objects.filter(course_id__in=set(course_ids)).order_by("starts_at", "id")
    for row in rows:
        session = LiveSession(row.id, row.title, row.starts_at, row.minutes)
        found.setdefault(row.course_id, []).append(session)
    return found


def public_texts(code: str = "", lesson: UUID | None = None) -> Iterator[PublicText]:
    """What the public reads of courses and their lessons that are to come; of one course or one
    lesson only where it is named."""
    courses = Course.objects.filter(code=code) if code else Course.objects.order_by("code")
    for row in () if lesson is not None else courses.iterator():
        for field in PUBLIC_TEXTS:
            yield PublicText(f"course:{row.code}", row.title, field, getattr(row, field))
    lessons = Session.objects.filter(starts_at__gte=clock.now()).order_by("starts_at", "id")
    lessons = lessons if lesson is None else Session.objects.filter(id=lesson)
    for one in () if code else lessons.iterator():
        yield PublicText(f"lesson:{one.id}", one.title, "title", one.title)
