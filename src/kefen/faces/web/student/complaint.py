"""Reporting a promoter, a poster or a text, without signing in."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from kefen.compliance import actions
from kefen.compliance.contracts import ComplaintKind
from kefen.core.errors import DomainError
from kefen.core.ids import public_id
from kefen.faces.web import labels, problems, tokens
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.network import client_address
from kefen.faces.web.shared.screens import Form, Option
from kefen.faces.web.student.complaint_screens import ComplaintScreen
from kefen.promoters import queries as promoters
from kefen.referrals import queries as referrals

_TEMPLATE = "web/student/complaint.html"
_FIELDS = ("kind", "about", "text", "contact")
_ABOUT = 120


@require_http_methods(["GET", "POST"])
@school_page
def complaint(entry: Entry) -> HttpResponse:
    """The form, and that it was taken in."""
    if entry.request.method == "GET":
        return entry.show(_TEMPLATE, screen(Form({"about": _about(entry)})))
    values = {**dict.fromkeys(_FIELDS, ""), **entry.posted}
    try:
        taken = actions.complain(
            actions.NewComplaint(
                kind=values["kind"],
                text=values["text"],
                about=values["about"],
                contact=values["contact"],
                origin=client_address(entry.request),
            ),
            actor=entry.actor,
        )
    except DomainError as refusal:
        form = problems.form_of(refusal, values)
        return entry.show(_TEMPLATE, screen(form), status=problems.status_of(refusal))
    return entry.show(_TEMPLATE, ComplaintScreen((), sent=True, number=public_id("cmp", taken)))


def screen(form: Form) -> ComplaintScreen:
    """The form."""
    kinds = tuple(
        Option(one.value, str(labels.label("complaint_kind", one))) for one in ComplaintKind
    )
    return ComplaintScreen(kinds, form=form)


def _about(entry: Entry) -> str:
    """The link or code that led here: named in the address, or of the visit that it carries."""
    named = entry.query.get("about", "")[:_ABOUT]
    carried = None if named else tokens.read_arrival(entry.school, entry.query.get("r", ""))
    touch = None if carried is None else referrals.latest_touch(carried.visitor, at=carried.at)
    if touch is None:
        return named
    return promoters.by_ids([touch.promoter_id])[touch.promoter_id].code
