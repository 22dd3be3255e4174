"""What a person of the school decides on: keep a hit or mend its text, note an alarm."""

from uuid import UUID

from django.db import transaction

from kefen.compliance import queries
from kefen.compliance.actions.look import look_at
from kefen.compliance.contracts import AlarmState, HitState
from kefen.compliance.models import GraphAlarm, Hit
from kefen.core.errors import InvalidInput, NotFound
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.promoters import actions as promoters

_LONGEST = 200


@needs(Deed.COMPLIANCE)
@transaction.atomic
def keep(hit: UUID, note: str, *, actor: Actor = SYSTEM) -> None:
    """Let a text stay as it is, and say why; when the text changes it is looked at again. Raises
    NotFound, InvalidInput."""
    note = note.strip()[:_LONGEST]
    if not note:
        raise InvalidInput(field="note", reason="say why it may stay")
    row = Hit.objects.select_for_update().filter(id=hit).first()
    if row is None:
        raise NotFound(what="hit")
    if row.state == HitState.KEPT:
        return
    row.state, row.note = HitState.KEPT, note
    row.decided_by, row.decided_at = actor.user, clock.now()
    row.save(update_fields=["state", "note", "decided_by", "decided_at"])
    audit.record(actor, "hit.kept", row.place, field=row.field, word=row.word, reason=note)


@needs(Deed.PROMOTERS)
@transaction.atomic
def rename_promoter(code: str, text: str, *, actor: Actor = SYSTEM) -> None:
    """Write a promoter's public name anew, or take it away; its hits are gone with it. Courses and
    lessons are mended in their editor. Raises NotFound, ForbiddenWords, InvalidInput,
    NotAllowed."""
    place = f"promoter:{code}"
    queries.texts_at(place)
    promoters.rename(code, text, actor=actor)
    if not text.strip():
        Hit.objects.filter(place=place).delete()
    else:
        look_at(place)


@needs(Deed.COMPLIANCE)
@transaction.atomic
def note_alarm(promoter_id: UUID, note: str, *, actor: Actor = SYSTEM) -> None:
    """Note that somebody looked at an alarm of the graph; it comes back when the graph grows.
    Raises NotFound, InvalidInput."""
    note = note.strip()[:_LONGEST]
    if not note:
        raise InvalidInput(field="note", reason="say how it was decided")
    row = GraphAlarm.objects.select_for_update(of=("self",)).filter(promoter_id=promoter_id).first()
    if row is None:
        raise NotFound(what="alarm")
    row.state, row.note = AlarmState.SEEN, note
    row.seen_persons, row.seen_depth = row.persons, row.depth
    row.decided_by, row.decided_at = actor.user, clock.now()
    row.save()
    audit.record(
        actor,
        "graph_alarm.seen",
        f"promoter:{row.promoter.code}",
        persons=row.persons,
        depth=row.depth,
        reason=note,
    )
