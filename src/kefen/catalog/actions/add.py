"""Putting courses into the catalogue."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from kefen.catalog.contracts import PUBLIC_TEXTS
from kefen.catalog.models import Course, Status
from kefen.core.errors import InvalidInput, MinorsCourse, NumberConflict
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


@needs(Deed.COURSES)
@transaction.atomic
def add_course(new: NewCourse, *, draft: bool = False, actor: Actor = SYSTEM) -> UUID:
    """Put a course on sale, or keep it as a draft that nobody sees. Raises InvalidInput,
    NumberConflict, MinorsCourse, ForbiddenWords."""
    if not is_code(new.code):
        raise InvalidInput(field="code", reason="use 1 to 64 of A-Z a-z 0-9 . _ -")
    check(new)
    row = _row(new, Status.DRAFT if draft else Status.ON_SALE)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise NumberConflict(number=new.code) from error
    audit.record(actor, "course.added", f"course:{new.code}", list_price=new.list_price)
    return row.id


def check(new: NewCourse) -> None:
    """What every course keeps to, new or changed. Raises InvalidInput, MinorsCourse,
    ForbiddenWords."""
    if not new.title.strip():
        raise InvalidInput(field="title", reason="a course has a title")
    if new.list_price < 0:
        raise InvalidInput(field="list_price", reason="a price must not be negative")
    if new.for_minors and new.promotable:
        raise MinorsCourse(rule="minors", limit="not promotable", worst=new.code)
    if new.trial is not None:
        _check_trial(new.trial)
    values = values_of(new)
    wording.check("course", **{field: str(values[field]) for field in PUBLIC_TEXTS})


def values_of(new: NewCourse) -> dict[str, object]:
    """A course's columns as they are told; without a trial lesson its columns are empty."""
    values = {name: getattr(new, name) for name in NewCourse.__slots__ if name != "trial"}
    trial = new.trial or Trial("", 0)
    return values | {f"trial_{name}": getattr(trial, name) for name in Trial.__slots__}


def _row(new: NewCourse, status: Status = Status.ON_SALE) -> Course:
    return Course(**values_of(new), status=status, created_at=clock.now())


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
