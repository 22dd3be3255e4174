"""One deed on many promoters: chosen, confirmed with what comes of it, then done one by one, each
in a transaction of its own and with a result of its own. Sent twice, what is done stays so."""

from collections.abc import Callable
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefen.core.errors import DomainError, InvalidInput
from kefen.core.states import PromoterStatus
from kefen.faces.web import names, problems
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.keyset import PAGE
from kefen.faces.web.operator import promoters as build
from kefen.faces.web.operator.list_screens import (
    ChosenPromoter,
    ManyDoneScreen,
    ManyScreen,
    Outcome,
)
from kefen.promoters import actions, queries
from kefen.promoters.models import Promoter

_CONFIRM = "web/operator/promoters_many.html"
_AFTER: Final = {
    "approve": PromoterStatus.ACTIVE,
    "reject": PromoterStatus.REJECTED,
    "suspend": PromoterStatus.SUSPENDED,
}
DECISIONS: Final = (*_AFTER, "group")
_WITH_REASON: Final = ("reject", "suspend")


def _chosen(entry: Entry) -> list[Promoter]:
    """The promoters that were ticked, in the order of the list; no more than a page has."""
    codes = entry.request.POST.getlist("promoter")[:PAGE]
    return list(queries.with_codes([code for code in codes if "\x00" not in code]))


def _screen(rows: list[Promoter], decision: str, problem: str = "") -> ManyScreen:
    chosen = (ChosenPromoter(row.code, names.promoter_name(row), row.status) for row in rows)
    return ManyScreen(decision, tuple(chosen), build.groups(), problem)


@require_POST
@operator_page(may="promoters")
def choose(entry: Entry) -> HttpResponse:
    """From the list: what the deed would be about, to be confirmed. Nothing happens."""
    rows, decision = _chosen(entry), entry.posted.get("decision", "")
    if not rows or decision not in DECISIONS:
        entry.say(_("Tick promoters first, then choose what happens."), tone="amber")
        return entry.to("operator_promoters")
    return entry.show(_CONFIRM, _screen(rows, decision), "promoters")


@require_POST
@operator_page(may="promoters")
def do(entry: Entry) -> HttpResponse:
    """Confirmed: one after the other; the page says what became of each."""
    rows, values = _chosen(entry), entry.posted
    decision = values.get("decision", "")
    try:
        deed = _deed(entry, decision)
    except InvalidInput as refusal:
        screen = _screen(rows, decision, problems.sentence(refusal, entry.school.currency))
        return entry.show(_CONFIRM, screen, "promoters", problems.status_of(refusal))
    done, refused = 0, []
    for row in rows:
        try:
            if row.status != _AFTER.get(decision):  # already so: sent twice
                deed(row.code)
            done += 1
        except DomainError as refusal:
            said = problems.sentence(refusal, entry.school.currency)
            refused.append(Outcome(row.code, names.promoter_name(row), said))
    screen_ = ManyDoneScreen(decision, done, tuple(refused))
    return entry.show("web/operator/promoters_done.html", screen_, "promoters")


def _deed(entry: Entry, decision: str) -> Callable[[str], object]:
    """What is done to one. Raises InvalidInput before anything is."""
    reason = entry.posted.get("reason", "").strip()[:200]
    group = entry.posted.get("group", "").strip()[:40] or None
    if decision in _WITH_REASON and not reason:
        raise InvalidInput(field="reason", reason=_("the promoters see it, so it must say why"))
    match decision:
        case "approve":
            return lambda code: actions.approve(code, actor=entry.actor)
        case "reject":
            return lambda code: actions.reject(code, reason=reason, actor=entry.actor)
        case "suspend":
            status = PromoterStatus.SUSPENDED
            return lambda code: actions.set_status(code, status, reason=reason, actor=entry.actor)
        case "group":
            return lambda code: actions.set_group(code, group, actor=entry.actor)
        case _:
            raise InvalidInput(field="decision", reason=_("choose one of the list"))
