"""Where an order's money went on: the payouts after its rebates settled, and its days' bills."""

from collections.abc import Sequence

from kefen.commissions.models import Commission
from kefen.faces.web import names
from kefen.faces.web.operator.order_trail_screens import BillRow, PayoutRow, Trail
from kefen.orders.models import Order, Refund
from kefen.payouts.queries import settlements
from kefen.ports.bills import zone_of
from kefen.reconciliation import queries as reconciliation


def trail(row: Order, refunds: Sequence[Refund], booked: Sequence[Commission]) -> Trail:
    """Three queries for any order."""
    since = {one.promoter_id: one.matured_at for one in booked if one.matured_at is not None}
    return Trail(
        payouts=tuple(
            PayoutRow(
                one.number,
                names.promoter_name(one.promoter),
                one.amount,
                one.state,
                one.requested_at,
            )
            for one in settlements.payouts_after(since)
        ),
        bills=_bills(row, refunds),
    )


def _bills(row: Order, refunds: Sequence[Refund]) -> tuple[BillRow, ...]:
    """The days for which there is a bill to look at."""
    if row.channel is None or row.paid_at is None:
        return ()
    zone = zone_of(row.channel)
    moved = {row.paid_at.astimezone(zone).date(): "payment"}
    for one in refunds:
        if one.booked_at is not None:
            moved.setdefault(one.booked_at.astimezone(zone).date(), "refund")
    known = reconciliation.known_days(row.channel, moved)
    return tuple(BillRow(row.channel, on, moved[on]) for on in sorted(known))
