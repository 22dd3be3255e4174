"""The verbs of splits (decision 0028).

A divisible payment is found (`gather`), waited for, planned, sent, and its rest released: each is a
step of `advance`, which a job takes whenever the payment's turn comes. What a step decides is
committed before the channel is asked, and the channel is asked what it knows before it is told
anything; so a process that dies anywhere leaves one split, and the next one goes on.

Where the channel did another amount than was sent, a person decides (`settle`).

Lock order: the split, its order, its commissions, withdrawals by id, ledger accounts by id.
"""

from kefen.splits.actions.advance import advance
from kefen.splits.actions.gather import gather, wake
from kefen.splits.actions.settle import settle
from kefen.splits.actions.ways import choose_way, set_default_way

__all__ = ["advance", "choose_way", "gather", "set_default_way", "settle", "wake"]
