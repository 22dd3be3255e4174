"""Putting a course on sale and taking it off."""

from django.db import transaction

from kefen.catalog import queries
from kefen.catalog.actions.change import locked
from kefen.catalog.contracts import PUBLIC_TEXTS
from kefen.catalog.models import Course, Status
from kefen.core.errors import CourseNotReady
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.wording import queries as wording


@needs(Deed.COURSES)
@transaction.atomic
def put_on_sale(code: str, *, actor: Actor = SYSTEM) -> None:
    """Let students see and buy a course; on sale already, nothing changes.

    Raises UnknownCourse, CourseNotReady (with what is missing), ForbiddenWords: the platform's
    words may have changed since the texts were written.
    """
    row = locked(code)
    if row.status == Status.ON_SALE:
        return
    missing = queries.missing(row, clock.now())
    if missing:
        raise CourseNotReady(course=row.title, missing=", ".join(missing))
    wording.check("course", **{field: getattr(row, field) for field in PUBLIC_TEXTS})
    _move(row, Status.ON_SALE, actor)


@needs(Deed.COURSES)
@transaction.atomic
def take_off_sale(code: str, *, actor: Actor = SYSTEM) -> None:
    """Let nobody buy a course any more. Who bought it keeps it, links keep leading to its page and
    count as before, and that page shows the other courses. Raises UnknownCourse."""
    row = locked(code)
    if row.status != Status.OFF_SALE:
        _move(row, Status.OFF_SALE, actor)


def _move(row: Course, status: Status, actor: Actor) -> None:
    before, row.status = row.status, status
    row.save(update_fields=["status"])
    audit.record(
        actor, f"course.{status.value}", f"course:{row.code}", before=before, after=status.value
    )
