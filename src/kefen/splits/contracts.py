"""What other rooms may know of splits. Amounts in minor units."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kefen.core.splits import Reason, Settling, Way
from kefen.core.states import SplitState, WithdrawalState

__all__ = [
    "OddShare",
    "Reason",
    "Settling",
    "ShareFacts",
    "SplitOfOrder",
    "SplitState",
    "StoppedSplit",
    "Way",
    "WayFacts",
]


@dataclass(frozen=True, slots=True)
class WayFacts:
    """A promoter's way; `own`: it was chosen for him, and not the institution's default."""

    way: Way
    own: bool


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """One promoter's part: a withdrawal with its state, or why it stays in the wallet."""

    promoter_id: UUID
    promoter: str
    amount: int
    tax: int
    net: int
    withdrawal: str
    state: WithdrawalState | None
    reason: str
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SplitOfOrder:
    """A divisible payment as it stands."""

    number: str
    order: str
    channel: str
    state: SplitState
    reason: str
    next_at: datetime | None
    planned_at: datetime | None
    sent_at: datetime | None
    released: int | None
    closed_at: datetime | None
    shares: tuple[ShareFacts, ...]


@dataclass(frozen=True, slots=True)
class OddShare:
    """A share of which the channel paid another amount: asked for `amount` less `tax` is `net`,
    `paid` is what the channel says."""

    promoter_id: UUID
    withdrawal: str
    amount: int
    tax: int
    net: int
    paid: int


@dataclass(frozen=True, slots=True)
class StoppedSplit:
    """A split that was stopped because of its shares, and what was decided about it: `first` said
    so, and `settled_at` is empty while a second person is waited for."""

    number: str
    order: str
    channel: str
    stopped_at: datetime
    shares: tuple[OddShare, ...]
    decision: Settling | None = None
    note: str = ""
    first: UUID | None = None
    second: UUID | None = None
    settled_at: datetime | None = None
