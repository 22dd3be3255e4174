"""The verbs of payouts (domain.md §5).

Lock order: the withdrawal, then ledger accounts by id. Approvals of one promoter follow each
other, because each tax depends on what was withheld before: they lock his available account.
"""

from kefen.payouts.actions.accounts import erase_receivers, remove_account, set_account
from kefen.payouts.actions.approve import approve, reject
from kefen.payouts.actions.arrange import set_limits, set_policy, set_tax_rule
from kefen.payouts.actions.authorise import (
    ask_authorisation,
    end_authorisation,
    refresh_authorisations,
)
from kefen.payouts.actions.bank_file import (
    begin_bank_file,
    fill_bank_file,
    make_bank_file_again,
    open_bank_file,
    resume_bank_files,
    settle_bank_file,
    settle_bank_row,
    take_bank_results,
)
from kefen.payouts.actions.batch import begin_batch, resume_batches, run_batch, stop_batch
from kefen.payouts.actions.by_split import (
    fail_share,
    mark_shares_sent,
    succeed_share,
    withdraw_by_split,
)
from kefen.payouts.actions.loosen import confirm_loosening, withdraw_loosening
from kefen.payouts.actions.paid_otherwise import lock_shares, replace_share
from kefen.payouts.actions.request import cancel, request
from kefen.payouts.actions.send import approve_and_send, chase, send, take_result
from kefen.payouts.actions.settle import await_confirmation, mark_sent, settle
from kefen.payouts.actions.settlement import prepare_settlement, release_settlement
from kefen.payouts.actions.take_back import take_back
from kefen.payouts.actions.tell import deliver, set_telling

__all__ = [
    "approve",
    "approve_and_send",
    "ask_authorisation",
    "await_confirmation",
    "begin_bank_file",
    "begin_batch",
    "cancel",
    "chase",
    "confirm_loosening",
    "deliver",
    "end_authorisation",
    "erase_receivers",
    "fail_share",
    "fill_bank_file",
    "lock_shares",
    "make_bank_file_again",
    "mark_sent",
    "mark_shares_sent",
    "open_bank_file",
    "prepare_settlement",
    "refresh_authorisations",
    "reject",
    "release_settlement",
    "remove_account",
    "replace_share",
    "request",
    "resume_bank_files",
    "resume_batches",
    "run_batch",
    "send",
    "set_account",
    "set_limits",
    "set_policy",
    "set_tax_rule",
    "set_telling",
    "settle",
    "settle_bank_file",
    "settle_bank_row",
    "stop_batch",
    "succeed_share",
    "take_back",
    "take_bank_results",
    "take_result",
    "withdraw_by_split",
    "withdraw_loosening",
]
