"""The verbs of commissions.

Lock order: orders by number, stray payments, commissions (maturing skips what is locked), ledger
accounts by id. Whoever decides by a promoter's balance has locked it by `ledger.lock` before
reading. A question locks itself alone.
"""

from kefen.commissions.actions.ask_left import ask_about_left, chase_left
from kefen.commissions.actions.backtest import ask_backtest, run_backtest
from kefen.commissions.actions.book import book, book_one
from kefen.commissions.actions.hold import hold, lock_commissions, reject, release
from kefen.commissions.actions.mature import mature
from kefen.commissions.actions.question import answer, ask_about
from kefen.commissions.actions.refund import refund
from kefen.commissions.actions.request_refund import (
    chase_refunds,
    request_refund,
    send_refund,
    take_refund,
    take_refund_result,
)
from kefen.commissions.actions.return_stray import (
    ask_stray_again,
    chase_strays,
    receive_stray,
    return_stray,
    settle_stray,
    take_stray_result,
)
from kefen.commissions.actions.take_payment import (
    ask_about_payment,
    book_payment,
    chase_payments,
    take_payment,
)

__all__ = [
    "answer",
    "ask_about",
    "ask_about_left",
    "ask_about_payment",
    "ask_backtest",
    "ask_stray_again",
    "book",
    "book_one",
    "book_payment",
    "chase_left",
    "chase_payments",
    "chase_refunds",
    "chase_strays",
    "hold",
    "lock_commissions",
    "mature",
    "receive_stray",
    "refund",
    "reject",
    "release",
    "request_refund",
    "return_stray",
    "run_backtest",
    "send_refund",
    "settle_stray",
    "take_payment",
    "take_refund",
    "take_refund_result",
    "take_stray_result",
]
