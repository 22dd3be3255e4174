"""Our books against the channel's own, to the fen: not by its bills, but by what it wrote down."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from kefen.core import postings
from kefen.core.states import PayoutWay, SplitState, WithdrawalState
from kefen.ledger import queries as ledger
from kefen.orders.models import CashierVisit, Order, Refund
from kefen.payouts.models import Withdrawal
from kefen.platform.inbox.models import Notification
from kefen.reconciliation.actions.reconcile import due
from kefen.reconciliation.models import Difference
from kefen.splits.models import OrderSplit

Books = dict[str, list[dict[str, Any]]]
Listed = list[tuple[str, int]]


@dataclass(frozen=True)
class Theirs:
    """What a channel wrote down that it did, by our numbers (shares by their receivers); what its
    account gained by that, and what a purse for payouts lost where it has one of its own."""

    payments: Listed
    refunds: Listed
    transfers: Listed
    shares: Listed
    moved: int
    paid_out: int | None = None


def open_ends() -> list[str]:
    """What still waits for something."""
    found = [f"refund {row.number}" for row in Refund.objects.filter(state="requested")]
    found += [f"withdrawal {w.number} {w.state}" for w in _open_withdrawals()]
    ended = (SplitState.DONE, SplitState.FAILED)
    found += [
        f"split {s.number} {s.state} {s.reason}"
        for s in OrderSplit.objects.exclude(state__in=ended)
    ]
    unworked = Notification.objects.exclude(state="done")
    found += [f"notification {n.kind} {n.subject} {n.state} {n.reason}" for n in unworked]
    found += [f"bill of {on}" for _, on in due()]
    unasked = CashierVisit.objects.filter(closed_at__isnull=True).exclude(order__state="paid")
    found += [f"cashier of {visit.order_id} at {visit.channel}" for visit in unasked]
    return found


def differences() -> list[str]:
    """What bills and books say differently, and nobody closed."""
    return [
        f"{d.on} {d.subject} {d.number} {d.verdict} {d.ours} {d.theirs}"
        for d in Difference.objects.filter(state="open").order_by("subject", "number", "on")
    ]


def _open_withdrawals() -> Any:
    return Withdrawal.objects.filter(closed_at__isnull=True)


def compare(channel: str, theirs: Theirs) -> Counter[str]:
    """Assert that both sides say the same; answers how much of it there was."""
    paid = Order.objects.filter(state="paid", channel=channel)
    refunds = Refund.objects.filter(state="booked", order__channel=channel)
    ours = {
        "payments": paid.values_list("number", "total"),
        "refunds": refunds.values_list("number", "amount"),
        "transfers": _paid_out(channel, PayoutWay.TRANSFER).values_list("number", "net"),
        "shares": _paid_out(channel, PayoutWay.SPLIT).values_list("receiver", "net"),
    }
    for what, mine in ours.items():
        _same(what, list(mine), getattr(theirs, what))

    # Our account at the channel is what the channel has.
    balances = ledger.balances()
    here, payout = balances[postings.channel(channel)], balances.get(postings.PAYOUT, 0)
    if theirs.paid_out is None:
        assert -here - payout == theirs.moved
    else:
        assert (-here, payout) == (theirs.moved, theirs.paid_out)
    return Counter(
        {what: len(mine) for what, mine in ours.items()} | {"fen_at_the_channel": theirs.moved}
    )


def _paid_out(channel: str, way: PayoutWay) -> Any:
    return Withdrawal.objects.filter(state=WithdrawalState.SUCCEEDED, way=way, channel=channel)


def _same(what: str, ours: Listed, theirs: Listed) -> None:
    """Each of ours was done there, once, with that amount, and the other way round."""
    only_theirs, only_ours = Counter(theirs) - Counter(ours), Counter(ours) - Counter(theirs)
    assert (only_theirs, only_ours) == (Counter(), Counter()), what
