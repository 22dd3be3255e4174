"""The platform's log as a file, written by a job, and the platform's own files."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.core.errors import InvalidInput
from kefen.faces.web import task_centre
from kefen.faces.web.entry import Entry, platform_page
from kefen.faces.web.labels import label
from kefen.faces.web.platform import audit_build as build
from kefen.platform.audit.models import PlatformRecord
from kefen.platform.exports import actions
from kefen.platform.exports.contracts import Cell, Column, Format, Sheet


@require_POST
@platform_page
def ask(entry: Entry) -> HttpResponse:
    """What is filtered on the page."""
    try:
        form = Format(entry.posted.get("format", ""))
    except ValueError:
        raise InvalidInput(field="format", reason="choose one of the list") from None
    filters = {name: entry.posted.get(name, "").strip()[:80] for name in build.FILTERS}
    kept = {name: value for name, value in filters.items() if value}
    actions.ask("platform_audit", form, actor=entry.actor, parameters=kept)
    entry.say(_("The file is being written; it can be downloaded here when it is ready."))
    return entry.to("platform_tasks")


def sheet(parameters: Mapping[str, str]) -> Sheet:
    """Every deed that the filters leave, newest first."""
    found = build.filtered(parameters)
    headings = (
        *(_("Who"), _("Action"), _("Institution"), _("What"), _("Before"), _("After")),
        *(_("Reason"), _("Details"), _("From where")),
    )
    return Sheet(
        file_name="platform-audit",
        title=_("Platform audit log"),
        columns=(Column(_("Time"), Cell.INSTANT), *(Column(one) for one in headings)),
        rows=_rows(found.iterator(chunk_size=1000)),
        count=found.order_by().count(),
        filters=dict(parameters),
    )


def _rows(found: Iterator[PlatformRecord]) -> Iterator[Sequence[object]]:
    known = build.staff()
    for record in found:
        row = build.deed(record, known)
        where = " ".join(filter(None, (row.network, row.device)))
        action = str(label("verb", row.action))
        texts = (row.who, action, row.institution, row.subject, row.before, row.after)
        yield (row.at, *(text or None for text in (*texts, row.reason, row.details, where)))


@require_safe
@platform_page
def tasks(entry: Entry) -> HttpResponse:
    """The platform's files."""
    screen = task_centre.screen(entry, build.staff())
    return entry.show("web/platform/tasks.html", screen, "platform_tasks")


@require_safe
@platform_page
def file(entry: Entry, id: UUID) -> HttpResponseBase:  # noqa: A002 - named by the address
    """One of them."""
    return task_centre.file(entry, id)


@require_POST
@platform_page
def retry(entry: Entry, id: UUID) -> HttpResponseBase:  # noqa: A002 - named by the address
    """Let it be written again."""
    task_centre.retry(entry, id)
    return entry.to("platform_tasks")
