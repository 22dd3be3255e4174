"""What others may know of an account at a channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MerchantFacts:
    """An account without its secrets; `kept` names those that are there, `contested` the field
    that another institution has, too."""

    channel: str
    gateway: str
    settings: Mapping[str, str]
    kept: frozenset[str]
    active: bool
    splits: bool
    contested: str
    changed_at: datetime
    shut_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShutFacts:
    """An account that somebody declared shut by its channel; until `shut_at` it waits for a second
    person."""

    id: UUID
    channel: str
    settings: Mapping[str, str]
    reason: str
    first_at: datetime
    shut_at: datetime | None
