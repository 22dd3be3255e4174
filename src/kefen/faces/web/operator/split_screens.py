"""How the console shows the split of an order, and the ways of promoters."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One promoter's share; `state` is a code of the family `withdrawal`, empty where his rebate
    stays in the wallet, which `reason` explains."""

    promoter_name: str
    promoter_code: str
    amount: int
    tax: int
    net: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class SplitCard:
    """The split of an order's payment; `next_at` is when it is looked at again."""

    number: str
    state: str
    reason: str
    next_at: datetime | None
    sent_at: datetime | None
    released: int | None
    closed_at: datetime | None
    shares: tuple[ShareRow, ...]
