"""Reads of institutions and of the limits in force."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from kefen.core.errors import NotFound
from kefen.core.tax import TaxRule
from kefen.core.terms import PlatformLimits
from kefen.platform.tenancy.contracts import InstitutionFacts
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


def founded() -> list[tuple[InstitutionFacts, datetime]]:
    """Every institution with the instant of its founding, newest first."""
    rows = Institution.objects.order_by("-created_at", "slug")
    return [(_facts(row), row.created_at) for row in rows]


def limits_history() -> list[Limits]:
    """Every row of limits that the platform ever decided for the institution in scope, the one in
    force first."""
    return list(Limits.objects.order_by("-number"))
