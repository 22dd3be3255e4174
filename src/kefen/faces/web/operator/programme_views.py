"""The programme in the console: looking at versions, trying a draft, publishing it in two steps."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.core.errors import Conflict, DomainError, InvalidInput, NotFound
from kefen.faces.web import problems
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator import (
    programme,
    programme_changes,
    programme_form,
    programme_trial,
)
from kefen.faces.web.shared.screens import Form
from kefen.platform import clock
from kefen.programmes import actions

_PAGE = "web/operator/programme.html"
_REVIEW = "web/operator/programme_review.html"
_MORE_RULES = 3


@require_safe
@operator_page()
def page(entry: Entry) -> HttpResponse:
    """The rules in force and the draft of the next version; `from` names an older version that it
    begins from, `backtest` a draft that was tried."""
    found = programme_changes.terms_of(entry.query.get("from", ""))
    basis, number = found or (None, None)
    if basis is None:
        basis = programme_changes.terms_of_backtest(entry.query.get("backtest", ""))
    screen = programme.programme(entry, basis=basis, basis_number=number)
    return entry.show(_PAGE, screen, "programme")


@require_safe
@operator_page()
def version(entry: Entry, number: str) -> HttpResponse:
    """One published version, read-only."""
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise NotFound(what="programme version")
    screen = programme_changes.version(entry, int(number))
    return entry.show("web/operator/programme_version.html", screen, "programme")


@require_safe
@operator_page()
def backtest(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - the address's word
    """How far a backtest is, then what it found."""
    try:
        found = UUID(id)
    except ValueError:
        raise NotFound(what="backtest") from None
    screen = programme_trial.run(entry, found)
    return entry.show("web/operator/programme_backtest.html", screen, "programme")


@require_POST
@operator_page(may="programme")
def draft(entry: Entry) -> HttpResponse:
    """Whatever is asked of the draft; nothing of it is stored."""
    values = entry.posted
    for name in ("self_purchase", "level2", "sim_inviter"):  # an empty box is not sent
        values.setdefault(name, "")
    entry.come_back = entry.address("operator_programme")
    try:
        with clock.at(clock.now()):
            return _asked(entry, values)
    except DomainError as refusal:
        return _refused(entry, values, refusal)


def _asked(entry: Entry, values: dict[str, str]) -> HttpResponse:
    asked = values.get("do", "")
    if asked == "add_rule":
        rows = values.get("rows", "")
        had = int(rows) if rows.isascii() and rows.isdecimal() and len(rows) < 4 else 0
        values["rows"] = str(min(programme.MOST_ROWS, had + _MORE_RULES))
    if asked in ("add_rule", "edit"):  # "edit": back from the review, all as it was typed
        return entry.show(_PAGE, programme.programme(entry, Form(values)), "programme")
    terms = programme_form.read(values, entry.school)
    worst = actions.review(terms)  # terms that cannot be are not computed with either
    if asked == "review":
        review = programme_changes.review(entry, terms, values, worst)
        return entry.show(_REVIEW, review, "programme")
    screen = programme.programme(entry, Form(values))
    if asked == "simulate":
        found = programme_trial.simulated(entry, terms, values)
        screen = replace(screen, simulation=found)
        return entry.show(_PAGE, screen, "programme")
    if asked != "backtest":
        raise InvalidInput(field="do", reason=_("choose one of the list"))
    days = programme_trial.days_of(values)
    tried = programme_trial.tried(entry, terms, days, screen.begun_from)
    if isinstance(tried, UUID):
        return entry.to("operator_backtest", str(tried))
    return entry.show(_PAGE, replace(screen, backtest=tried), "programme")


def _refused(entry: Entry, values: dict[str, str], refusal: DomainError) -> HttpResponse:
    """The draft again as it was typed, with what is wrong beside its field or above."""
    form = problems.form_of(refusal, values, entry.school.currency)
    if not form.errors:
        form = Form(values)
    screen = programme.programme(entry, form, refusal)
    return entry.show(_PAGE, screen, "programme", problems.status_of(refusal))


@require_POST
@operator_page(may="programme")
def publish(entry: Entry) -> HttpResponse:
    """Publish a version, or say by which rule, limit and worst case it is refused."""
    values = entry.posted
    begun = values.get("begun_from", "")
    entry.come_back = entry.address("operator_programme")
    try:
        # Read and published at one instant: "at once" never reaches into the past.
        with clock.at(clock.now()):
            terms = programme_form.read(values, entry.school)
            after = (
                int(begun) if begun.isascii() and begun.isdecimal() and len(begun) < 10 else None
            )
            try:
                published = actions.publish(terms, actor=entry.actor, after=after)
            except Conflict as refusal:
                # Somebody else's version is the one to compare with now.
                values["begun_from"] = ""
                screen = programme_changes.review(entry, terms, values, None, refusal)
                return entry.show(_REVIEW, screen, "programme", problems.status_of(refusal))
    except DomainError as refusal:
        return _refused(entry, values, refusal)
    said = _("Version %(number)d is published. Orders already placed keep theirs.")
    entry.say(said % {"number": published.version.number})
    return entry.to("operator_programme")
