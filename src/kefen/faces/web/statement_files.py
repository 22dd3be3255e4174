"""Letting a job write a statement."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefen.core.errors import InvalidInput
from kefen.core.periods import Period
from kefen.faces.web import statements, typed
from kefen.faces.web.entry import Entry, operator_page, promoter_page
from kefen.faces.web.task_centre import party_of
from kefen.platform.exports import actions
from kefen.platform.exports.contracts import Format


def too_large(entry: Entry, period: Period) -> HttpResponse:
    """Back to the page, which offers the job."""
    entry.say(_("This period is too large for a direct download. Let it be written."), tone="amber")
    page = "operator_statements" if entry.promoter is None else "promoter_statement"
    return HttpResponseRedirect(f"{entry.address(page)}?{statements.query_of(period)}")


def _ask(entry: Entry) -> None:
    """Ask for the file of the posted period. Raises InvalidInput."""
    values = entry.posted
    first, last = typed.day(values.get("from", "")), typed.day(values.get("to", ""))
    if first is None or last is None or last < first:
        raise InvalidInput(field="from", reason=_("choose two days, the earlier one first"))
    try:
        form = Format(values.get("format", ""))
    except ValueError:
        raise InvalidInput(field="format", reason=_("choose one of the list")) from None
    whose = "" if entry.promoter is None else entry.promoter.code
    actions.ask(
        "statement",
        form,
        actor=entry.actor,
        parameters={"promoter": whose, "from": first.isoformat(), "to": last.isoformat()},
        party=party_of(entry),
    )
    entry.say(_("The file is being written; it can be downloaded here when it is ready."))


@require_POST
@operator_page(may="exports")
def operator_ask(entry: Entry) -> HttpResponse:
    """The school's statement."""
    _ask(entry)
    return entry.to("operator_tasks")


@require_POST
@promoter_page
def promoter_ask(entry: Entry) -> HttpResponse:
    """The promoter's own."""
    _ask(entry)
    return entry.to("promoter_files")
