"""What pages and commands know of reconciliation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from kefen.core.reconciliation import Verdict


class Decision(StrEnum):
    """How a person closes a difference: noted, the payment or refund booked, given back because
    nobody owed it, or the books corrected."""

    NOTE = "note"
    BOOK = "book"
    RETURN = "return"
    ADJUST = "adjust"


@dataclass(frozen=True, slots=True)
class Group:
    """One of the six groups of a day: how many, and what they moved on either side."""

    count: int = 0
    ours: int = 0
    theirs: int = 0


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A day at a channel. `open` counts what needs a person, `in_transit` what will find itself."""

    channel: str
    on: date
    reconciled_at: datetime | None
    tried_at: datetime | None
    reason: str
    version: int
    lines: int
    fees: int
    groups: Mapping[Verdict, Group]
    totals: Mapping[str, int]
    open: int
    in_transit: int
    closed: int


@dataclass(frozen=True, slots=True)
class DifferenceFacts:
    """A difference as pages show it; `delta` is what the channel has more than our books, None
    where that cannot be said; `order` the order of a refund, as far as the bill says it."""

    id: UUID
    channel: str
    on: date
    verdict: Verdict
    subject: str
    number: str
    channel_number: str
    ours: int | None
    theirs: int | None
    fee: int
    currency: str
    at: datetime
    open: bool
    resolution: str
    note: str
    closed_by: UUID | None
    closed_at: datetime | None
    ledger_key: str
    delta: int | None
    decisions: tuple[Decision, ...]
    order: str = ""


@dataclass(frozen=True, slots=True)
class FeeFacts:
    """A rate that was agreed with a channel, in basis points (None: nothing is expected any more),
    the first day that it is for (None: every day), and when it was noted."""

    bps: int | None
    effective_on: date | None
    agreed_at: datetime
