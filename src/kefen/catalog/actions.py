"""Putting courses and live lessons into the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from kefen.catalog.models import Course, Session, Status
from kefen.core.compliance import check_text
from kefen.core.errors import InvalidInput, MinorsCourse, NumberConflict
from kefen.core.ids import is_code
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.tenancy.queries import limits


@dataclass(frozen=True, slots=True)
class NewCourse:
    """What is told about a new course; `list_price` in minor units."""

    code: str
    title: str
    category: str
    list_price: int
    promotable: bool = True
    for_minors: bool = False
    teacher: str = ""
    summary: str = ""
    outline: str = ""
    refund_days: int = 7
    cover_glyph: str = "课"
    cover_tone: str = "indigo"


@dataclass(frozen=True, slots=True)
class NewSession:
    """A live lesson to be scheduled."""

    title: str
    starts_at: datetime
    minutes: int


@transaction.atomic
def add_course(new: NewCourse, *, actor: Actor = SYSTEM) -> UUID:
    """Put a course on sale. Raises InvalidInput, NumberConflict, MinorsCourse, ForbiddenWords."""
    if not is_code(new.code):
        raise InvalidInput(field="code", reason="use 1 to 64 of A-Z a-z 0-9 . _ -")
    if new.list_price < 0:
        raise InvalidInput(field="list_price", reason="a price must not be negative")
    if new.for_minors and new.promotable:
        raise MinorsCourse(rule="minors", limit="not promotable", worst=new.code)
    check_text("course", f"{new.title} {new.summary} {new.outline}", limits())
    try:
        with transaction.atomic():
            row = Course.objects.create(
                **{name: getattr(new, name) for name in NewCourse.__slots__},
                status=Status.ON_SALE,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise NumberConflict(number=new.code) from error
    audit.record(actor, "course.added", f"course:{new.code}", list_price=new.list_price)
    return row.id


@transaction.atomic
def take_over(courses: Sequence[NewCourse], *, actor: Actor = SYSTEM) -> None:
    """Take over courses from another system as they are; their texts are not linted, because
    nothing is published by it. Raises NumberConflict."""
    try:
        with transaction.atomic():
            Course.objects.bulk_create(
                Course(
                    **{name: getattr(new, name) for name in NewCourse.__slots__},
                    status=Status.ON_SALE,
                    created_at=clock.now(),
                )
                for new in courses
            )
    except IntegrityError as error:
        raise NumberConflict(number="course") from error
    audit.record(actor, "courses.taken_over", "courses", count=len(courses))


@transaction.atomic
def schedule(course_id: UUID, sessions: Sequence[NewSession]) -> None:
    """Add live lessons to a course."""
    Session.objects.bulk_create(
        Session(course_id=course_id, title=s.title, starts_at=s.starts_at, minutes=s.minutes)
        for s in sessions
    )
