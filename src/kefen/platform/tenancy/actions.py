"""Founding an institution, its limits, plan and state: the platform's verbs.

Lock order: the institution's row, then nothing.
"""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from kefen.core.compliance import FORBIDDEN, check_texts
from kefen.core.errors import InvalidInput, NumberConflict, PublishedBetween
from kefen.core.ids import is_code
from kefen.core.states import InstitutionState, move
from kefen.core.terms import PlatformLimits
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy import queries, scope
from kefen.platform.tenancy.contracts import InstitutionFacts, Plan
from kefen.platform.tenancy.models import REASON, ClockShift, Institution, Limits


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
        _add_limits(limits, None, reason="", decided_by=None)
        return queries.current()


@needs(Deed.LIMITS)
@transaction.atomic
def set_limits(
    limits: PlatformLimits, *, reason: str = "", after: int | None = None, actor: Actor = SYSTEM
) -> None:
    """New hard limits for the institution in scope; they count from the next order on
    (domain.md §3.4, §8). The school reads the `reason`. Two people publish one after the other;
    `after` is the number of the limits that the author saw: where others were published since, it
    is refused by PublishedBetween. Raises InvalidInput for a reason that is too long."""
    scope.forget()
    reason = _reason(reason)
    Institution.objects.select_for_update(no_key=True).get(pk=scope.institution_id())
    last = queries.limits_row()
    if after is not None and last.number != after:
        raise PublishedBetween(number=last.number, begun=after)
    before = queries.limits_facts(last)
    _add_limits(limits, last, reason=reason, decided_by=actor.user)
    was, now = queries.limits_diff(before, limits)
    subject = f"institution:{queries.current().slug}"
    audit.record(actor, "limits.set", subject, before=was, after=now, reason=reason)


@needs(Deed.INSTITUTIONS)
@transaction.atomic
def set_state(state: InstitutionState, *, reason: str, actor: Actor = SYSTEM) -> None:
    """Pause the institution in scope, or open it again. Paused it takes no new orders and no new
    promoters; everything paid, refunds, commissions and payouts go on as before. The state it has
    already changes nothing. Raises InvalidInput without a reason, which its operators read."""
    reason = _reason(reason)
    if not reason:
        raise InvalidInput(field="reason", reason="say why: whoever asks later must see it")
    row = _locked()
    before = InstitutionState(row.state)
    if before is state:
        return
    row.state = move(before, state)
    row.state_reason = reason
    row.save(update_fields=["state", "state_reason"])
    audit.record(
        actor,
        "institution.paused" if state is InstitutionState.PAUSED else "institution.opened",
        f"institution:{row.slug}",
        before=before.value,
        after=row.state.value,
        reason=reason,
    )


@needs(Deed.INSTITUTIONS)
@transaction.atomic
def set_plan(plan: Plan, *, reason: str, actor: Actor = SYSTEM) -> None:
    """Note what the institution in scope has agreed with the platform. Raises InvalidInput without
    a reason."""
    reason = _reason(reason)
    if not reason:
        raise InvalidInput(field="reason", reason="say why: whoever asks later must see it")
    row = _locked()
    if row.plan == plan:
        return
    before, row.plan = row.plan, plan.value
    row.save(update_fields=["plan"])
    subject = f"institution:{row.slug}"
    audit.record(
        actor, "institution.plan_set", subject, before=before, after=plan.value, reason=reason
    )


def _locked() -> Institution:
    """The row of the institution in scope, for whoever changes it."""
    scope.forget()
    return Institution.objects.select_for_update(no_key=True).get(pk=scope.institution_id())


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if len(reason) > REASON:
        raise InvalidInput(field="reason", reason="at most 200 characters")
    return reason


def _add_limits(
    limits: PlatformLimits, last: Limits | None, *, reason: str, decided_by: UUID | None
) -> None:
    Limits.objects.create(
        number=1 if last is None else last.number + 1,
        max_rate_bps=limits.max_rate_bps,
        level2_allowed=limits.level2_allowed,
        minimum_hold_days=limits.minimum_hold_days,
        minimum_age=limits.minimum_age,
        forbidden_words=list(limits.forbidden_words),
        decided_at=clock.now(),
        decided_by=decided_by,
        reason=reason,
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
