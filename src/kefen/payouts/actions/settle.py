"""Sending a withdrawal and taking its result."""

from datetime import datetime

from django.db import transaction

from kefen.core import postings
from kefen.core.errors import InvariantBroken, UnknownWithdrawal, WithdrawalNotOpen
from kefen.core.states import PayoutWay, WithdrawalState, may_move, move
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.payouts.actions.close import give_back
from kefen.payouts.actions.tell import tell
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.merchants import actions as merchants
from kefen.platform.tenancy.queries import current

_RESULTS = {
    WithdrawalState.SUCCEEDED,
    WithdrawalState.FAILED,
    WithdrawalState.EXPIRED,
    WithdrawalState.CANCELLED,
}


@transaction.atomic
def mark_sent(number: str, *, channel: str = "sandbox", actor: Actor = SYSTEM) -> None:
    """The channel has the order to pay; sending again under the same number changes nothing.

    Raises UnknownWithdrawal, IllegalTransition.
    """
    row = _locked(number)
    if row.sent_at is not None:
        return
    merchants.hold(channel)
    row.state = move(WithdrawalState(row.state), WithdrawalState.SENT)
    row.sent_at, row.channel = clock.now(), channel
    row.save(update_fields=["state", "sent_at", "channel"])
    audit.record(actor, "withdrawal.sent", f"withdrawal:{number}", net=row.net)
    tell(row, "sent")


@transaction.atomic
def await_confirmation(
    number: str, *, until: datetime, url: str = "", actor: Actor = SYSTEM
) -> bool:
    """The channel waits for the receiver, who may confirm until an instant; answers whether this
    call noted it. Nothing moves: the amount stays reserved until the result.

    After the result a late word of this changes nothing. Raises UnknownWithdrawal,
    WithdrawalNotOpen (it was never sent).
    """
    row = _locked(number)
    if row.sent_at is None:
        raise WithdrawalNotOpen(withdrawal=number)
    if row.state != WithdrawalState.SENT:
        return False
    row.state = move(WithdrawalState(row.state), WithdrawalState.AWAITING_CONFIRMATION)
    row.confirm_until, row.confirm_url = until, url
    row.save(update_fields=["state", "confirm_until", "confirm_url"])
    audit.record(actor, "withdrawal.awaiting", f"withdrawal:{number}", until=until.isoformat())
    tell(row, "awaiting_confirmation")
    return True


@transaction.atomic
def settle(
    number: str, result: WithdrawalState, *, at: datetime, reason: str = "", actor: Actor = SYSTEM
) -> bool:
    """Take the channel's final answer, once; answers whether this call did it.

    `result` is succeeded, failed, expired, or cancelled by the channel. Raises
    UnknownWithdrawal, WithdrawalNotOpen (another result came before, or it was never sent).
    """
    row = _locked(number)
    state = WithdrawalState(row.state)
    if state is result:
        return False
    if result not in _RESULTS or row.sent_at is None or not may_move(state, result):
        raise WithdrawalNotOpen(withdrawal=number)
    if result is WithdrawalState.SUCCEEDED:
        _succeed(row, at)
    else:
        give_back(row, result, at=at, reason=reason)
    audit.record(actor, f"withdrawal.{result.value}", f"withdrawal:{number}", amount=row.amount)
    tell(row, result.value)
    return True


def _succeed(row: Withdrawal, at: datetime) -> None:
    if row.tax is None:
        raise InvariantBroken(invariant="a sent withdrawal has its tax")
    row.state, row.closed_at = move(WithdrawalState(row.state), WithdrawalState.SUCCEEDED), at
    row.save(update_fields=["state", "closed_at"])
    key = postings.withdrawal_result_key(row.number, WithdrawalState.SUCCEEDED.value)
    is_split = row.way == PayoutWay.SPLIT
    source = postings.channel(row.channel) if is_split else postings.PAYOUT
    moves = postings.payout_succeeded(row.promoter.code, row.amount, row.tax, source)
    ledger.post([Transfer(key, "withdrawal_succeeded", at, moves)], current().currency)


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
