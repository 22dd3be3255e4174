"""The badges of the console's navigation: how much work waits where."""

from kefen.commissions import queries as commissions
from kefen.compliance import queries as compliance
from kefen.core.states import PromoterStatus
from kefen.orders import queries as orders
from kefen.payouts import queries as payouts
from kefen.payouts.queries import settlements
from kefen.platform.identity.rights import Deed, deeds_of
from kefen.platform.inbox import queries as inbox
from kefen.promoters import queries as promoters
from kefen.reconciliation import queries as reconciliation
from kefen.risk import queries as risk
from kefen.splits import queries as splits


def badges(role: str) -> dict[str, int]:
    """By key of the navigation; beside them what was read with them: amounts, and of what the work
    of the compliance centre consists. What the `role` can do nothing about is no work of it."""
    refunds, refunds_amount = orders.open_refund_asks()
    withdrawals, withdrawals_amount = payouts.waiting()
    watched = compliance.waiting()
    if Deed.REVEAL_NOTICES.value not in deeds_of(role):
        watched["reveals"] = 0
    return {
        "orders": refunds,
        "orders_amount": refunds_amount,
        "promoters": promoters.count_with(PromoterStatus.APPLIED),
        "withdrawals": withdrawals,
        "withdrawals_amount": withdrawals_amount,
        "settlement": settlements.waiting_for_release(),
        "questions": commissions.open_questions(),
        "risk": risk.open_count(),
        "reconciliation": reconciliation.open_count(),
        "compliance": sum(watched.values()),
        **watched,
        "splits": splits.stopped_count(),
        "notifications": inbox.parked_count(),
    }
