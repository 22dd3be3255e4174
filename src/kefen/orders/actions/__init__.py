"""The verbs of orders.

Lock order: orders by number, stray payments, then what later rooms lock (commissions by id, ledger
accounts by id). Paying and refunding are verbs of `commissions`, which books what they mean; here
is the part of them that concerns the order itself.
"""

from kefen.orders.actions.cancel import cancel
from kefen.orders.actions.cashier_visits import (
    close_visit,
    keep_channel_number,
    note_asked,
    note_unpaid,
)
from kefen.orders.actions.left import (
    leave_cashiers,
    lock_left,
    note_left_asked,
    note_left_came,
    note_left_decision,
    note_left_known,
    note_left_never,
    note_left_unpaid,
    reopen_visit,
    still_open_here,
    stop_asking_left,
)
from kefen.orders.actions.lock import lock_orders
from kefen.orders.actions.mark import (
    fail_refund,
    mark_paid,
    mark_refunded,
    note_stuck_refund,
    request_refund,
)
from kefen.orders.actions.open_cashier import (
    PayBy,
    close_cashiers,
    close_rest,
    open_cashier,
    shut_and_cancel,
)
from kefen.orders.actions.place import place, place_one
from kefen.orders.actions.refund_asks import ask_refund, decline_refund
from kefen.orders.actions.strays import (
    keep_stray,
    lock_stray,
    note_stray_asked,
    note_stray_failed,
    note_stray_returned,
    note_stray_stuck,
    reopen_stray,
    settle_stray,
    stray_number,
)

__all__ = [
    "PayBy",
    "ask_refund",
    "cancel",
    "close_cashiers",
    "close_rest",
    "close_visit",
    "decline_refund",
    "fail_refund",
    "keep_channel_number",
    "keep_stray",
    "leave_cashiers",
    "lock_left",
    "lock_orders",
    "lock_stray",
    "mark_paid",
    "mark_refunded",
    "note_asked",
    "note_left_asked",
    "note_left_came",
    "note_left_decision",
    "note_left_known",
    "note_left_never",
    "note_left_unpaid",
    "note_stray_asked",
    "note_stray_failed",
    "note_stray_returned",
    "note_stray_stuck",
    "note_stuck_refund",
    "note_unpaid",
    "open_cashier",
    "place",
    "place_one",
    "reopen_stray",
    "reopen_visit",
    "request_refund",
    "settle_stray",
    "shut_and_cancel",
    "still_open_here",
    "stop_asking_left",
    "stray_number",
]
