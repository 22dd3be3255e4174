"""The verbs of reconciliation: fetch a day's bill, hold it against the books, close differences.

Lock order: the day's row, then what `commissions` locks (ledger.md), then the audit log.
"""

from kefen.reconciliation.actions.agree import agree_fee
from kefen.reconciliation.actions.close import close
from kefen.reconciliation.actions.fetch import fetch
from kefen.reconciliation.actions.judge import judge
from kefen.reconciliation.actions.reconcile import (
    ask_again,
    channels,
    reconcile,
    reconcile_due,
    review_corrections,
    review_transit,
)
from kefen.reconciliation.actions.shut_account import Came, declare_shut, settle_left
from kefen.reconciliation.matching import overtaken

__all__ = [
    "Came",
    "agree_fee",
    "ask_again",
    "channels",
    "close",
    "declare_shut",
    "fetch",
    "judge",
    "overtaken",
    "reconcile",
    "reconcile_due",
    "review_corrections",
    "review_transit",
    "settle_left",
]
