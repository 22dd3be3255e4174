"""The badges of the console's navigation: how much work waits where."""

from kefen.commissions import queries as commissions
from kefen.compliance import queries as compliance
from kefen.core.states import PromoterStatus
from kefen.orders import queries as orders
from kefen.payouts import queries as payouts
from kefen.payouts.queries import settlements
from kefen.platform.inbox import queries as inbox
from kefen.promoters import queries as promoters
from kefen.reconciliation import queries as reconciliation
from kefen.risk import queries as risk
from kefen.splits import queries as splits


def badges() -> dict[str, int]:
    """By key of the navigation."""
    return {
        "orders": orders.open_refund_asks()[0],
        "promoters": promoters.count_with(PromoterStatus.APPLIED),
        "withdrawals": payouts.waiting()[0],
        "settlement": settlements.waiting_for_release(),
        "questions": commissions.open_questions(),
        "risk": risk.open_count(),
        "reconciliation": reconciliation.open_count(),
        "compliance": sum(compliance.waiting().values()),
        "splits": splits.stopped_count(),
        "notifications": inbox.parked_count(),
    }
