"""Moving a reserved student to another promoter: by a person, with a reason, for later orders."""

from typing import Final
from uuid import UUID

from django.db import transaction

from kefen.core.errors import InvalidInput, NotFound
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import rights
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.promoters import queries as promoters
from kefen.referrals.locks import lock_students
from kefen.referrals.models import Binding

_LONGEST: Final = 200


@needs(Deed.PROMOTERS)
@transaction.atomic
def rebind(binding_id: UUID, promoter: str, *, reason: str, actor: Actor) -> UUID:
    """Reserve the student of an active binding for another promoter from now on; answers the
    binding that holds. The end stays what it was when the student was first reserved, so that a
    move gives nobody more time, and orders already placed stay with whom they were given to. The
    promoter he is reserved for already changes nothing.

    Raises InvalidInput (no reason, a promoter who is not active, the student himself), NotFound
    (the binding ended or was replaced meanwhile), UnknownPromoter, NotAllowed.
    """
    rights.require_person(Deed.PROMOTERS, actor)
    told = reason.strip()
    if not told:
        raise InvalidInput(field="reason", reason="say why: whoever asks later must see it")
    if len(told) > _LONGEST:
        raise InvalidInput(field="reason", reason="at most 200 characters")
    student = Binding.objects.filter(id=binding_id).values_list("student_id", flat=True).first()
    if student is None:
        raise NotFound(what="binding")
    lock_students([student])
    now = clock.now()
    row = (
        Binding.objects.select_for_update(of=("self",))
        .select_related("promoter")
        .get(id=binding_id)
    )
    if row.replaced_at is not None or not row.starts_at <= now < row.ends_at:
        raise NotFound(what="binding")
    wanted = promoters.by_code(promoter)
    if wanted.id == row.promoter_id:
        return row.id
    if not wanted.active_at(now):
        raise InvalidInput(field="promoter", reason="this promoter is not active")
    if wanted.account_id == student:
        raise InvalidInput(field="promoter", reason="nobody is reserved for himself")
    # Nobody is reserved for no time: a binding that begins now ends after now.
    row.replaced_at = now
    row.save(update_fields=["replaced_at"])
    made = Binding.objects.create(
        student_id=student, promoter_id=wanted.id, starts_at=now, ends_at=row.ends_at
    )
    facts = {"student": str(student), "before": row.promoter.code, "after": promoter}
    for one, verb in ((row.promoter.code, "gave_student"), (promoter, "got_student")):
        audit.record(actor, f"promoter.{verb}", f"promoter:{one}", reason=told, **facts)
    return made.id
