"""What other rooms hand to the ledger and get from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kefen.core.postings import Posting


@dataclass(frozen=True, slots=True)
class Transfer:
    """One business event to be posted: all its postings or none, once by its key.

    `kind` is one of `ledger.models.TRANSFER_KINDS`; `at` is the event's instant.
    """

    key: str
    kind: str
    at: datetime
    postings: Sequence[Posting]


class Outcome(StrEnum):
    """posted: it was new; known: the same transfer had been posted before, nothing changed."""

    POSTED = "posted"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One account's part in one transfer, net. `amount` is positive; `side` says which."""

    at: datetime
    key: str
    account: str
    side: str
    amount: int
    posting: int
