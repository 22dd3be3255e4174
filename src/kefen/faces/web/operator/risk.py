"""Risk in the console: the queue, one signal with what it holds, and what a person decides."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.core.errors import DomainError, InvalidInput, NotFound
from kefen.core.risk import OF_CLICKS, Kind, Limits
from kefen.faces.web import problems, typed
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator import risk_build as build
from kefen.faces.web.operator.risk_screens import RiskChoice, RiskScreen, SignalRow, SignalScreen
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.templatetags.kefen import money_text
from kefen.risk import actions, queries

_VERBS: Final[Mapping[str, Callable[..., int | None]]] = {
    "release": actions.release,
    "reject": actions.reject,
    "hold": actions.hold,
    "watch": actions.watch,
}


@require_safe
@operator_page()
def queue(entry: Entry) -> HttpResponse:
    """Everything odd, newest first."""
    return entry.show("web/operator/risk.html", build.queue(entry), "risk")


@require_POST
@operator_page(may="programme")
def limits(entry: Entry) -> HttpResponse:
    """What is usual here, from now on."""
    values = entry.posted
    try:
        told = {
            name: typed.whole(values.get(name, ""), field=name)
            for name in Limits.__dataclass_fields__
        }
        actions.set_limits(Limits(**told), actor=entry.actor)
    except InvalidInput as refusal:
        form = problems.form_of(refusal, values, entry.school.currency)
        screen: RiskScreen = build.queue(entry, form)
        return entry.show("web/operator/risk.html", screen, "risk", problems.status_of(refusal))
    entry.say(_("Noted. It counts for what is found from now on."))
    return entry.to("operator_risk")


@require_safe
@operator_page()
def signal(entry: Entry, id: UUID) -> HttpResponse:  # noqa: A002 - named as in the address
    """One signal; with `decision`, what would follow from it."""
    return entry.show("web/operator/signal.html", _screen(entry, id), "risk")


@require_POST
@operator_page(may="commissions")
def decide(entry: Entry, id: UUID) -> HttpResponse:  # noqa: A002 - named as in the address
    """Let go, reject, hold, or keep watching; with a reason."""
    values = entry.posted
    verb = _VERBS.get(values.get("decision", ""))
    try:
        if verb is None:
            raise InvalidInput(field="decision", reason=_("choose one of the list"))
        verb(id, reason=values.get("reason", ""), actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, values, entry.school.currency, field="reason")
        screen = _screen(entry, id, values.get("decision", ""), form)
        return entry.show("web/operator/signal.html", screen, "risk", problems.status_of(refusal))
    entry.say(_("Decided and noted, with your reason."))
    return entry.to("operator_signal", str(id))


def _screen(
    entry: Entry, signal_id: UUID, decision: str = "", form: Form | None = None
) -> SignalScreen:
    found = queries.by_id(signal_id)
    if found is None:
        raise NotFound(what="signal")
    row, held, disputes = build.signal(found)
    may_hold = found.held_at is None and Kind(found.kind) not in OF_CLICKS
    choices = _choices(row, entry.school.currency, may_hold) if row.is_undecided else ()
    wanted = decision or entry.query.get("decision", "")
    return SignalScreen(
        currency=entry.school.currency,
        signal=row,
        held=held,
        disputes=disputes,
        choices=choices,
        chosen=next((one for one in choices if one.value == wanted), None),
        form=form or Form(),
    )


def _choices(row: SignalRow, currency: str, may_hold: bool) -> tuple[RiskChoice, ...]:
    """What can be decided, each with what follows from it."""
    told = {"n": row.held, "amount": money_text(row.held_amount, currency)}
    found = [RiskChoice("release", _("Nothing is held, and nobody looks at it again."))]
    if row.held:
        let_go = _("Rebates that are let go and settle when due: %(n)s, %(amount)s.")
        taken = _(
            "Rebates that are taken back for good: %(n)s, %(amount)s. The promoter reads your"
            " reason and can dispute it."
        )
        found = [RiskChoice("release", let_go % told), RiskChoice("reject", taken % told)]
    elif may_hold:
        text = _("What it concerns and is not settled yet is held until somebody decides.")
        found.append(RiskChoice("hold", text))
    stays = _("It leaves your work; what is held stays held until somebody decides.")
    return (*found, RiskChoice("watch", stays))
