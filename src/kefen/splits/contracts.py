"""What other rooms may know of splits. Amounts in minor units."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kefen.core.splits import Reason, Way
from kefen.core.states import SplitState, WithdrawalState

__all__ = ["Reason", "ShareFacts", "SplitOfOrder", "SplitState", "Way", "WayFacts"]


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
