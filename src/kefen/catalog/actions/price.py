"""Prices that begin at an instant to come. Orders keep the price they were placed at."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kefen.catalog.models import Course, Price
from kefen.core.errors import InvalidInput, NotFound, UnknownCourse
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs


@needs(Deed.COURSES)
@transaction.atomic
def plan_price(code: str, amount: int, starts_at: datetime, *, actor: Actor = SYSTEM) -> UUID:
    """Let a course cost something else from an instant to come on; the same plan twice is one.

    Raises UnknownCourse, InvalidInput (it is not to come, or the price is negative).
    """
    row = _locked(code)
    if amount < 0:
        raise InvalidInput(field="amount", reason="a price must not be negative")
    if starts_at <= clock.now():
        raise InvalidInput(field="starts_at", reason="choose a time to come")
    planned = {"course_id": row.id, "starts_at": starts_at, "dropped_at": None}
    same = Price.objects.filter(amount=amount, **planned).order_by("-id").first()
    if same is not None:
        return same.id
    # Two prices of one instant: the later decision counts, and the earlier one is out.
    Price.objects.filter(**planned).update(dropped_at=clock.now())
    made = begin_price(row, amount, starts_at, before=row.list_price)
    audit.record(
        actor, "price.planned", f"course:{code}", amount=amount, after=starts_at.isoformat()
    )
    return made.id


@needs(Deed.COURSES)
@transaction.atomic
def drop_price(code: str, price_id: UUID, *, actor: Actor = SYSTEM) -> None:
    """Drop a planned price; dropped already, nothing changes. Raises UnknownCourse, NotFound,
    InvalidInput (it has begun)."""
    row = _locked(code)
    price = Price.objects.filter(id=price_id, course_id=row.id).first()
    if price is None:
        raise NotFound(what="price")
    if price.dropped_at is not None:
        return
    if price.starts_at <= clock.now():
        raise InvalidInput(field="price", reason="it has begun; set another price instead")
    price.dropped_at = clock.now()
    price.save(update_fields=["dropped_at"])
    audit.record(actor, "price.dropped", f"course:{code}", amount=price.amount)


def begin_price(row: Course, amount: int, starts_at: datetime, *, before: int) -> Price:
    """Note a price of a locked course, and the one `before` the first of them."""
    now = clock.now()
    if not Price.objects.filter(course_id=row.id).exists():
        first = min(row.created_at, now)
        Price.objects.create(course_id=row.id, amount=before, starts_at=first, made_at=now)
    return Price.objects.create(course_id=row.id, amount=amount, starts_at=starts_at, made_at=now)


def _locked(code: str) -> Course:
    row = Course.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise UnknownCourse(course=code)
    return row
