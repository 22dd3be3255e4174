"""Reads of institutions and of the limits in force."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kefen.core.errors import InstitutionPaused, NotFound
from kefen.core.states import InstitutionState
from kefen.core.tax import TaxRule
from kefen.core.terms import PlatformLimits
from kefen.platform.tenancy.contracts import InstitutionFacts, LimitWhy, Plan
from kefen.platform.tenancy.models import ClockShift, Institution, Limits
from kefen.platform.tenancy.scope import institution_id, remembered


def _facts(row: Institution) -> InstitutionFacts:
    return InstitutionFacts(
        id=row.id,
        slug=row.slug,
        name=row.name,
        currency=row.currency,
        zone=ZoneInfo(row.time_zone),
        withdrawal_minimum=row.withdrawal_minimum,
        tax_rule=TaxRule(row.tax_rule),
        plan=Plan(row.plan),
        state=InstitutionState(row.state),
        state_reason=row.state_reason,
    )


def current() -> InstitutionFacts:
    """The institution in scope; read once in a scope."""
    facts: InstitutionFacts = remembered(
        "institution", lambda: _facts(Institution.objects.get(pk=institution_id()))
    )
    return facts


def by_slug(slug: str) -> InstitutionFacts:
    """The institution with this slug. Raises NotFound."""
    row = Institution.objects.filter(slug=slug).first()
    if row is None:
        raise NotFound(what=slug)
    return _facts(row)


def check_open() -> None:
    """Refuse what a paused institution does not do: a new order, a new promoter. Raises
    InstitutionPaused."""
    facts = current()
    if facts.paused:
        raise InstitutionPaused(institution=facts.name)


def all_institutions() -> list[InstitutionFacts]:
    """Every institution, by slug; for jobs that visit each in its own scope."""
    return [_facts(row) for row in Institution.objects.order_by("slug")]


def institution_ids() -> list[UUID]:
    """The ids of all institutions, oldest first."""
    return list(Institution.objects.order_by("id").values_list("id", flat=True))


def limits_row() -> Limits:
    """The row of limits in force for the institution in scope."""
    found = Limits.objects.order_by("-number").first()
    if found is None:
        raise NotFound(what="limits")
    return found


def limits() -> PlatformLimits:
    """The platform's limits in force for the institution in scope (domain.md §8)."""
    return limits_facts(limits_row())


def limits_facts(row: Limits) -> PlatformLimits:
    """A stored row of limits as core's value."""
    return PlatformLimits(
        max_rate_bps=row.max_rate_bps,
        level2_allowed=row.level2_allowed,
        minimum_hold_days=row.minimum_hold_days,
        minimum_age=row.minimum_age,
        forbidden_words=tuple(row.forbidden_words),
    )


def clock_shift() -> timedelta:
    """By how much the demo's clock runs ahead."""
    row = ClockShift.objects.filter(pk=1).first()
    return timedelta() if row is None else row.ahead


def listed(*, text: str = "", state: str = "") -> "QuerySet[Institution]":
    """Institutions by a part of their name or slug, and by state; unordered."""
    found = Institution.objects.all()
    if text:
        found = found.filter(Q(name__icontains=text) | Q(slug__icontains=text))
    return found.filter(state=state) if state else found


def row(slug: str) -> Institution:
    """The stored row with this slug. Raises NotFound."""
    found = Institution.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(what=slug)
    return found


def newest() -> InstitutionFacts | None:
    """The institution that was founded last."""
    found = Institution.objects.order_by("-created_at", "-id").first()
    return None if found is None else _facts(found)


def names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What some institutions are called, by id."""
    return dict(Institution.objects.filter(id__in=list(ids)).values_list("id", "name"))


def founded() -> list[tuple[InstitutionFacts, datetime]]:
    """Every institution with the instant of its founding, newest first."""
    rows = Institution.objects.order_by("-created_at", "slug")
    return [(_facts(row), row.created_at) for row in rows]


def limits_history() -> list[Limits]:
    """Every row of limits that the platform ever decided for the institution in scope, the one in
    force first."""
    return list(Limits.objects.order_by("-number"))


LIMITS: Final = (
    "max_rate_bps",
    "level2_allowed",
    "minimum_hold_days",
    "minimum_age",
    "forbidden_words",
)
"""What a row of limits says."""


def limits_whys(history: Sequence[Limits] | None = None) -> dict[str, LimitWhy]:
    """Why each limit is what it is: the decision since which it has been so without a break."""
    rows = limits_history() if history is None else history
    found: dict[str, LimitWhy] = {}
    for name in LIMITS:
        since = rows[0]
        for older in rows[1:]:
            if getattr(older, name) != getattr(since, name):
                break
            since = older
        found[name] = LimitWhy(since.reason, since.decided_at)
    return found


def limits_diff(
    before: PlatformLimits, after: PlatformLimits
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between two sets of limits, by name: how it was, and how it is. Of the words
    only those that are gone, and those that are new."""
    names = [name for name in LIMITS if getattr(before, name) != getattr(after, name)]
    was = {name: getattr(before, name) for name in names}
    now = {name: getattr(after, name) for name in names}
    if "forbidden_words" in was:
        was["forbidden_words"] = [w for w in before.forbidden_words if w not in now[names[-1]]]
        now["forbidden_words"] = [
            w for w in after.forbidden_words if w not in before.forbidden_words
        ]
    return was, now
