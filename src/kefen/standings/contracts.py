"""What other rooms may know of boards."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kefen.core.periods import Period
from kefen.core.standings import Row
from kefen.core.terms import BoardMetric


@dataclass(frozen=True, slots=True)
class BoardPeriod:
    """One board of one period: its prizes by rank (minor units) and when it closes."""

    metric: BoardMetric
    period: Period
    prizes: tuple[int, ...]
    closes_at: datetime

    @property
    def key(self) -> tuple[str, str, date]:
        """What names it in the database."""
        return self.metric.value, self.period.kind.value, self.period.starts_on


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board with its rows, open (live) or closed (snapshot)."""

    board: BoardPeriod
    closed: bool
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Place:
    """A promoter's place on a closed board, and the prize that he got for it (minor units)."""

    promoter_id: UUID
    rank: int
    value: int
    prize: int


@dataclass(frozen=True, slots=True)
class ClosedView:
    """A closed board: its first places, and how many there are."""

    metric: BoardMetric
    period: Period
    closed_at: datetime
    places: tuple[Place, ...]
    total: int
