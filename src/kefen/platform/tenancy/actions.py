"""Founding an institution and setting its limits: the platform's verbs."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from kefen.core.compliance import FORBIDDEN, check_texts
from kefen.core.errors import InvalidInput, NumberConflict
from kefen.core.ids import is_code
from kefen.core.terms import PlatformLimits
from kefen.platform import clock
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy import queries, scope
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.models import ClockShift, Institution, Limits


@needs(Deed.INSTITUTIONS)
@transaction.atomic
def found_institution(
    *,
    slug: str,
    name: str,
    currency: str = "CNY",
    time_zone: str = "Asia/Shanghai",
    withdrawal_minimum: int = 1000,
    tax_rule: str = "labour_2018_61",
    limits: PlatformLimits | None = None,
) -> InstitutionFacts:
    """Create an institution with its first row of limits. Raises InvalidInput, NumberConflict,
    ForbiddenWords."""
    if not is_code(slug):
        raise InvalidInput(field="slug", reason="use 1 to 64 of A-Z a-z 0-9 . _ -")
    limits = limits or PlatformLimits()
    check_texts("school", {"name": name}, FORBIDDEN + limits.forbidden_words)
    if Institution.objects.filter(slug=slug).exists():
        raise NumberConflict(number=slug)
    try:
        with transaction.atomic():
            row = Institution.objects.create(
                slug=slug,
                name=name,
                currency=currency,
                time_zone=time_zone,
                withdrawal_minimum=withdrawal_minimum,
                tax_rule=tax_rule,
                created_at=clock.now(),
            )
    except IntegrityError as error:  # founded at this moment by somebody else
        raise NumberConflict(number=slug) from error
    with scope.institution(row.id):
        set_limits(limits)
        return queries.current()


@needs(Deed.LIMITS)
@transaction.atomic
def set_limits(limits: PlatformLimits) -> None:
    """New hard limits for the institution in scope; they count from the next order on
    (domain.md §3.4, §8)."""
    scope.forget()
    last = Limits.objects.order_by("-number").first()
    Limits.objects.create(
        number=1 if last is None else last.number + 1,
        max_rate_bps=limits.max_rate_bps,
        level2_allowed=limits.level2_allowed,
        minimum_hold_days=limits.minimum_hold_days,
        minimum_age=limits.minimum_age,
        forbidden_words=list(limits.forbidden_words),
        decided_at=clock.now(),
    )


@transaction.atomic
def push_clock(ahead: timedelta) -> timedelta:
    """Push the demo's clock further ahead; time never runs back. Answers the whole shift."""
    if ahead < timedelta():
        raise InvalidInput(field="ahead", reason="the clock never runs back")
    row, _ = ClockShift.objects.select_for_update().get_or_create(
        pk=1, defaults={"ahead": timedelta()}
    )
    whole: timedelta = row.ahead + ahead
    row.ahead = whole
    row.save(update_fields=["ahead"])
    return whole
