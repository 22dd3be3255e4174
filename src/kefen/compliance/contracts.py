"""What others may know of compliance."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from kefen.compliance.models import AlarmState, ComplaintKind, ComplaintState, HitState

__all__ = ["MANY", "AlarmState", "ComplaintKind", "ComplaintState", "HitState", "Member", "Root"]

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
