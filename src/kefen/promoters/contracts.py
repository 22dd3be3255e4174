"""What other rooms may know of promoters."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kefen.core.states import PromoterStatus
from kefen.core.terms import PromoterKind


@dataclass(frozen=True, slots=True)
class PromoterRecord:
    """A promoter as attribution and rules see him."""

    id: UUID
    code: str
    kind: PromoterKind
    group: str | None
    account_id: UUID | None
    inviter_id: UUID | None
    status: PromoterStatus
    active_from: datetime | None
    active_to: datetime | None

    def active_at(self, at: datetime) -> bool:
        """Is he within his active period and not suspended (domain.md §2)?"""
        return (
            self.status is PromoterStatus.ACTIVE
            and self.active_from is not None
            and self.active_from <= at
            and (self.active_to is None or at < self.active_to)
        )
