"""Approving a withdrawal: the tax is computed here, stored with its computation, and never
again (domain.md §5)."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from kefen.core import postings
from kefen.core.errors import InvalidInput, UnknownWithdrawal
from kefen.core.periods import PeriodKind, period_of
from kefen.core.states import WithdrawalState, move
from kefen.core.tax import TaxComputation, TaxRule, compute, consecutive_months
from kefen.ledger import actions as ledger
from kefen.payouts.actions.close import give_back
from kefen.payouts.contracts import WithdrawalRecord
from kefen.payouts.models import Withdrawal
from kefen.payouts.queries import record_of
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.queries import current

# A withdrawal that ended so is no income of its period.
_NO_INCOME = (
    WithdrawalState.FAILED,
    WithdrawalState.EXPIRED,
    WithdrawalState.CANCELLED,
    WithdrawalState.REJECTED,
)


@transaction.atomic
def approve(number: str, *, actor: Actor = SYSTEM) -> WithdrawalRecord:
    """Approve a requested withdrawal; approving again changes nothing.

    Raises UnknownWithdrawal, IllegalTransition (it was rejected or cancelled).
    """
    row = _locked(number)
    if row.approved_at is not None and row.state != WithdrawalState.REQUESTED:
        return record_of(row)
    row.state = move(WithdrawalState(row.state), WithdrawalState.APPROVED)
    institution, at = current(), clock.now()
    ledger.lock([postings.available(row.promoter.code)], institution.currency)
    computation = _tax(row, institution, at)
    row.tax, row.net = computation.tax, computation.net
    row.tax_computation = asdict(computation)
    row.approved_at = at
    row.save(update_fields=["state", "tax", "net", "tax_computation", "approved_at"])
    audit.record(
        actor, "withdrawal.approved", f"withdrawal:{number}", amount=row.amount, tax=row.tax
    )
    return record_of(row)


@transaction.atomic
def reject(number: str, *, reason: str, actor: Actor = SYSTEM) -> None:
    """Refuse a requested withdrawal with a reason that the promoter sees; the amount comes back.

    Raises UnknownWithdrawal, IllegalTransition, InvalidInput.
    """
    if not reason.strip():
        raise InvalidInput(field="reason", reason="the promoter sees it, so it must say why")
    row = _locked(number)
    give_back(row, WithdrawalState.REJECTED, at=clock.now(), reason=reason)
    audit.record(actor, "withdrawal.rejected", f"withdrawal:{number}", reason=reason)


def _locked(number: str) -> Withdrawal:
    row = (
        Withdrawal.objects.select_for_update(of=("self",))
        .select_related("promoter")
        .filter(number=number)
        .first()
    )
    if row is None:
        raise UnknownWithdrawal(withdrawal=number)
    return row


def _tax(row: Withdrawal, institution: InstitutionFacts, at: datetime) -> TaxComputation:
    """The tax by the institution's rule, on top of the promoter's income of the period so far."""
    yearly = institution.tax_rule is TaxRule.CUMULATIVE_2025_16
    kind = PeriodKind.YEAR if yearly else PeriodKind.MONTH
    period = period_of(kind, at, institution.zone)
    before = Withdrawal.objects.filter(
        promoter_id=row.promoter_id, approved_at__gte=period.start, approved_at__lt=period.end
    ).exclude(state__in=_NO_INCOME)
    sums = before.aggregate(income=Sum("amount"), withheld=Sum("tax"))
    months = 1
    if yearly:
        instants = before.values_list("approved_at", flat=True)
        months = consecutive_months(
            {instant.astimezone(institution.zone).month for instant in instants if instant},
            at.astimezone(institution.zone).month,
        )
    return compute(
        institution.tax_rule,
        amount=row.amount,
        income_before=sums["income"] or 0,
        withheld_before=sums["withheld"] or 0,
        months=months,
    )
