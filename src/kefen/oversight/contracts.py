"""What others may know of oversight."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DAYS: Final = 30
"""Sales, orders and the cost ratio are of so many days, the last of which is today."""
MONTHS: Final = 13
NEAR: Final = 9_000
"""From this share of its cap on (in basis points) a cost ratio is near it."""

_FEWEST: Final = 3
_WEEKS_BEFORE: Final = 4


class Cap(StrEnum):
    """How an institution's cost ratio stands to its cap."""

    NONE = "none"
    WITHIN = "within"
    NEAR = "near"
    OVER = "over"


class Worry(StrEnum):
    """What a person of the platform may have to look at."""

    SIGNALS = "signals"
    COMPLAINTS = "complaints"
    CAP = "cap"
    ALARMS = "alarms"
    SPLITS = "splits"
    DIFFERENCES = "differences"
    NOTIFICATIONS = "notifications"
    BOOKS = "books"


@dataclass(frozen=True, slots=True)
class BookSum:
    """A kind of account summed twice: by what happened, and in the ledger."""

    account: str
    computed: int
    booked: int

    @property
    def difference(self) -> int:
        """What the ledger has too much."""
        return self.booked - self.computed


def cap_state(cost_bps: int | None, cap_bps: int) -> Cap:
    """How a cost ratio stands to its cap; there is none where nothing was sold."""
    if cost_bps is None:
        return Cap.NONE
    if cost_bps > cap_bps:
        return Cap.OVER
    return Cap.NEAR if cost_bps * 10_000 >= cap_bps * NEAR else Cap.WITHIN


def is_burst(week: int, before: int) -> bool:
    """Whether complaints come much faster than they used to: at least three in the last seven
    days, and more than twice as many as in a usual week of the four before."""
    return week >= _FEWEST and week * _WEEKS_BEFORE > 2 * before
