"""One institution: what is known of it, and the decisions about its plan and state."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.core.errors import DomainError, InvalidInput
from kefen.core.states import InstitutionState
from kefen.faces.web import problems
from kefen.faces.web.entry import Entry, platform_page
from kefen.faces.web.platform import institution_build as build
from kefen.platform.tenancy import actions, queries, scope
from kefen.platform.tenancy.contracts import Plan

_PAGE = "web/platform/institution.html"


@require_safe
@platform_page
def institution(entry: Entry, of: str) -> HttpResponse:
    """Facts, figures by month, limits, what waits there, channels, the log."""
    return entry.show(_PAGE, build.institution(queries.row(of)), "institutions")


@require_POST
@platform_page
def change_state(entry: Entry, of: str) -> HttpResponse:
    """Pause it, or open it again; with a reason that its operators read."""
    row, values = queries.row(of), entry.posted
    entry.come_back = entry.address("platform_institution", of)
    try:
        state = _state(values.get("state", ""))
        with scope.institution(row.id):
            actions.set_state(state, reason=values.get("reason", ""), actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, {"reason": "", **values})
        screen = build.institution(queries.row(of), state_form=form)
        return entry.show(_PAGE, screen, "institutions", problems.status_of(refusal))
    if state is InstitutionState.PAUSED:
        said = _("Paused: no new orders, no new promoters. What is paid goes on as before.")
    else:
        said = _("Open again: students can order, and people can begin to promote.")
    entry.say(said, title=row.name)
    return entry.to("platform_institution", of)


@require_POST
@platform_page
def change_plan(entry: Entry, of: str) -> HttpResponse:
    """Note another plan, with a reason."""
    row, values = queries.row(of), entry.posted
    entry.come_back = entry.address("platform_institution", of)
    try:
        _set_plan(entry, row.id, values)
    except DomainError as refusal:
        form = problems.form_of(
            refusal, {"plan_reason": "", "plan": "", **values}, field=_beside(refusal)
        )
        screen = build.institution(queries.row(of), plan_form=form)
        return entry.show(_PAGE, screen, "institutions", problems.status_of(refusal))
    entry.say(_("The plan is noted."), title=row.name)
    return entry.to("platform_institution", of)


def _beside(refusal: DomainError) -> str:
    return "plan_reason" if refusal.params.get("field") == "reason" else ""


@transaction.atomic
def _set_plan(entry: Entry, institution_id: UUID, values: dict[str, str]) -> None:
    try:
        plan = Plan(values.get("plan", ""))
    except ValueError:
        raise InvalidInput(field="plan", reason="choose one of the list") from None
    with scope.institution(institution_id):
        actions.set_plan(plan, reason=values.get("plan_reason", ""), actor=entry.actor)


def _state(text: str) -> InstitutionState:
    try:
        return InstitutionState(text)
    except ValueError:
        raise InvalidInput(field="state", reason="choose one of the list") from None
