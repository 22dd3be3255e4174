"""Reads of what an institution decided about payouts and tax."""

from uuid import UUID

from kefen.core.payout_limits import ChannelLimits, limits_of
from kefen.core.tax import TaxRule
from kefen.payouts.bank_columns import COLUMNS, DEFAULT
from kefen.payouts.contracts import (
    AgreementFacts,
    LooseningFacts,
    PolicyFacts,
    TaxTermsFacts,
    TellingFacts,
)
from kefen.payouts.policy_models import (
    PayoutAuthorisation,
    PayoutLimit,
    PayoutPolicy,
    PayoutTelling,
    TaxTerms,
)
from kefen.payouts.tax import tax_rule_at
from kefen.platform import clock
from kefen.platform.identity import queries as identity
from kefen.platform.identity import rights
from kefen.platform.tenancy.queries import current
from kefen.ports import registry


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


def loosening() -> LooseningFacts | None:
    """What was proposed for the threshold and waits for a second person."""
    row = PayoutPolicy.objects.first()
    if row is None or row.confirmer is not None or row.proposer is None or row.proposed_at is None:
        return None
    return LooseningFacts(row.proposed_from, row.proposer, row.proposed_at)


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


def tax_rule_now() -> TaxRule:
    """The tax rule in force."""
    return tax_rule_at(current(), clock.now())


def tax_history() -> list[TaxTermsFacts]:
    """Every decision on tax, newest first."""
    rows = TaxTerms.objects.order_by("-effective_on", "-id")
    return [TaxTermsFacts(r.rule, r.effective_on, r.decided_at, r.decided_by) for r in rows]


def bank_columns() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of bank files, and those that are left out."""
    chosen = policy().bank_columns or DEFAULT
    return chosen, tuple(name for name in COLUMNS if name not in chosen)


def others_arrange(user: UUID | None) -> bool:
    """Is it anybody else's work, too? Where it is nobody's, what waits for a second person waits
    until there is one."""
    theirs = rights.MAY[rights.Deed.PAYOUT_SETTINGS]
    return any(
        member.role in theirs and member.user_id != user and member.user.is_active
        for member in identity.members()
    )


def telling_of(promoter_id: UUID) -> TellingFacts:
    """How a promoter wants to hear of his withdrawals."""
    row = PayoutTelling.objects.filter(promoter_id=promoter_id).first()
    return TellingFacts() if row is None else TellingFacts(row.by_phone, row.language)


def agreement_of(promoter_id: UUID, channel: str) -> AgreementFacts:
    """Where a promoter's word to his channel stands; `state` is empty where it has none to give."""
    if registry.authorised(channel) is None:
        return AgreementFacts("", "")
    found = PayoutAuthorisation.objects.filter(promoter_id=promoter_id, channel=channel)
    row = found.exclude(state="ended").first()
    return AgreementFacts("none", "") if row is None else AgreementFacts(row.state, row.url)
