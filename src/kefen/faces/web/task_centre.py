"""The task centre: files that were asked for, how far they are, and fetching them."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.faces.web import keyset, names
from kefen.faces.web.entry import Entry, operator_page, promoter_page
from kefen.faces.web.shared.export_screens import ExportRow, ExportsScreen
from kefen.platform.exports import actions, kinds, queries
from kefen.platform.exports.contracts import MEDIA_TYPES, ExportFacts, State
from kefen.platform.identity import rights

_MOVING = (State.QUEUED, State.RUNNING)


def party_of(entry: Entry) -> str:
    """Whose files these are: the promoter's own, or the school's."""
    return "" if entry.promoter is None else f"promoter:{entry.promoter.code}"


def screen(entry: Entry, people: dict[UUID, str] | None = None) -> ExportsScreen:
    """The files, newest first; `people` are whoever may have asked, for those of no school."""
    rows, window = keyset.window(entry, queries.listed(party_of(entry)), queries.NEWEST_FIRST)
    found = [queries.facts_of(row) for row in rows]
    known = people
    if known is None:
        known = {} if entry.promoter is not None else names.members()
    return ExportsScreen(
        tuple(_row(entry, one, known) for one in found),
        window=window,
        moving=any(one.state in _MOVING for one in found),
    )


def _row(entry: Entry, found: ExportFacts, known: dict[UUID, str]) -> ExportRow:
    return ExportRow(
        id=str(found.id),
        kind=found.kind,
        format=found.format.value,
        asked_at=found.asked_at,
        state=found.state.value,
        done=found.done,
        total=found.total,
        percent=found.percent,
        who=names.actor_name("operator", found.asked_by, known) if known else "",
        file_name=found.file_name,
        size=found.size,
        reason=found.reason,
        detail=found.detail,
        expires_at=found.expires_at,
        filters=_filters(found.parameters),
        may=_may(entry, found.kind),
    )


def _filters(parameters: Mapping[str, str]) -> str:
    """What narrowed the file, in short; a period as one."""
    rest = dict(parameters)
    period = " – ".join(filter(None, (rest.pop("from", ""), rest.pop("to", ""))))
    return " · ".join(filter(None, (period, *rest.values())))


def _may(entry: Entry, kind: str) -> bool:
    """Whether the person may have files of this kind; a promoter may have all that are his."""
    return entry.promoter is not None or kinds.deed_of(kind) in rights.deeds_of(entry.role)


def file(entry: Entry, id_: UUID) -> HttpResponseBase:
    """The file as an attachment, sent piece by piece."""
    party = party_of(entry)
    facts, pieces = actions.fetch(id_, actor=entry.actor, party=party)
    response = StreamingHttpResponse(pieces, content_type=MEDIA_TYPES[facts.format])
    response["Content-Disposition"] = f'attachment; filename="{facts.file_name}"'
    response["Content-Length"] = str(facts.size)
    return response


def retry(entry: Entry, id_: UUID) -> None:
    actions.retry(id_, actor=entry.actor, party=party_of(entry))
    entry.say(_("The file is written again."))


@require_safe
@operator_page()
def operator_tasks(entry: Entry) -> HttpResponse:
    """The school's files."""
    return entry.show("web/operator/tasks.html", screen(entry), "tasks")


@require_safe
@operator_page()
def operator_file(entry: Entry, id: UUID) -> HttpResponseBase:  # noqa: A002 - named by the address
    """One of them."""
    return file(entry, id)


@require_POST
@operator_page()
def operator_retry(entry: Entry, id: UUID) -> HttpResponseBase:  # noqa: A002
    """Let it be written again."""
    retry(entry, id)
    return entry.to("operator_tasks")


@require_safe
@promoter_page
def promoter_files(entry: Entry) -> HttpResponse:
    """The promoter's own files."""
    return entry.show("web/promoter/files.html", screen(entry), "income")


@require_safe
@promoter_page
def promoter_file(entry: Entry, id: UUID) -> HttpResponseBase:  # noqa: A002
    """One of them."""
    return file(entry, id)


@require_POST
@promoter_page
def promoter_retry(entry: Entry, id: UUID) -> HttpResponseBase:  # noqa: A002
    """Let it be written again."""
    retry(entry, id)
    return entry.to("promoter_files")
