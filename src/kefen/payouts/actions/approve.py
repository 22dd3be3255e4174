"""Approving a withdrawal: the tax is computed here, stored with its computation, and never
again (domain.md §5)."""

from dataclasses import asdict

from django.db import transaction

from kefen.core import postings
from kefen.core.errors import InvalidInput, UnknownWithdrawal
from kefen.core.payout_limits import check_payout
from kefen.core.states import WithdrawalState, move
from kefen.ledger import actions as ledger
from kefen.payouts.actions.close import give_back
from kefen.payouts.actions.second_person import FROZEN, waits_for_second
from kefen.payouts.actions.tell import tell
from kefen.payouts.contracts import WithdrawalRecord
from kefen.payouts.models import Withdrawal
from kefen.payouts.queries import payee_of, record_of
from kefen.payouts.queries.arrangements import channel_limits
from kefen.payouts.tax import tax_on
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.personal import masked_account
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy.queries import current

_DECIDED = ("state", "tax", "net", "tax_computation", "approved_at", "second_approver")


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def approve(number: str, *, actor: Actor = SYSTEM) -> WithdrawalRecord:
    """Approve a requested withdrawal; approving again changes nothing. Where it goes is frozen
    here: the account as it is now, whatever becomes of it later.

    A large one waits for a second person first (second_person.py): it is still requested then, and
    goes where the first one saw that it goes.

    Raises UnknownWithdrawal, IllegalTransition (it was rejected or cancelled),
    PayoutAccountMissing, SecondPersonNeeded, NotAllowed, and what core.payout_limits refuses.
    """
    row = _locked(number)
    if row.approved_at is not None and row.state != WithdrawalState.REQUESTED:
        return record_of(row)
    state = move(WithdrawalState(row.state), WithdrawalState.APPROVED)
    if row.first_approver is None:
        payee = payee_of(row.promoter_id, row.promoter.code, row.promoter.account_id)
        row.channel = payee.kind.value
        row.receiver, row.receiver_name, row.receiver_bank = payee.account, payee.name, payee.bank
    if waits_for_second(row, actor):
        return record_of(row)
    row.state = state
    institution, at = current(), clock.now()
    ledger.lock([postings.available(row.promoter.code)], institution.currency)
    computation = tax_on(institution, row.promoter_id, row.amount, at)
    row.tax, row.net = computation.tax, computation.net
    row.tax_computation = asdict(computation)
    row.approved_at = at
    check_payout(channel_limits(row.channel), computation.net, row.receiver_name)
    row.save(update_fields=[*_DECIDED, *FROZEN])
    tell(row, "approved")
    audit.record(
        actor,
        "withdrawal.approved",
        f"withdrawal:{number}",
        before=WithdrawalState.REQUESTED.value,
        after=state.value,
        amount=row.amount,
        tax=row.tax,
        to=f"{row.channel} {masked_account(row.receiver)}",
    )
    return record_of(row)


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def reject(number: str, *, reason: str, actor: Actor = SYSTEM) -> None:
    """Refuse a requested withdrawal with a reason that the promoter sees; the amount comes back.

    Raises UnknownWithdrawal, IllegalTransition, InvalidInput.
    """
    if not reason.strip():
        raise InvalidInput(field="reason", reason="the promoter sees it, so it must say why")
    row = _locked(number)
    give_back(row, WithdrawalState.REJECTED, at=clock.now(), reason=reason)
    tell(row, "rejected")
    audit.record(
        actor,
        "withdrawal.rejected",
        f"withdrawal:{number}",
        before=WithdrawalState.REQUESTED.value,
        after=WithdrawalState.REJECTED.value,
        reason=reason,
    )


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
