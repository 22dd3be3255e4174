"""All checks of one institution."""

from collections.abc import Callable, Iterator

from kefen.ops.audit import bills, books, commissions, payouts, splits
from kefen.ops.audit.finding import Finding
from kefen.platform.tenancy.snapshot import whole_institution

CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    books.cached_balances,
    books.floors,
    books.transfers_have_entries,
    books.units,
    books.orders_and_transfers,
    books.refunds_and_transfers,
    books.strays_and_transfers,
    books.line_refunds,
    commissions.recomputed,
    commissions.matured,
    commissions.pending_balances,
    commissions.points,
    payouts.withdrawals,
    payouts.two_persons,
    payouts.bank_files,
    payouts.in_transit_balances,
    payouts.prizes,
    splits.shares,
    splits.states,
    splits.totals,
    bills.fees,
    bills.corrections,
    bills.overtaken_corrections,
    bills.money_at_channels,
)


def audit_institution() -> list[Finding]:
    """Run every check on the institution in scope, on one snapshot of its data."""
    with whole_institution():
        return [finding for check in CHECKS for finding in check()]
