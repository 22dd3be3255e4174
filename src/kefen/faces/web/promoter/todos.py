"""What only the promoter himself can do, most urgent first."""

from datetime import timedelta

from kefen.core.states import WithdrawalState
from kefen.faces.web.entry import Entry
from kefen.faces.web.promoter.screens import Todo
from kefen.payouts import queries as payouts
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.platform.identity import queries as identity

_LOOKED_AT = 10
# A withdrawal that came back is news for this long, unless there is a newer one.
_NEWS_DAYS = 14
_BACK = {
    WithdrawalState.FAILED: "failed",
    WithdrawalState.EXPIRED: "expired",
    WithdrawalState.REJECTED: "rejected",
}


def todos(entry: Entry, available: int) -> tuple[Todo, ...]:
    """Receipts to confirm with the time that is left, withdrawals that came back, and the identity
    where there is money to withdraw; two queries."""
    newest = list(payouts.of_promoter(entry.me.id)[:_LOOKED_AT])
    found = [_confirm(entry, row) for row in newest if waits_for_receiver(row)]
    if newest and newest[0].state in _BACK and _is_news(newest[0]):
        row = newest[0]
        address = entry.address("promoter_withdrawal", row.number)
        found.append(Todo(_BACK[WithdrawalState(row.state)], address, row.amount))
    if available >= entry.school.withdrawal_minimum and not _has_identity(entry):
        found.append(Todo("identity", entry.address("promoter_identity")))
    if available >= entry.school.withdrawal_minimum and _account_missing(entry):
        found.append(Todo("payout_account", entry.address("promoter_payout_account")))
    return tuple(found)


def waits_for_receiver(row: Withdrawal) -> bool:
    """Does this withdrawal wait for its promoter to confirm it?"""
    return row.state == WithdrawalState.AWAITING_CONFIRMATION


def hours_left(row: Withdrawal) -> int | None:
    """Whole hours until a receipt can no longer be confirmed; None where nothing waits."""
    if not waits_for_receiver(row) or row.confirm_until is None:
        return None
    return max(0, int((row.confirm_until - clock.now()) / timedelta(hours=1)))


def _confirm(entry: Entry, row: Withdrawal) -> Todo:
    address = entry.address("promoter_withdrawal", row.number)
    return Todo("confirm", address, row.net, hours_left(row))


def _is_news(row: Withdrawal) -> bool:
    closed = row.closed_at
    return closed is not None and clock.now() - closed < timedelta(days=_NEWS_DAYS)


def _account_missing(entry: Entry) -> bool:
    return payouts.account_needed() and payouts.account_of(entry.me.id) is None


def _has_identity(entry: Entry) -> bool:
    return entry.account is not None and identity.has_identity(entry.account.id)
