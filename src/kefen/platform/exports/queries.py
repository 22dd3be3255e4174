"""Reads of exports."""

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from kefen.core.errors import NotFound
from kefen.platform.exports import shelf
from kefen.platform.exports.contracts import ExportFacts, Format, State
from kefen.platform.exports.models import Export, PlatformExport

NEWEST_FIRST: Final = ("-asked_at", "-id")


def facts_of(row: Export | PlatformExport) -> ExportFacts:
    """A row as pages show it."""
    return ExportFacts(
        id=row.id,
        kind=row.kind,
        format=Format(row.format),
        party=row.party,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        state=State(row.state),
        done=row.done,
        total=row.total,
        file_name=row.file_name,
        size=row.size,
        reason=row.reason,
        detail=row.detail,
        expires_at=row.expires_at,
        parameters=row.parameters,
    )


def listed(party: str = "") -> "QuerySet[Export]":
    """The exports of the institution's people, or of one promoter, newest first; outside of any
    institution the platform's own, which have the same columns."""
    found: QuerySet[Export] = shelf.exports().objects.filter(party=party)
    return found.order_by(*NEWEST_FIRST)


def one(export: UUID, party: str = "") -> ExportFacts:
    """One export. Raises NotFound, also for somebody else's."""
    row = shelf.exports().objects.filter(id=export, party=party).first()
    if row is None:
        raise NotFound(what="export")
    return facts_of(row)


def under_way(party: str = "") -> int:
    """How many are waiting or being written."""
    moving = [State.QUEUED, State.RUNNING]
    return int(shelf.exports().objects.filter(party=party, state__in=moving).count())
