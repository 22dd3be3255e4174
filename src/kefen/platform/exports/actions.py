"""Asking for a file, fetching it, and letting it go.

Lock order: the export's row, then the audit log.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from kefen.core.errors import NotFound
from kefen.platform import clock
from kefen.platform.exports import kinds, queries, sealing, shelf, work, writing
from kefen.platform.exports.contracts import ExportFacts, Format, State
from kefen.platform.exports.queries import facts_of
from kefen.platform.identity import acting, rights
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.tenancy import scope

# An ended export stays on the list for a while, without its file.
LISTED = timedelta(days=30)
# A run tells at least once a second; one that is silent this long has no job any more.
SILENT = timedelta(minutes=2)


@transaction.atomic
def ask(
    kind: str,
    form: Format,
    *,
    actor: Actor,
    parameters: Mapping[str, str] | None = None,
    party: str = "",
) -> ExportFacts:
    """Let a file be written; it can be fetched when its job is done. Raises NotFound for a kind
    that nobody registered, NotAllowed."""
    kinds.maker(kind)
    actor = _allowed(kind, party, actor)
    now = clock.now()
    row = shelf.exports()(
        kind=kind,
        parameters=dict(parameters or {}),
        format=form.value,
        party=party,
        language=translation.get_language() or "",
        actor_kind=actor.kind.value,
        asked_by=actor.user,
        asked_at=now,
        moved_at=now,
    )
    row.save(force_insert=True)
    shelf.note(
        actor,
        "export.asked",
        f"export:{row.id}",
        kind=kind,
        format=form.value,
        parameters=row.parameters,
        party=party,
    )
    shelf.write_soon(row.id)
    return facts_of(row)


@transaction.atomic
def retry(export: UUID, *, actor: Actor, party: str = "") -> None:
    """Let a failed or expired export be written again. Raises NotFound, NotAllowed."""
    actor = _allowed(queries.one(export, party).kind, party, actor)
    changed = (
        shelf.exports()
        .objects.filter(id=export, party=party, state__in=[State.FAILED, State.EXPIRED])
        .update(
            state=State.QUEUED,
            attempts=0,
            done=0,
            total=None,
            reason="",
            detail="",
            ready_at=None,
            expires_at=None,
            moved_at=clock.now(),
        )
    )
    if changed == 0:
        return  # Pressed twice: what runs already runs.
    shelf.note(actor, "export.retried", f"export:{export}")
    shelf.write_soon(export)


def fetch(export: UUID, *, actor: Actor, party: str = "") -> tuple[ExportFacts, Iterator[bytes]]:
    """The file, decrypted piece by piece; noted in the audit log. Raises NotFound,
    NotAllowed."""
    row = work.ready(export)
    if row.party != party or row.attempt is None:
        raise NotFound(what="export")
    actor = _allowed(row.kind, party, actor)
    shelf.note(actor, "export.fetched", f"export:{export}", kind=row.kind, file=row.file_name)
    return facts_of(row), _pieces(row.id, row.attempt)


def _allowed(kind: str, party: str, actor: Actor) -> Actor:
    """In whose name a file is asked for or fetched: of a promoter who may have what is his own, or
    of somebody whose role includes files of this kind. Raises NotAllowed."""
    who = acting.named(actor)
    if who.kind is not ActorKind.PROMOTER or not party:
        rights.require(kinds.deed_of(kind), who)
    return who


def _pieces(export: UUID, attempt: UUID) -> Iterator[bytes]:
    """One part after the other, each read when it is needed.

    The scope is entered for each: whoever sends the file may do so after the page's own has ended.
    """
    institution = scope.institution_id_or_none()

    def read(number: int) -> bytes | None:
        with shelf.again(institution):
            part = (
                shelf.parts()
                .objects.filter(export_id=export, attempt=attempt, number=number)
                .first()
            )
            if part is None:
                return None
            return sealing.unseal(bytes(part.content), export, attempt, number)

    def pieces() -> Iterator[bytes]:
        number = 0
        while (piece := read(number)) is not None:
            yield piece
            number += 1

    return pieces()


def tidy() -> None:
    """Remove files that had their day and rows that had their month, and let exports run again
    whose job was lost."""
    now = clock.now()
    with transaction.atomic():
        gone = shelf.exports().objects.filter(state=State.READY, expires_at__lte=now)
        shelf.parts().objects.filter(export_id__in=gone.values("id")).delete()
        gone.update(state=State.EXPIRED, moved_at=now)
    ended = [State.FAILED, State.EXPIRED]
    shelf.exports().objects.filter(state__in=ended, moved_at__lte=now - LISTED).delete()
    silent = Q(state=State.RUNNING) | Q(state=State.QUEUED)
    for id_ in (
        shelf.exports()
        .objects.filter(silent, moved_at__lte=now - SILENT)
        .values_list("id", flat=True)
    ):
        shelf.write_soon(id_, once=True)


def sweep() -> None:
    """Remove what killed runs left on this machine."""
    writing.sweep(older_than_seconds=3600)
