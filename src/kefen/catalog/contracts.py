"""What other rooms may know of courses."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

# What the public reads of a course; each of them is checked for forbidden words.
PUBLIC_TEXTS: Final = (
    *("title", "summary", "outline", "teacher", "teacher_about"),
    *("trial_title", "trial_text", "category", "cover_glyph"),
)


@dataclass(frozen=True, slots=True)
class CourseRecord:
    """A course; `list_price` in minor units."""

    id: UUID
    code: str
    title: str
    category: str
    list_price: int
    promotable: bool
    for_minors: bool
    on_sale: bool
    refund_days: int = 0


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
