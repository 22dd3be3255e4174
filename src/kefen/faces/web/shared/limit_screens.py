"""The platform's hard limits as its own pages and a school's pages show them: locked."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit as it stands, locked: `name` is a code of the family `limit`, `value` its text;
    why it is so and since when. The reason is empty for what a school was founded with."""

    name: str
    value: str
    reason: str
    since: datetime
