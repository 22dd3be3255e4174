"""What other rooms hand to commissions and get from them. Amounts in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Payment:
    """An order was paid through a channel. `amount`, where the channel names one, must be the
    order's total."""

    order: str
    channel: str
    at: datetime
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """The answer: whether this call booked the order, and until when its commissions hold."""

    order: str
    is_new: bool
    commissions: int
    available_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund that took place: either amounts by line number or one amount."""

    number: str
    order: str
    at: datetime
    lines: Mapping[int, int] | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Matured:
    """A commission that became available."""

    id: UUID
    promoter: str
    amount: int
    settled: int
