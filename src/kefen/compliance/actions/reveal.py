"""Reveals: one of the platform's staff reads one subject's personal data, with a reason, for
fifteen minutes, and the school sees it.

Everything else that the platform's staff read is masked (`platform.identity.personal`);
`read_revealed` is the only place that lifts that, for one subject, after noting that it does.
"""

from uuid import UUID

from django.db import transaction

from kefen.compliance import queries
from kefen.compliance.actions.tell import tell_owners
from kefen.compliance.contracts import (
    OPEN_FOR,
    SHORTEST_REASON,
    Revealed,
    RevealKind,
    RevealSubject,
)
from kefen.compliance.models import Reveal, RevealNoted, RevealView
from kefen.core.errors import InvalidInput, NotFound, RevealEnded
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import acting, rights
from kefen.platform.identity import queries as identity
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.personal import lifted
from kefen.platform.identity.rights import Deed, needs

_LONGEST = 400


@needs(Deed.REVEALS)
@transaction.atomic
def open_reveal(
    subject: RevealSubject, key: str, kind: str, reason: str, *, actor: Actor = SYSTEM
) -> UUID:
    """Open one, for whoever asks alone. Raises NotFound, InvalidInput, NotAllowed."""
    person = rights.require_person(Deed.REVEALS, actor)
    queries.subject_account(subject, key)
    reason = reason.strip()
    if kind not in set(RevealKind):
        raise InvalidInput(field="kind", reason="choose one of the list")
    if len(reason) < SHORTEST_REASON:
        raise InvalidInput(field="reason", reason="say why in at least 10 characters")
    if len(reason) > _LONGEST:
        raise InvalidInput(field="reason", reason="at most 400 characters")
    now, origin, user = clock.now(), acting.current().origin, identity.user(person)
    row = Reveal.objects.create(
        subject=subject.value,
        key=key,
        kind=kind,
        reason=reason,
        opened_by=person,
        handle="" if user is None else user.handle,
        opened_at=now,
        ends_at=now + OPEN_FOR,
        network=origin.network,
        device=origin.device,
    )
    audit.record(
        actor,
        "reveal.opened",
        f"{subject.value}:{key}",
        kind=kind,
        reason=reason,
        until=row.ends_at.isoformat(),
    )
    tell_owners("reveal.opened")
    return row.id


@needs(Deed.REVEALS)
def read_revealed(reveal: UUID, *, actor: Actor = SYSTEM) -> Revealed:
    """What an open reveal shows, in full; noted before it is read. Raises NotFound, RevealEnded,
    NotAllowed."""
    person = rights.require_person(Deed.REVEALS, actor)
    row = queries.reveal(reveal)
    with transaction.atomic():
        now, origin = clock.now(), acting.current().origin
        if row.opened_by != person or not queries.is_open(row, now):
            raise RevealEnded
        RevealView.objects.create(
            reveal_id=row.id, at=now, network=origin.network, device=origin.device
        )
        audit.record(actor, "reveal.viewed", f"{row.subject}:{row.key}")
        with lifted():
            return queries.personal_of(RevealSubject(row.subject), row.key)


@needs(Deed.REVEAL_NOTICES)
@transaction.atomic
def note_reveal(reveal: UUID, *, actor: Actor = SYSTEM) -> None:
    """An owner read that the platform looked. Raises NotFound, NotAllowed."""
    person = rights.require_person(Deed.REVEAL_NOTICES, actor)
    row = Reveal.objects.filter(id=reveal).first()
    if row is None:
        raise NotFound(what="reveal")
    _, is_new = RevealNoted.objects.get_or_create(
        reveal_id=row.id, defaults={"noted_by": person, "at": clock.now()}
    )
    if is_new:
        audit.record(actor, "reveal.noted", f"{row.subject}:{row.key}")
