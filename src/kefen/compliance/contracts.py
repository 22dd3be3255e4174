"""What others may know of compliance."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kefen.compliance.models import (
    AlarmState,
    ComplaintKind,
    ComplaintState,
    HitState,
    RevealKind,
    RevealSubject,
)
from kefen.core.licences import LicenceKind, LicenceState

__all__ = [
    "LARGEST_SCAN",
    "MANY",
    "OPEN_FOR",
    "SHORTEST_REASON",
    "AlarmState",
    "ComplaintKind",
    "ComplaintState",
    "HitState",
    "LicenceKind",
    "LicenceState",
    "Member",
    "NewLicence",
    "RevealKind",
    "RevealSubject",
    "Revealed",
    "Root",
    "Scan",
]

LARGEST_SCAN: Final = 5_000_000
"""Bytes of the scan of a licence, at most."""
OPEN_FOR: Final = timedelta(minutes=15)
"""How long a reveal is open; the last instant does not count any more."""
SHORTEST_REASON: Final = 10
"""Characters of the reason for a reveal, at least."""

MANY: Final = 30
"""From so many persons under one inviter on, a person has to look."""


@dataclass(frozen=True, slots=True)
class Root:
    """Somebody whom nobody invited and who invited others: how many stand under him at any depth,
    how deep that goes, and what level 2 commissions all of them have together."""

    promoter_id: UUID
    code: str
    nickname: str
    persons: int
    depth: int
    level2: int

    def alarming(self, levels: int) -> bool:
        """Whether a person has to look at it, where so many levels are paid."""
        return self.persons >= MANY or self.depth > levels


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody under a root, and who invited him."""

    depth: int
    code: str
    nickname: str
    inviter_code: str
    inviter_nickname: str
    status: str
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class NewLicence:
    """A licence as it is handed in; `valid_until` is its last day, None where it has no end."""

    kind: str
    number: str
    holder: str
    valid_from: date | None
    valid_until: date | None
    content: bytes


@dataclass(frozen=True, slots=True)
class Scan:
    """The scan of a licence, as it was handed in."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Revealed:
    """A subject's personal data: in full under an open reveal, else masked. Empty for what there
    is not."""

    name: str
    phone: str
    real_name: str = ""
    id_number: str = ""
    payout_account: str = ""
    payout_name: str = ""
