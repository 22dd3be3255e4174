"""What the console shows of where an order's money went on."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payout after a rebate settled; `state` is a code of the family `withdrawal`."""

    number: str
    promoter_name: str
    amount: int
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BillRow:
    """A day of the channel on which this order's money moved, and which of it: `payment`, `refund`
    (codes of the family `bill_subject`)."""

    channel: str
    on: date
    subject: str


@dataclass(frozen=True, slots=True)
class Trail:
    """What follows an order. A settled rebate is part of the promoter's balance, so payouts are
    those that came after it, not the very coins."""

    payouts: tuple[PayoutRow, ...] = ()
    bills: tuple[BillRow, ...] = ()
