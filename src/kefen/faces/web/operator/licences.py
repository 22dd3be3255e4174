"""Licences in the console: what is in force and until when, and handing one in."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kefen.compliance import actions, queries
from kefen.compliance.contracts import LARGEST_SCAN, LicenceKind, NewLicence
from kefen.core.errors import DomainError
from kefen.core.licences import Standing
from kefen.faces.web import problems, scans, typed
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator.licence_screens import LicencesScreen, StandingRow
from kefen.faces.web.shared.licence_screens import licence_row
from kefen.faces.web.shared.screens import Form
from kefen.platform.identity import rights
from kefen.platform.identity.rights import Deed

_PAGE = "web/operator/licences.html"
_SHOWN = 50
_FIELDS = ("kind", "licence_number", "holder", "valid_from", "valid_until", "scan")


@require_http_methods(["GET", "POST"])
@operator_page()
def licences(entry: Entry) -> HttpResponse:
    """All that was handed in; POST hands another one in."""
    if entry.request.method == "GET":
        return entry.show(_PAGE, _screen(entry), "compliance")
    rights.require(Deed.LICENCES)
    values = {**dict.fromkeys(_FIELDS, ""), **entry.posted}
    sent = entry.request.FILES.get("scan")
    try:
        actions.submit_licence(
            NewLicence(
                kind=values["kind"],
                number=values["licence_number"],
                holder=values["holder"],
                valid_from=typed.day(values["valid_from"]),
                valid_until=typed.optional_day(values["valid_until"], field="valid_until"),
                content=b"" if sent is None else sent.read(LARGEST_SCAN + 1),
            ),
            actor=entry.actor,
        )
    except DomainError as refusal:
        form = problems.form_of(refusal, values)
        return entry.show(_PAGE, _screen(entry, form), "compliance", problems.status_of(refusal))
    entry.say(_("Handed in. The platform looks at it; the answer stands here."))
    return entry.to("operator_licences")


@require_safe
@operator_page()
def scan(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - named as in the address
    """The scan of one, as a file."""
    return scans.attachment(actions.read_scan(typed.identity_of(id), actor=entry.actor))


def standing_row(one: Standing) -> StandingRow:
    """How the school stands with a kind today."""
    return StandingRow(
        kind=one.kind.value,
        in_force=one.in_force is not None,
        until=one.until,
        days_left=one.days_left(queries.today()),
        waits=one.waits,
        need=one.need.value,
    )


def _screen(entry: Entry, form: Form | None = None) -> LicencesScreen:
    today = queries.today()
    kind = entry.query.get("kind", "")
    return LicencesScreen(
        standings=tuple(standing_row(one) for one in queries.licence_standings()),
        licences=tuple(licence_row(row, today) for row in queries.licence_rows()[:_SHOWN]),
        waiting=queries.waiting(),
        kind=kind if kind in set(LicenceKind) else "",
        form=form or Form(),
    )
