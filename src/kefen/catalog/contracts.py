"""What other rooms may know of courses."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

# What the public reads of a course; each of them is checked for forbidden words.
PUBLIC_TEXTS: Final = (
    *("title", "summary", "outline", "teacher", "teacher_about"),
    *("trial_title", "trial_text", "category", "cover_glyph"),
)
# The file of a cover photo.
LARGEST_PHOTO: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class CourseRecord:
    """A course; `list_price` in minor units, in force now. `prices` are all that it ever had or
    will have, by their beginning; none where its price never changed."""

    id: UUID
    code: str
    title: str
    category: str
    list_price: int
    promotable: bool
    for_minors: bool
    on_sale: bool
    refund_days: int = 0
    prices: tuple[tuple[datetime, int], ...] = ()

    def at(self, instant: datetime) -> "CourseRecord":
        """The course with the price in force at an instant; before the first one, with that."""
        if not self.prices:
            return self
        begun = [amount for starts_at, amount in self.prices if starts_at <= instant]
        return replace(self, list_price=begun[-1] if begun else self.prices[0][1])


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """A price from `starts_at` on; `made_at` says when somebody decided on it."""

    id: UUID
    amount: int
    starts_at: datetime
    made_at: datetime


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One live lesson."""

    id: UUID
    title: str
    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)
