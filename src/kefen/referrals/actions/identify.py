"""A visitor turns out to be a student: from now on his touches count as the student's."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kefen.core.attribution import PromoterFact, bind_on_identify
from kefen.core.ids import uuid7
from kefen.platform import clock
from kefen.platform.tenancy.bulk import insert_rows
from kefen.programmes import queries as programmes
from kefen.referrals.history import history_of
from kefen.referrals.locks import lock_students
from kefen.referrals.models import Binding, Tie


@transaction.atomic
def identify(visitor: UUID, student_id: UUID, *, at: datetime | None = None) -> None:
    """Tie a visitor to a student, for ever; may make a binding (domain.md §2).

    Every call counts, also a repeated one: a student without an active binding gets one if
    attribution at this instant has a winner and the version in force has `binding_days` > 0.
    """
    instant = clock.now() if at is None else at
    insert_rows(
        Tie,
        ("id", "visitor_id", "student_id", "at"),
        [(uuid7(), visitor, student_id, instant)],
        skip_known=True,
    )
    version = programmes.schedule().in_force(instant)
    if version is None or version.terms.policy.binding_days <= 0:
        return
    lock_students([student_id])
    bound = history_of([student_id], bindings=True, touches=False)
    if bound.binding_at(student_id, instant) is not None:
        return
    history = history_of([student_id], bindings=False)
    made = bind_on_identify(
        touches=history.touches.get(student_id, []),
        at=instant,
        policy=version.terms.policy,
        student=student_id,
        promoters={
            record.code: PromoterFact(record.code, record.active_at(instant), record.account_id)
            for record in history.promoters.values()
        },
    )
    if made is not None:
        cut = bound.next_start(student_id, made.starts_at)
        Binding.objects.create(
            student_id=student_id,
            promoter_id=history.promoters[made.promoter].id,
            starts_at=made.starts_at,
            ends_at=made.ends_at,
            replaced_at=None if cut is None or cut >= made.ends_at else cut,
        )
