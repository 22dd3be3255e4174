"""The audit log as a file, written by a job."""

from collections.abc import Iterator, Mapping, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefen.core.errors import InvalidInput
from kefen.faces.web import names
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.labels import label
from kefen.faces.web.operator import audit_log
from kefen.platform.audit.models import Record
from kefen.platform.exports import actions
from kefen.platform.exports.contracts import Cell, Column, Format, Sheet
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.queries import current


@require_POST
@operator_page(may="exports")
def ask(entry: Entry) -> HttpResponse:
    """What is filtered on the page."""
    try:
        form = Format(entry.posted.get("format", ""))
    except ValueError:
        raise InvalidInput(field="format", reason="choose one of the list") from None
    filters = {name: entry.posted.get(name, "").strip()[:80] for name in audit_log.FILTERS}
    kept = {name: value for name, value in filters.items() if value}
    actions.ask("audit_log", form, actor=entry.actor, parameters=kept)
    entry.say(_("The file is being written; it can be downloaded here when it is ready."))
    return entry.to("operator_tasks")


def sheet(parameters: Mapping[str, str]) -> Sheet:
    """Every deed that the filters leave, newest first."""
    found, facts = audit_log.filtered(parameters), current()
    headings = (
        *(_("Who"), _("Action"), _("What"), _("Before"), _("After")),
        *(_("Reason"), _("Details"), _("From where")),
    )
    return Sheet(
        file_name=f"{facts.slug}-audit",
        title=_("Audit log"),
        columns=(Column(_("Time"), Cell.INSTANT), *(Column(one) for one in headings)),
        rows=_rows(found.iterator(chunk_size=1000), facts),
        count=found.order_by().count(),
        currency=facts.currency,
        filters=dict(parameters),
    )


def _rows(found: Iterator[Record], facts: InstitutionFacts) -> Iterator[Sequence[object]]:
    known = names.members()
    for record in found:
        row = audit_log.row_of(record, known, facts.currency, facts.zone)
        where = " ".join(filter(None, (row.network, row.device)))
        action = str(label("verb", row.action))
        told = (row.who, action, row.subject, row.before, row.after, row.reason, row.details, where)
        yield (row.at, *(text or None for text in told))
