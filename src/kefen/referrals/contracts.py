"""What other rooms hand to referrals and get from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kefen.catalog.contracts import CourseRecord
from kefen.core.attribution import Reason
from kefen.promoters.contracts import PromoterRecord


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit through a promoter's link; `course` is a course's code, None for the whole school.
    `network` is where it came from, as coarse as logs keep it; only its digest is stored."""

    visitor: UUID
    promoter: str
    course: str | None
    at: datetime
    link_id: UUID | None = None
    network: str = ""
    automated: bool = False


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order about to be placed: who buys which courses (by line), the promoter whose code was
    typed at checkout, if it is a known one, and visitors whose touches count for this order alone.

    `signed_in` is the account of whoever orders, where it is another one than the student's: he
    buys as well, whatever phone number he typed, so that he earns nothing on it (domain.md §2).
    `typed_once`: the code counts for this order alone.
    """

    student_id: UUID
    at: datetime
    courses: Sequence[CourseRecord]
    typed: PromoterRecord | None = None
    visitors: tuple[UUID, ...] = ()
    signed_in: UUID | None = None
    typed_once: bool = False

    def is_bought_by(self, account: UUID | None) -> bool:
        """Is this account the student's, or that of whoever orders for him?"""
        return account is not None and account in (self.student_id, self.signed_in)


@dataclass(frozen=True, slots=True)
class LineAttribution:
    """The stored decision for one line."""

    id: UUID
    winner_id: UUID | None
    winner: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """A promoter's link, resolved from its short code."""

    id: UUID
    institution_id: UUID
    short_code: str
    promoter: PromoterRecord
    course: CourseRecord | None
    session_id: UUID | None
    label: str
