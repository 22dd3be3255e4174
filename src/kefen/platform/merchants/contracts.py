"""What others may know of an account at a channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


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
