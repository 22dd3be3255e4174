"""Reads of courses."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kefen.catalog.contracts import PUBLIC_TEXTS, CourseRecord, LiveSession, PriceRecord
from kefen.catalog.models import Course, Cover, Price, Session, Status
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
# Two arrays in one order: when each price begins, and how much it is.
_PRICES = ", ".join(
    f"ARRAY(SELECT p.{column} FROM catalog_price p WHERE p.institution_id = c.institution_id"
    " AND p.course_id = c.id AND p.dropped_at IS NULL ORDER BY p.starts_at, p.id)"
    for column in ("starts_at", "amount")
)
_READ = f"SELECT {', '.join(f'c.{name}' for name in _COLUMNS)}, {_PRICES} FROM catalog_course c"


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
            f"{_READ} WHERE c.institution_id = %s AND c.{column} = ANY(%s)",
            [institution_id(), wanted],
        )
        return _records(cursor.fetchall())


def _records(rows: "Iterable[tuple[Any, ...]]") -> list[CourseRecord]:
    """As they are now."""
    now = clock.now()
    return [_record(values).at(now) for values in rows]


def _record(values: "tuple[Any, ...]") -> CourseRecord:
    key, code, title, category, price, promotable, for_minors, status, days, begins, amounts = (
        values
    )
    on_sale, prices = status == Status.ON_SALE, tuple(zip(begins, amounts, strict=True))
    return CourseRecord(
        key, code, title, category, price, promotable, for_minors, on_sale, days, prices
    )


def all_courses() -> list[CourseRecord]:
    """Every course of the institution in scope, by code."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_READ} WHERE c.institution_id = %s ORDER BY c.code", [institution_id()])
        return _records(cursor.fetchall())


def _priced() -> "QuerySet[Course]":
    """Courses with the `price` that is in force now."""
    begun = Price.objects.filter(
        course_id=OuterRef("id"), dropped_at=None, starts_at__lte=clock.now()
    ).order_by("-starts_at", "-id")
    last = Subquery(begun.values("amount")[:1])
    # By a mapping: the model names the attribute, for rows that come from here.
    now = {"price": Coalesce(last, F("list_price"))}
    return Course.objects.annotate(**now)


def prices_of(course_id: UUID) -> list[PriceRecord]:
    """All prices that a course had or will have, the last to begin first."""
    rows = Price.objects.filter(course_id=course_id, dropped_at=None).order_by("-starts_at", "-id")
    return [PriceRecord(row.id, row.amount, row.starts_at, row.made_at) for row in rows]


def cover_photo(course_id: UUID, *, wide: bool = True) -> bytes:
    """A course's cover photo as a JPEG; empty where it has none."""
    size = "wide" if wide else "small"
    found = Cover.objects.filter(course_id=course_id).values_list(size, flat=True).first()
    return bytes(found) if found is not None else b""


def longest_refund_days() -> int:
    """The longest refund time of any course."""
    return int(Course.objects.aggregate(days=Max("refund_days"))["days"] or 0)


def shelf() -> "QuerySet[Course]":
    """The courses on sale, newest first, for shop pages."""
    return _priced().filter(status=Status.ON_SALE).order_by(*NEWEST_FIRST)


def filtered(*, text: str = "", status: str = "") -> "QuerySet[Course]":
    """Courses by what stands in code, title, teacher or category, and by status; newest first."""
    found = _priced().order_by(*NEWEST_FIRST)
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
    row = _priced().filter(code=code).first()
    if row is None:
        raise UnknownCourse(course=code)
    return row


NEEDED: Final = ("price", "teacher", "lesson", "refund_days")
"""What a course is not sold without."""


def missing(row: Course, at: datetime) -> tuple[str, ...]:
    """What of NEEDED a course lacks."""
    taught = Session.objects.filter(course_id=row.id, starts_at__gte=at).exists()
    there = (row.price > 0, bool(row.teacher.strip()), taught, row.refund_days > 0)
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


def page_of_lesson(session_id: UUID) -> Course:
    """The course of a live lesson. Raises NotFound, UnknownCourse."""
    return page(session(session_id).course.code)


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
