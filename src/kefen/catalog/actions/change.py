"""Changing a course: what is said of it, what it costs, how long it can be given back."""

from dataclasses import replace
from typing import Final

from django.db import transaction

from kefen.catalog.actions.add import NewCourse, check, values_of
from kefen.catalog.actions.price import begin_price
from kefen.catalog.models import Course
from kefen.catalog.queries import by_codes
from kefen.core.errors import UnknownCourse
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs

# The audit log is a list of deeds, not a second copy of every course.
_LONGEST: Final = 200


@needs(Deed.COURSES)
@transaction.atomic
def change_course(new: NewCourse, *, actor: Actor = SYSTEM) -> bool:
    """Let the course of this code be as it is told now; answers whether anything changed.

    Orders placed before keep their price, their refund time and their rebate: all of these stand
    on their lines. Raises UnknownCourse, InvalidInput, MinorsCourse, ForbiddenWords.
    """
    row = locked(new.code)
    row.list_price = row.price
    wanted = values_of(replace(new, code=row.code))
    before = {
        name: getattr(row, name) for name, value in wanted.items() if _differs(row, name, value)
    }
    if not before:
        return False
    check(new)
    for name in before:
        setattr(row, name, wanted[name])
    row.save(update_fields=list(before))
    if "list_price" in before:
        begin_price(row, new.list_price, clock.now(), before=row.price)
    after = {name: wanted[name] for name in before}
    subject = f"course:{row.code}"
    audit.record(actor, "course.changed", subject, before=_short(before), after=_short(after))
    return True


def locked(code: str) -> Course:
    """A course that nobody else changes until the transaction ends. Raises UnknownCourse."""
    row = Course.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise UnknownCourse(course=code)
    row.price = by_codes([code])[code].list_price
    return row


def _differs(row: Course, name: str, value: object) -> bool:
    return bool(getattr(row, name) != value)


def _short(values: dict[str, object]) -> dict[str, object]:
    return {
        name: value[:_LONGEST] if isinstance(value, str) else value
        for name, value in values.items()
    }
