"""Putting courses and live lessons into the catalogue."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from kefen.catalog.contracts import PUBLIC_TEXTS
from kefen.catalog.models import Course, Session, Status
from kefen.core.errors import InvalidInput, MinorsCourse, NotFound, NumberConflict, UnknownCourse
from kefen.core.ids import is_code
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.wording import queries as wording

# One slash: two would name another host.
_OWN_VIDEO: Final = re.compile(r"/(?!/)[A-Za-z0-9_./-]{1,180}\.(?:mp4|webm)")


@dataclass(frozen=True, slots=True)
class Trial:
    """A lesson that everybody may take: a text, a video of this very site, or both."""

    title: str
    minutes: int
    text: str = ""
    video: str = ""


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
    teacher_about: str = ""
    summary: str = ""
    outline: str = ""
    trial: Trial | None = None
    refund_days: int = 7
    cover_glyph: str = "课"
    cover_tone: str = "indigo"


@dataclass(frozen=True, slots=True)
class NewSession:
    """A live lesson to be scheduled."""

    title: str
    starts_at: datetime
    minutes: int


@needs(Deed.COURSES)
@transaction.atomic
def add_course(new: NewCourse, *, actor: Actor = SYSTEM) -> UUID:
    """Put a course on sale. Raises InvalidInput, NumberConflict, MinorsCourse, ForbiddenWords."""
    if not is_code(new.code):
        raise InvalidInput(field="code", reason="use 1 to 64 of A-Z a-z 0-9 . _ -")
    if new.list_price < 0:
        raise InvalidInput(field="list_price", reason="a price must not be negative")
    if new.for_minors and new.promotable:
        raise MinorsCourse(rule="minors", limit="not promotable", worst=new.code)
    if new.trial is not None:
        _check_trial(new.trial)
    row = _row(new)
    wording.check("course", **{field: getattr(row, field) for field in PUBLIC_TEXTS})
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise NumberConflict(number=new.code) from error
    audit.record(actor, "course.added", f"course:{new.code}", list_price=new.list_price)
    return row.id


def _row(new: NewCourse) -> Course:
    values = {name: getattr(new, name) for name in NewCourse.__slots__ if name != "trial"}
    if new.trial is not None:
        values |= {f"trial_{name}": getattr(new.trial, name) for name in Trial.__slots__}
    return Course(**values, status=Status.ON_SALE, created_at=clock.now())


def _check_trial(trial: Trial) -> None:
    """A trial lesson has something to take, and asks no other site for it."""
    if not trial.title.strip() or not (trial.text.strip() or trial.video):
        raise InvalidInput(
            field="trial", reason="a trial lesson has a title, and a text or a video"
        )
    if trial.minutes < 1:
        raise InvalidInput(field="trial", reason="a trial lesson takes at least a minute")
    if trial.video and not _OWN_VIDEO.fullmatch(trial.video):
        raise InvalidInput(
            field="trial", reason="a video is a path of this site, like /media/trial.mp4"
        )


@needs(Deed.COURSES)
@transaction.atomic
def take_over(courses: Sequence[NewCourse], *, actor: Actor = SYSTEM) -> None:
    """Take over courses from another system as they are; their texts are not linted, because
    nothing is published by it. Raises NumberConflict."""
    try:
        with transaction.atomic():
            Course.objects.bulk_create(_row(new) for new in courses)
    except IntegrityError as error:
        raise NumberConflict(number="course") from error
    audit.record(actor, "courses.taken_over", "courses", count=len(courses))


@needs(Deed.COURSES)
@transaction.atomic
def schedule(course_id: UUID, sessions: Sequence[NewSession]) -> None:
    """Add live lessons to a course. Raises ForbiddenWords."""
    for session in sessions:
        wording.check("lesson", title=session.title)
    Session.objects.bulk_create(
        Session(course_id=course_id, title=s.title, starts_at=s.starts_at, minutes=s.minutes)
        for s in sessions
    )


@needs(Deed.COURSES)
@transaction.atomic
def reword(code: str, field: str, text: str, *, actor: Actor = SYSTEM) -> None:
    """Write one public text of a course anew. Raises UnknownCourse, NotFound for a field that is
    none, InvalidInput, ForbiddenWords."""
    if field not in PUBLIC_TEXTS:
        raise NotFound(what=field)
    row = Course.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise UnknownCourse(course=code)
    needed = getattr(row, field) and field in ("title", "trial_title", "category", "cover_glyph")
    text = _fitting(Course, field, text, needed=bool(needed))
    wording.check("course", **{field: text})
    setattr(row, field, text)
    row.save(update_fields=[field])
    audit.record(actor, "course.reworded", f"course:{code}", field=field)


@needs(Deed.COURSES)
@transaction.atomic
def reword_lesson(session_id: UUID, title: str, *, actor: Actor = SYSTEM) -> None:
    """Give a live lesson another title. Raises NotFound, InvalidInput, ForbiddenWords."""
    row = Session.objects.select_for_update().filter(id=session_id).first()
    if row is None:
        raise NotFound(what="lesson")
    row.title = _fitting(Session, "title", title, needed=True)
    wording.check("lesson", title=row.title)
    row.save(update_fields=["title"])
    audit.record(actor, "lesson.reworded", f"lesson:{session_id}", field="title")


def _fitting(model: type[Course] | type[Session], field: str, text: str, *, needed: bool) -> str:
    """A text as the column takes it. Raises InvalidInput for none where one is needed, and for
    one that is too long."""
    text = text.strip().replace("\r\n", "\n")
    longest = getattr(model._meta.get_field(field), "max_length", None)  # noqa: SLF001
    if needed and not text:
        raise InvalidInput(field="text", reason="write something")
    if longest is not None and len(text) > longest:
        raise InvalidInput(field="text", reason=f"at most {longest} characters")
    return text
