"""Every kind of account summed twice: from orders, rebates and withdrawals, and in the ledger."""

from kefen.commissions import queries as commissions
from kefen.core import postings
from kefen.core.states import CommissionState, WithdrawalState
from kefen.ledger import queries as ledger
from kefen.orders import queries as orders
from kefen.oversight.contracts import BookSum
from kefen.payouts import queries as payouts
from kefen.reconciliation import queries as reconciliation
from kefen.standings import queries as standings

_CAME_BACK = {
    WithdrawalState.FAILED,
    WithdrawalState.EXPIRED,
    WithdrawalState.CANCELLED,
    WithdrawalState.REJECTED,
}


def lines() -> tuple[BookSum, ...]:
    """The institution in scope; a handful of queries, whatever its size."""
    collected = orders.collected_by_channel()
    left = commissions.left_by_state()
    prizes = standings.prizes_given()
    withdrawn = payouts.sums_by_state()
    _, tax, net = withdrawn.get(WithdrawalState.SUCCEEDED, (0, 0, 0))
    kept = sum(a for state, (a, _, _) in withdrawn.items() if state not in _CAME_BACK)
    arrived = withdrawn.get(WithdrawalState.SUCCEEDED, (0, 0, 0))[0]
    pending = left.get(CommissionState.PENDING, 0) + left.get(CommissionState.HELD, 0)
    settled = left.get(CommissionState.AVAILABLE, 0) + prizes - kept
    bills = reconciliation.moved_by_bills()
    found = ledger.totals_by_kind()
    strays = orders.strays_at_channels()
    owed, kept_strays = (
        (sum(sums) for sums in zip(*strays.values(), strict=True)) if strays else (0, 0)
    )
    own = sum(collected.values()) - sum(left.values()) - prizes + sum(bills.values()) + kept_strays
    rows = {postings.MAIN: own}
    if strays:
        rows[postings.STRAYS] = owed
    at_channels = {postings.channel(name): amount for name, amount in collected.items()}
    for name, (held, kept_there) in strays.items():
        code = postings.channel(name)
        at_channels[code] = at_channels.get(code, 0) + held + kept_there
    split = payouts.left_by_split()
    for name, shared in split.items():
        code = postings.channel(name)
        at_channels[code] = at_channels.get(code, 0) - shared
    at_channels |= {code: 0 for code in bills if code not in {*at_channels, postings.PAYOUT}}
    rows |= {code: amount + bills.get(code, 0) for code, amount in at_channels.items()}
    rows |= {
        "promoter:pending": pending,
        "promoter:settled": settled,
        "promoter:in_transit": kept - arrived,
        postings.PAYOUT: net - sum(split.values()) - bills.get(postings.PAYOUT, 0),
        postings.TAX: tax,
    }
    booked = {code: found.get(code, 0) for code in rows}
    booked["promoter:settled"] = found.get("promoter:available", 0) + found.get(
        "promoter:receivable", 0
    )
    for code in at_channels:
        booked[code] = -found.get(code, 0)
    return tuple(BookSum(code, amount, booked[code]) for code, amount in rows.items())
