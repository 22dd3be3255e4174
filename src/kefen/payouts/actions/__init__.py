"""The verbs of payouts (domain.md §5).

Lock order: the withdrawal, then ledger accounts by id. Approvals of one promoter follow each
other, because each tax depends on what was withheld before: they lock his available account.
"""

from kefen.payouts.actions.accounts import erase_receivers, remove_account, set_account
from kefen.payouts.actions.approve import approve, reject
from kefen.payouts.actions.by_split import (
    fail_share,
    mark_shares_sent,
    succeed_share,
    withdraw_by_split,
)
from kefen.payouts.actions.request import cancel, request
from kefen.payouts.actions.send import approve_and_send, chase, send, take_result
from kefen.payouts.actions.settle import await_confirmation, mark_sent, settle

__all__ = [
    "approve",
    "approve_and_send",
    "await_confirmation",
    "cancel",
    "chase",
    "erase_receivers",
    "fail_share",
    "mark_sent",
    "mark_shares_sent",
    "reject",
    "remove_account",
    "request",
    "send",
    "set_account",
    "settle",
    "succeed_share",
    "take_result",
    "withdraw_by_split",
]
