"""Ending a withdrawal without success: the amount comes back, once."""

from datetime import datetime

from kefen.core import postings
from kefen.core.balances import settle
from kefen.core.states import WithdrawalState, move
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.payouts.models import Withdrawal
from kefen.platform.tenancy.queries import current


def give_back(row: Withdrawal, result: WithdrawalState, *, at: datetime, reason: str) -> None:
    """Close a locked withdrawal as failed, expired, cancelled or rejected; what comes back
    settles first what the promoter owes (domain.md §3.6, §4). Raises IllegalTransition."""
    row.state = move(WithdrawalState(row.state), result)
    row.closed_at, row.state_reason = at, reason
    row.save(update_fields=["state", "closed_at", "state_reason"])
    promoter, currency = row.promoter.code, current().currency
    builders = (postings.in_transit, postings.available, postings.receivable)
    locked = ledger.lock([build(promoter) for build in builders], currency)
    settled = settle(row.amount, -locked[postings.receivable(promoter)]).settled
    moves = postings.payout_returned(promoter, row.amount, settled)
    key = postings.withdrawal_result_key(row.number, result.value)
    ledger.post([Transfer(key, "withdrawal_returned", at, moves)], currency)
