"""What other rooms hand to commissions and get from them. Amounts in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kefen.core.terms import Terms


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


@dataclass(frozen=True, slots=True)
class Difference:
    """What a promoter earned on the orders of a backtest, and what he would have."""

    promoter: str
    orders: int
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class BacktestFacts:
    """What the orders placed `since` cost, and would have cost under other terms.

    `affected` are orders of which anybody gets another amount, `lost` those that would earn
    nobody anything any more. `now` and `then` are commissions of both levels as booked, before
    refunds; `cap_bps` is the cap that the terms stand under. Of `winners` and `losers` the first
    ones are named, by what they gain or lose.
    """

    days: int
    since: datetime
    orders: int
    affected: int
    lost: int
    paid: int
    now: int
    then: int
    cap_bps: int
    winners: tuple[Difference, ...] = ()
    losers: tuple[Difference, ...] = ()
    winner_count: int = 0
    loser_count: int = 0


class BacktestState(StrEnum):
    """Where the job of a backtest is; `failed` is a bug of ours, noted in the log."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BacktestRun:
    """A backtest that a job does: of these terms, begun from the version `begun_from`."""

    id: UUID
    terms: Terms
    days: int
    begun_from: int
    state: BacktestState
    done: int
    total: int
    moved_at: datetime
    answer: BacktestFacts | None
