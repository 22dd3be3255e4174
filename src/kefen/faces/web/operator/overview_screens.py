"""What the overview shows: work first, then some days against those before."""

from dataclasses import dataclass
from datetime import date, datetime

from kefen.faces.web.shared.screens import FunnelStage, Live


@dataclass(frozen=True, slots=True)
class Todo:
    """Work that waits; `kind` is a code of the family `todo`."""

    kind: str
    count: int
    url: str
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class TrendDay:
    """One day of the trend, in the institution's calendar."""

    on: date
    sales: int
    commission: int
    orders: int = 0

    @property
    def cost_bps(self) -> int | None:
        """Commission per sales, None on a day without sales."""
        return self.commission * 10_000 // self.sales if self.sales > 0 else None


@dataclass(frozen=True, slots=True)
class RankRow:
    """A promoter in the ranking."""

    code: str
    name: str
    clicks: int
    paid_orders: int
    commission: int


@dataclass(frozen=True, slots=True)
class FeedRow:
    """Something that just happened; `kind` is a code of the family `feed`."""

    kind: str
    at: datetime
    who: str
    what: str
    note: str = ""
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are shown, both ends included; `choice` is how they were chosen: a number of
    days up to today, or `custom`. `running`: the last of them is not over yet."""

    first: date
    last: date
    choice: str
    running: bool

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.last - self.first).days + 1

    @property
    def query(self) -> str:
        """The same days for the list of orders."""
        return f"from={self.first.isoformat()}&to={self.last.isoformat()}"


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of some days: amounts in minor units; `landings` and `promoted` (paid orders)
    are of what promoters brought."""

    sales: int = 0
    orders: int = 0
    commission: int = 0
    landings: int = 0
    promoted: int = 0

    @property
    def cost_bps(self) -> int | None:
        """Commission per sales, None without sales."""
        return self.commission * 10_000 // self.sales if self.sales > 0 else None

    @property
    def paid_per_landing_bps(self) -> int | None:
        """Paid orders per course page that was seen, None where nobody saw one."""
        return self.promoted * 10_000 // self.landings if self.landings > 0 else None

    @property
    def average(self) -> int | None:
        """Sales per paid order."""
        return self.sales // self.orders if self.orders else None


@dataclass(frozen=True, slots=True)
class HeatHour:
    """How many orders were paid in an hour of a day of the week, over all weeks shown; `weekday`
    0 is Monday."""

    weekday: int
    hour: int
    orders: int


@dataclass(frozen=True, slots=True)
class OverviewScreen:
    """To-dos first, then the days of `span` against as many before; GET `days`, or `from` and
    `to`. `before` is None where there is nothing to compare with."""

    currency: str
    span: Span
    updated_at: datetime
    todos: tuple[Todo, ...]
    now: Sums
    before: Sums | None
    pending_commission: int
    cap_bps: int
    trend: tuple[TrendDay, ...]
    heat: tuple[HeatHour, ...]
    funnel: tuple[FunnelStage, ...]
    ranking: tuple[RankRow, ...]
    feed: tuple[FeedRow, ...]
    live: Live | None = None
