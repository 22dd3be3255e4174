"""Licences on the platform's console: a queue, oldest first, and one licence with its scan."""

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kefen.compliance import actions, queries
from kefen.compliance.contracts import LicenceState
from kefen.compliance.models import FiledLicence
from kefen.core.errors import DomainError, InvalidInput
from kefen.faces.web import keyset, problems, scans
from kefen.faces.web.entry import Entry, platform_page
from kefen.faces.web.platform.licence_screens import (
    STATES,
    FiledRow,
    LicenceQueueScreen,
    LicenceScreen,
)
from kefen.faces.web.shared.licence_screens import licence_row
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.typed import identity_of
from kefen.platform import clock
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.contracts import InstitutionFacts

_ONE = "web/platform/licence.html"
_OTHERS = 20
_COUNTED = ("submitted", "expiring")


@require_safe
@platform_page
def queue(entry: Entry) -> HttpResponse:
    """Those that wait, or that end within thirty days, or all."""
    state = entry.query.get("state", "")
    state = state if state in STATES else STATES[0]
    found = queries.filed("" if state == "all" else state)
    rows, window = keyset.window(entry, found, ("submitted_at", "id"), {"state": state})
    screen = LicenceQueueScreen(
        rows=tuple(_filed(row) for row in rows),
        window=window,
        state=state,
        counts={one: queries.filed_count(one) for one in _COUNTED},
    )
    return entry.show("web/platform/licences.html", screen, "licences")


def _filed(row: FiledLicence) -> FiledRow:
    until, zone = row.valid_until, ZoneInfo(row.institution.time_zone)
    left = None if until is None else (until - clock.now().astimezone(zone).date()).days
    ended = row.state == LicenceState.PASSED and left is not None and left < 0
    return FiledRow(
        id=str(row.id),
        slug=row.institution.slug,
        school=row.institution.name,
        kind=row.kind,
        state="expired" if ended else row.state,
        submitted_at=row.submitted_at,
        valid_until=until,
        days_left=left,
    )


@require_http_methods(["GET", "POST"])
@platform_page
def licence(entry: Entry, slug: str, id: str) -> HttpResponse:  # noqa: A002 - by the address
    """One licence; POST passes it or returns it with a reason."""
    facts, number = tenancy.by_slug(slug), identity_of(id)
    with scope.institution(facts.id):
        if entry.request.method == "GET":
            return entry.show(_ONE, _screen(facts, id), "licences")
        values = {"reason": "", **entry.posted}
        queries.licence(number)
        try:
            decision = values.get("decision", "")
            if decision not in (LicenceState.PASSED, LicenceState.RETURNED):
                raise InvalidInput(field="decision", reason="choose one of the list")
            state = LicenceState(decision)
            actions.decide_licence(number, state, values["reason"], actor=entry.actor)
        except DomainError as refusal:
            screen = _screen(facts, id, problems.form_of(refusal, values))
            return entry.show(_ONE, screen, "licences", problems.status_of(refusal))
    entry.say(_("Decided; the school's owners are told."), title=facts.name)
    return entry.to("platform_licences")


@require_safe
@platform_page
def scan(entry: Entry, slug: str, id: str) -> HttpResponse:  # noqa: A002 - by the address
    """The scan of one, as a file; the school's log says who opened it."""
    with scope.institution(tenancy.by_slug(slug).id):
        return scans.attachment(actions.read_scan(identity_of(id), actor=entry.actor))


def _screen(facts: InstitutionFacts, id_: str, form: Form | None = None) -> LicenceScreen:
    row, today = queries.licence(identity_of(id_)), queries.today()
    others = queries.licence_rows().filter(kind=row.kind).exclude(id=row.id)[:_OTHERS]
    return LicenceScreen(
        slug=facts.slug,
        school=facts.name,
        licence=licence_row(row, today),
        others=tuple(licence_row(one, today) for one in others),
        form=form or Form(),
    )
