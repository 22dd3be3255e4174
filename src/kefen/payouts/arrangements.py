"""Reads of what an institution decided about payouts and tax."""

from datetime import datetime

from kefen.core.payout_limits import ChannelLimits, limits_of
from kefen.core.tax import TaxRule
from kefen.payouts.contracts import PolicyFacts, TaxTermsFacts
from kefen.payouts.policy_models import PayoutLimit, PayoutPolicy, TaxTerms
from kefen.platform.identity import queries as identity
from kefen.platform.identity.models import Role
from kefen.platform.tenancy.contracts import InstitutionFacts

APPROVERS = frozenset({Role.OWNER.value, Role.OPERATOR.value, Role.FINANCE.value})
"""Whose work it is to decide on withdrawals."""


def policy() -> PolicyFacts:
    """How the institution pays out; everything off until it decided otherwise."""
    row = PayoutPolicy.objects.first()
    if row is None:
        return PolicyFacts()
    return PolicyFacts(
        two_persons_from=row.two_persons_from,
        bank_files=row.bank_files,
        bank_encoding=row.bank_encoding,
        bank_columns=tuple(row.bank_columns),
    )


def channel_limits(channel: str) -> ChannelLimits:
    """What counts at a channel: the institution's own figures, or the channel's."""
    row = PayoutLimit.objects.filter(channel=channel).first()
    return limits_of(channel) if row is None else limits_in(row)


def limits_in(row: PayoutLimit) -> ChannelLimits:
    """A stored row of limits as core's value."""
    return ChannelLimits(
        row.least, row.most, row.person_day, row.school_day, row.name_from, row.name_needed
    )


def own_limits() -> dict[str, ChannelLimits]:
    """The institution's own figures, by channel."""
    return {row.channel: limits_in(row) for row in PayoutLimit.objects.order_by("channel")}


def tax_rule_at(institution: InstitutionFacts, at: datetime) -> TaxRule:
    """The tax rule in force at an instant: of the terms that were decided by then and have begun,
    the newest; what the institution was founded with, before the first."""
    begun = TaxTerms.objects.filter(
        decided_at__lte=at, effective_on__lte=at.astimezone(institution.zone).date()
    )
    found = begun.order_by("-effective_on", "-id").values_list("rule", flat=True).first()
    return institution.tax_rule if found is None else TaxRule(found)


def tax_history() -> list[TaxTermsFacts]:
    """Every decision on tax, newest first."""
    rows = TaxTerms.objects.order_by("-effective_on", "-id")
    return [TaxTermsFacts(r.rule, r.effective_on, r.decided_at, r.decided_by) for r in rows]


def may_approve(user: object) -> bool:
    """Is it this person's work to decide on withdrawals? Asked inside actions that need two."""
    return user is not None and identity.role_of(user) in APPROVERS  # type: ignore[arg-type]
