"""All checks of one institution."""

from collections.abc import Callable, Iterator

from django.db import connection, transaction

from kefen.ops.audit import books, commissions, payouts
from kefen.ops.audit.finding import Finding

CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    books.cached_balances,
    books.floors,
    books.transfers_have_entries,
    books.units,
    books.orders_and_transfers,
    books.refunds_and_transfers,
    books.line_refunds,
    commissions.recomputed,
    commissions.matured,
    commissions.pending_balances,
    commissions.points,
    payouts.withdrawals,
    payouts.in_transit_balances,
    payouts.prizes,
)


def audit_institution() -> list[Finding]:
    """Run every check on the institution in scope, on one snapshot of its data."""
    fresh = not connection.in_atomic_block
    with transaction.atomic():
        if fresh:
            # Every check sees the same instant, whatever is booked meanwhile.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # It reads everything, often just after a bulk load that no statistics know of
                # yet: a nested loop chosen by a wrong estimate would take hours.
                cursor.execute("SET LOCAL enable_nestloop = off")
                cursor.execute("SET LOCAL enable_seqscan = on")
        return [finding for check in CHECKS for finding in check()]
