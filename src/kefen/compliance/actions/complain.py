"""Complaints: anybody sends one without signing in, somebody of the school answers it.

Locks: the origin's, then the row.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from kefen.compliance.contracts import ComplaintKind, ComplaintState
from kefen.compliance.models import Complaint
from kefen.core.errors import (
    IllegalTransition,
    InvalidInput,
    NotFound,
    TooOften,
    UnknownLink,
)
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.personal import blind_index
from kefen.platform.identity.rights import Deed, needs
from kefen.promoters import queries as promoters
from kefen.referrals import queries as referrals

_LONGEST_TEXT, _LONGEST_ABOUT, _LONGEST_CONTACT = 1000, 120, 120
# Many people share one address behind a carrier's gateway; a school is flooded by nobody.
_FROM_ONE, _FROM_ALL = 5, 200
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """What somebody reports. `about` is a link or a code as it was written, `contact` optional,
    `origin` the network address it comes from."""

    kind: str
    text: str
    about: str = ""
    contact: str = ""
    origin: str = ""


@transaction.atomic
def complain(new: NewComplaint, *, actor: Actor = SYSTEM) -> UUID:
    """Take a complaint in. Raises InvalidInput, TooOften."""
    if new.kind not in set(ComplaintKind):
        raise InvalidInput(field="kind", reason="choose one of the list")
    text = new.text.strip()
    if not text:
        raise InvalidInput(field="text", reason="write what it is about")
    for field, value, longest in (
        ("text", text, _LONGEST_TEXT),
        ("about", new.about, _LONGEST_ABOUT),
        ("contact", new.contact, _LONGEST_CONTACT),
    ):
        if len(value) > longest:
            raise InvalidInput(field=field, reason=f"at most {longest} characters")
    origin = blind_index(f"complaint:{new.origin}")
    _keep_within(origin)
    row = Complaint.objects.create(
        kind=new.kind,
        about=new.about.strip(),
        promoter_id=_promoter_of(new.about.strip()),
        text=text,
        contact=new.contact.strip(),
        origin=origin,
        raised_at=clock.now(),
    )
    audit.record(actor, "complaint.raised", f"complaint:{row.id}", kind=new.kind)
    return row.id


def _keep_within(origin: bytes) -> None:
    """Refuse more than a person has reason for. Raises TooOften."""
    with connection.cursor() as cursor:
        number = int.from_bytes(origin[:8], signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [number])
    now = clock.now()
    mine = Complaint.objects.filter(origin=origin, raised_at__gt=now - _HOUR).order_by("-raised_at")
    for at in mine.values_list("raised_at", flat=True)[_FROM_ONE - 1 : _FROM_ONE]:
        raise TooOften(minutes=-(-(at + _HOUR - now) // timedelta(minutes=1)))
    if Complaint.objects.filter(raised_at__gt=now - _DAY).count() >= _FROM_ALL:
        raise TooOften(minutes=60)


def _promoter_of(about: str) -> UUID | None:
    """Whose link or code it is, if it is anybody's of this school."""
    last = about.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1]
    if not last:
        return None
    try:
        return referrals.link_by_code(last).promoter.id
    except UnknownLink:
        known = promoters.by_codes([last]).get(last)
        return None if known is None else known.id


@needs(Deed.COMPLIANCE)
@transaction.atomic
def read_contact(complaint: UUID, *, actor: Actor = SYSTEM) -> str:
    """Where whoever sent a complaint is reached, in full; each reading is noted. Raises
    NotFound."""
    row = Complaint.objects.filter(id=complaint).first()
    if row is None or not row.contact:
        raise NotFound(what="complaint")
    audit.record(actor, "complaint.contact_read", f"complaint:{row.id}", kind=row.kind)
    return row.contact


@needs(Deed.COMPLIANCE)
@transaction.atomic
def answer(complaint: UUID, state: ComplaintState, note: str, *, actor: Actor = SYSTEM) -> None:
    """Say what came of a complaint: answered (whoever sent it was told) or closed. Raises NotFound,
    InvalidInput without a note, IllegalTransition for one that is decided."""
    note = note.strip()
    if not note:
        raise InvalidInput(field="note", reason="say how it was decided")
    if len(note) > _LONGEST_TEXT:
        raise InvalidInput(field="note", reason=f"at most {_LONGEST_TEXT} characters")
    row = Complaint.objects.select_for_update(of=("self",)).filter(id=complaint).first()
    if row is None:
        raise NotFound(what="complaint")
    if row.state != ComplaintState.OPEN or state == ComplaintState.OPEN:
        raise IllegalTransition(machine="Complaint", current=row.state, to=state.value)
    row.state, row.note = state, note
    row.decided_by, row.decided_at = actor.user, clock.now()
    row.save(update_fields=["state", "note", "decided_by", "decided_at"])
    audit.record(actor, f"complaint.{state.value}", f"complaint:{row.id}", kind=row.kind)
