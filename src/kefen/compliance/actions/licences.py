"""Licences: the school hands one in, the platform passes it or returns it with a reason.

Nothing of a submission ever changes; a renewal is another one, and the paper before it stays in
force until the new one passes or it ends. Locks: the kind's within the school, or the row of the
platform's queue.
"""

import hashlib
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from kefen.compliance import queries
from kefen.compliance.actions.tell import tell_owners
from kefen.compliance.contracts import LARGEST_SCAN, LicenceKind, LicenceState, NewLicence, Scan
from kefen.compliance.models import FiledLicence, Licence, LicenceDecision, LicenceFile
from kefen.core.errors import (
    IllegalTransition,
    InvalidInput,
    InvariantBroken,
    LicenceNeeded,
    LicenceWaits,
    NotFound,
)
from kefen.core.licences import FileType, file_type
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import acting, rights
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy.scope import institution_id

_NUMBER, _HOLDER, _REASON = 64, 120, 200
_ENDINGS = {FileType.PDF: "pdf", FileType.JPEG: "jpg", FileType.PNG: "png"}


@needs(Deed.LICENCES)
@transaction.atomic
def submit_licence(new: NewLicence, *, actor: Actor = SYSTEM) -> UUID:
    """Hand a licence in, to be looked at by the platform. Raises InvalidInput, LicenceWaits."""
    media, begins = _checked(new), _begins(new.valid_from, new.valid_until)
    _one_at_a_time(new.kind)
    if queries.waits(new.kind):
        raise LicenceWaits(kind=new.kind)
    now = clock.now()
    row = Licence.objects.create(
        kind=new.kind,
        number=new.number.strip(),
        holder=new.holder.strip(),
        valid_from=begins,
        valid_until=new.valid_until,
        media_type=media.value,
        size=len(new.content),
        digest=hashlib.sha256(new.content).digest(),
        submitted_by=actor.user,
        submitted_at=now,
    )
    LicenceFile.objects.create(licence_id=row.id, content=new.content)
    FiledLicence.objects.create(
        id=row.id,
        institution_id=institution_id(),
        kind=new.kind,
        submitted_at=now,
        valid_until=new.valid_until,
    )
    until = None if new.valid_until is None else new.valid_until.isoformat()
    audit.record(actor, "licence.submitted", f"licence:{row.id}", kind=new.kind, until=until)
    return row.id


def _checked(new: NewLicence) -> FileType:
    """What the file is. Raises InvalidInput for anything that cannot be a licence."""
    if new.kind not in set(LicenceKind):
        raise InvalidInput(field="kind", reason="choose one of the list")
    for field, value, longest in (
        ("licence_number", new.number, _NUMBER),
        ("holder", new.holder, _HOLDER),
    ):
        if not 0 < len(value.strip()) <= longest:
            raise InvalidInput(field=field, reason="write it as it stands on the licence")
    media = file_type(new.content)
    if media is None or len(new.content) > LARGEST_SCAN:
        raise InvalidInput(field="scan", reason="choose a PDF, JPEG or PNG file of at most 5 MB")
    return media


def _begins(first: date | None, last: date | None) -> date:
    """The first day. Raises InvalidInput for days that no licence has, or that are over."""
    if first is None:
        raise InvalidInput(field="valid_from", reason="write a day")
    if last is not None and last < first:
        raise InvalidInput(field="valid_until", reason="it ends before it begins")
    if last is not None and last < queries.today():
        raise InvalidInput(field="valid_until", reason="it has ended already")
    return first


def _one_at_a_time(kind: str) -> None:
    """Wait for whoever hands in a licence of this kind for this school at this moment."""
    name = hashlib.sha256(f"licence:{institution_id()}:{kind}".encode()).digest()
    with connection.cursor() as cursor:
        number = int.from_bytes(name[:8], signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [number])


@needs(Deed.LICENCE_REVIEW)
@transaction.atomic
def decide_licence(
    licence: UUID, state: LicenceState, reason: str = "", *, actor: Actor = SYSTEM
) -> None:
    """Pass a licence of the institution in scope, or return it with a reason; its owners are told.
    Raises NotFound, InvalidInput, IllegalTransition for one that is decided."""
    reason = reason.strip()
    filed = (
        FiledLicence.objects.select_for_update(of=("self",))
        .filter(id=licence, institution_id=institution_id())
        .first()
    )
    if filed is None:
        raise NotFound(what="licence")
    if filed.state != LicenceState.SUBMITTED or state is LicenceState.SUBMITTED:
        raise IllegalTransition(machine="Licence", current=filed.state, to=state.value)
    if state is LicenceState.RETURNED and not reason:
        raise InvalidInput(field="reason", reason="the school sees it, so it must say why")
    if len(reason) > _REASON:
        raise InvalidInput(field="reason", reason="at most 200 characters")
    LicenceDecision.objects.create(
        licence_id=licence,
        state=state.value,
        reason=reason,
        decided_by=actor.user,
        decided_at=clock.now(),
    )
    filed.state = state
    filed.save(update_fields=["state"])
    audit.record(
        actor, f"licence.{state.value}", f"licence:{licence}", kind=filed.kind, reason=reason
    )
    tell_owners(f"licence.{state.value}")


@transaction.atomic
def read_scan(licence: UUID, *, actor: Actor = SYSTEM) -> Scan:
    """The scan of a licence, for who hands licences in and who reviews them; each reading is noted
    in the school's log. Raises NotFound, NotAllowed."""
    who = acting.named(actor)
    is_platform = who.kind is ActorKind.PLATFORM
    rights.require(Deed.LICENCE_REVIEW if is_platform else Deed.LICENCES, who)
    row = queries.licence(licence)
    content = bytes(LicenceFile.objects.get(licence_id=licence).content)
    if hashlib.sha256(content).digest() != bytes(row.digest):
        raise InvariantBroken(invariant="the scan of a licence is what was handed in")
    audit.record(who, "licence.read", f"licence:{licence}", kind=row.kind)
    ending = _ENDINGS[FileType(row.media_type)]
    return Scan(f"licence-{row.kind}-{str(licence)[-12:]}.{ending}", row.media_type, content)


def require_licences() -> None:
    """Refuse new rebate rules without the licences that the platform asks for. Raises
    LicenceNeeded. Asked of what is new alone: what is in force goes on, so that a school whose
    licence ended still pays what it owes."""
    missing = queries.missing_licences()
    if missing:
        raise LicenceNeeded(kinds=", ".join(missing))
