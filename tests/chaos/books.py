"""Our books against the channel's own, to the fen: not by its bills, but by what it wrote down."""

from collections import Counter
from typing import Any

from django.db.models import Sum

from kefen.adapters.payments.wechat_pay.numbers import write_bill, write_number
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
OPERATION = 10_000_000_00  # what a merchant has there to begin with
CHANNEL = "wechat_pay"


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


def compare(books: Books, start: int) -> Counter[str]:
    """Assert that both sides say the same; answers how much of it there was."""
    (merchant,) = books["merchant"]
    payments = _payments(books)
    refunds = _refunds(books)
    shares = _shares(books)
    transfers = _transfers(books)

    # Our account at the channel is what the channel has, payouts being paid from another purse.
    balances = ledger.balances()
    assert -balances[postings.channel(CHANNEL)] == merchant["balance"] - start
    assert balances.get(postings.PAYOUT, 0) == OPERATION - merchant["operation_balance"]
    assert sum(order["frozen"] for order in books["order"]) == 0
    return Counter(
        payments=payments,
        refunds=refunds,
        shares=shares,
        transfers=transfers,
        fen_at_the_channel=merchant["balance"] - start,
    )


def _payments(books: Books) -> int:
    """Each order that we call paid was paid there, once, with that amount, and the other way."""
    ours = {row.number: row.total for row in Order.objects.filter(state="paid", channel=CHANNEL)}
    theirs = [
        (one["out_trade_no"].rpartition("*")[0], one["total"])
        for one in books["order"]
        if one["paid"]
    ]
    only_theirs = Counter(theirs) - Counter(ours.items())
    only_ours = Counter(ours.items()) - Counter(theirs)
    assert (only_theirs, only_ours) == (Counter(), Counter())
    return len(ours)


def _refunds(books: Books) -> int:
    """Each refund that we booked went back once; none went back that we did not book."""
    ours = {write_number(row.number): row.amount for row in Refund.objects.filter(state="booked")}
    theirs = [
        (one["out_refund_no"], one["amount"])
        for one in books.get("refund", [])
        if one["state"] == "SUCCESS"
    ]
    assert sorted(theirs) == sorted(ours.items())
    return len(ours)


def _transfers(books: Books) -> int:
    """Each withdrawal that we call paid out was paid out once; nothing else was."""
    succeeded = Withdrawal.objects.filter(state=WithdrawalState.SUCCEEDED, way=PayoutWay.TRANSFER)
    ours = {write_bill(row.number): row.net for row in succeeded}
    theirs = [
        (one["out_bill_no"], one["amount"])
        for one in books.get("transfer", [])
        if one["state"] == "SUCCESS"
    ]
    assert sorted(theirs) == sorted(ours.items())
    paid = succeeded.aggregate(total=Sum("net"))["total"] or 0
    assert paid == sum(amount for _, amount in theirs)
    return len(ours)


def _shares(books: Books) -> int:
    """Each share that we call paid left its order's payment once; nothing else did."""
    succeeded = Withdrawal.objects.filter(state=WithdrawalState.SUCCEEDED, way=PayoutWay.SPLIT)
    ours = sorted((row.receiver, row.net) for row in succeeded)
    theirs = sorted(
        (share["account"], share["amount"])
        for split in books.get("split", [])
        for share in split["receivers"]
        if share["type"] == "PERSONAL_OPENID" and share["result"] == "SUCCESS"
    )
    assert theirs == ours
    return len(ours)
