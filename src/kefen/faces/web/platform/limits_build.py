"""Screens of the hard limits: what stands, why, since when, and what new ones would do."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from kefen.core.compliance import check_terms
from kefen.core.errors import DomainError
from kefen.core.terms import PlatformLimits
from kefen.faces.web import problems
from kefen.faces.web.entry import Entry
from kefen.faces.web.labels import label
from kefen.faces.web.limits_shown import locked, text_of
from kefen.faces.web.platform.audit_build import person_name, staff
from kefen.faces.web.platform.screens import (
    Affected,
    LimitChange,
    LimitsDecision,
    LimitsReviewScreen,
    LimitsScreen,
)
from kefen.faces.web.shared.screens import Form, Option
from kefen.faces.web.templatetags.kefen import percent_bps
from kefen.oversight import queries as oversight
from kefen.oversight.models import Figures
from kefen.platform import clock
from kefen.platform.tenancy import queries, scope
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.models import Limits
from kefen.programmes import queries as programmes
from kefen.programmes.actions import course_facts

_FOUND: Final = 20
_OTHERS: Final = 20
_LONGEST: Final = 60


def limits(entry: Entry, facts: InstitutionFacts | None, form: Form | None = None) -> LimitsScreen:
    """The limits of one institution, their history, and which of its versions stand above them."""
    searched = entry.query.get("q", "").strip()[:_LONGEST]
    found = _search(searched)
    if facts is None:
        return LimitsScreen(
            0, 0, False, 18, (), found=found, searched=searched, form=form or Form()
        )
    with scope.institution(facts.id):
        history = queries.limits_history()
        newest = history[0]
        now = queries.limits_facts(newest)
        return LimitsScreen(
            max_rate_bps=now.max_rate_bps,
            minimum_hold_days=now.minimum_hold_days,
            level2_allowed=now.level2_allowed,
            minimum_age=now.minimum_age,
            forbidden_words=now.forbidden_words,
            changed_at=newest.decided_at,
            changed_by=person_name(newest.decided_by, staff()),
            affected=affected(facts, now),
            institution=facts.slug,
            name=facts.name,
            number=newest.number,
            limits=locked(history),
            decisions=decisions(history),
            found=found,
            searched=searched,
            form=form or Form(),
        )


def _search(text: str) -> tuple[Option, ...]:
    found = queries.listed(text=text).order_by("-created_at", "-id")[:_FOUND]
    return tuple(Option(row.slug, row.name) for row in found)


def review(
    facts: InstitutionFacts, wanted: PlatformLimits, reason: str, values: dict[str, str]
) -> LimitsReviewScreen:
    """What these limits would change at the institution in scope, and who is affected."""
    newest = queries.limits_row()
    beyond = oversight.beyond(wanted).exclude(institution_id=facts.id)
    others = [_other(row, wanted) for row in beyond[:_OTHERS]]
    return LimitsReviewScreen(
        institution=facts.slug,
        name=facts.name,
        number=newest.number,
        changes=changes(queries.limits_facts(newest), wanted),
        affected=affected(facts, wanted),
        others=tuple(others),
        more=max(0, beyond.count() - len(others)),
        reason=reason,
        values=values,
    )


def _other(row: Figures, wanted: PlatformLimits) -> Affected:
    why, cap, hold = [], row.programme_cap_bps or 0, row.programme_hold_days or 0
    if cap > wanted.max_rate_bps:
        why.append(percent_bps(cap))
    if hold < wanted.minimum_hold_days:
        why.append(_("%(n)d days") % {"n": hold})
    if row.programme_level2 and not wanted.level2_allowed:
        why.append(str(label("limit", "level2_allowed")))
    name, number = row.institution.name, row.programme_number or 0
    return Affected(name, row.institution.slug, number, " · ".join(why))


def affected(facts: InstitutionFacts, wanted: PlatformLimits) -> tuple[Affected, ...]:
    """The versions of the institution in scope, in force or to come, that these limits would not
    let through today; orders under them follow the stricter of the two anyway."""
    now, courses = clock.now(), course_facts()
    schedule = programmes.schedule()
    present = schedule.in_force(now)
    found = []
    for version in schedule.versions:
        if version is not present and version.terms.effective_from <= now:
            continue
        try:
            check_terms(version.terms, wanted, courses)
        except DomainError as refusal:
            why = problems.sentence(refusal, facts.currency)
            found.append(Affected(facts.name, facts.slug, version.number, why))
    return tuple(found)


def decisions(history: Sequence[Limits]) -> tuple[LimitsDecision, ...]:
    """The history, newest first, each against the one before."""
    known = staff()
    found = []
    for place, row in enumerate(history):
        older = history[place + 1] if place + 1 < len(history) else None
        diff = (
            () if older is None else changes(queries.limits_facts(older), queries.limits_facts(row))
        )
        who = person_name(row.decided_by, known)
        at = row.decided_at
        found.append(LimitsDecision(row.number, at, who, row.reason, diff, place == 0))
    return tuple(found)


def changes(before: PlatformLimits, after: PlatformLimits) -> tuple[LimitChange, ...]:
    """What differs, in words; of forbidden words those that are gone and those that are new."""
    was, now = queries.limits_diff(before, after)
    return tuple(
        LimitChange(name, text_of(name, was[name]), text_of(name, now[name])) for name in was
    )
