"""When a course is taught live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from kefen.catalog.models import Session
from kefen.core.errors import InvalidInput, LessonLinked, NotFound
from kefen.core.periods import format_instant
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.wording import queries as wording

# The reads of what is live now count on it.
LONGEST_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class NewSession:
    """A live lesson to be scheduled."""

    title: str
    starts_at: datetime
    minutes: int


@needs(Deed.COURSES)
@transaction.atomic
def schedule(
    course_id: UUID, sessions: Sequence[NewSession], *, actor: Actor = SYSTEM
) -> list[UUID]:
    """Add live lessons to a course. Raises InvalidInput, ForbiddenWords."""
    for one in sessions:
        _check(one)
    made = Session.objects.bulk_create(
        Session(course_id=course_id, title=s.title, starts_at=s.starts_at, minutes=s.minutes)
        for s in sessions
    )
    for row in made:
        audit.record(actor, "lesson.added", f"lesson:{row.id}", after=_facts(row))
    return [row.id for row in made]


@needs(Deed.COURSES)
@transaction.atomic
def move_lesson(session_id: UUID, new: NewSession, *, actor: Actor = SYSTEM) -> bool:
    """Let a lesson be at another time, or be called otherwise; its links go on leading there.

    Answers whether anything changed. Raises NotFound, InvalidInput, ForbiddenWords."""
    row = _locked(session_id)
    _check(new)
    before = _facts(row)
    row.title, row.starts_at, row.minutes = new.title, new.starts_at, new.minutes
    if _facts(row) == before:
        return False
    row.save(update_fields=["title", "starts_at", "minutes"])
    audit.record(actor, "lesson.moved", f"lesson:{row.id}", before=before, after=_facts(row))
    return True


@needs(Deed.COURSES)
@transaction.atomic
def drop_lesson(session_id: UUID, *, actor: Actor = SYSTEM) -> None:
    """Take a lesson out of the schedule. Raises NotFound, and LessonLinked where a promoter's
    link leads to it: that one is moved instead, so that no link ends in nothing."""
    row = _locked(session_id)
    before, key = _facts(row), row.id
    try:
        with transaction.atomic():
            row.delete()
            connection.check_constraints()
    except IntegrityError as error:
        raise LessonLinked(lesson=row.title) from error
    audit.record(actor, "lesson.dropped", f"lesson:{key}", before=before)


def _check(new: NewSession) -> None:
    if not new.title.strip():
        raise InvalidInput(field="title", reason="a lesson has a title")
    if not 1 <= new.minutes <= LONGEST_MINUTES:
        raise InvalidInput(field="minutes", reason="a lesson takes from a minute to a day")
    wording.check("lesson", title=new.title)


def _locked(session_id: UUID) -> Session:
    row = Session.objects.select_for_update().filter(id=session_id).first()
    if row is None:
        raise NotFound(what="session")
    return row


def _facts(row: Session) -> dict[str, object]:
    return {
        "course": str(row.course_id),
        "title": row.title,
        "starts_at": format_instant(row.starts_at),
        "minutes": row.minutes,
    }
