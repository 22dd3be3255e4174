"""What a school must be able to show: which licence of a kind is in force, until when, and what is
to be done about it.

Days are calendar days of the school; `valid_until` is the last day that counts, as it is printed on
a licence, and None where it says that it has no end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

SOON: Final = timedelta(days=30)
"""So long before the end of the last licence somebody is told."""
_DAY: Final = timedelta(days=1)


class LicenceKind(StrEnum):
    """What a licence allows."""

    BUSINESS = "business"
    SCHOOL = "school"
    ICP = "icp"
    TELECOM = "telecom"
    OTHER = "other"


class LicenceState(StrEnum):
    """What the platform said of one submission."""

    SUBMITTED = "submitted"
    PASSED = "passed"
    RETURNED = "returned"


class Need(StrEnum):
    """Why the school has to do something about a kind."""

    NOTHING = ""
    MISSING = "missing"
    RETURNED = "returned"
    EXPIRED = "expired"
    EXPIRING = "expiring"


class FileType(StrEnum):
    """What a scan may be, as it is sent."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


_BEGINS: Final = (
    (b"%PDF-", FileType.PDF),
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
)


def file_type(content: bytes) -> FileType | None:
    """What a file is by how it begins, whatever its name and its sender say."""
    return next((kind for begin, kind in _BEGINS if content.startswith(begin)), None)


@dataclass(frozen=True, slots=True)
class Paper:
    """One submission of a licence."""

    id: UUID
    kind: LicenceKind
    state: LicenceState
    valid_from: date
    valid_until: date | None

    def holds(self, day: date) -> bool:
        """Does it count on this day?"""
        passed = self.state is LicenceState.PASSED and self.valid_from <= day
        return passed and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a school stands with one kind: the paper in force today, the last day on which one that
    passed still counts without a gap (None: without an end, or none is in force), whether one
    waits, and what is to be done."""

    kind: LicenceKind
    in_force: Paper | None
    until: date | None
    waits: bool
    need: Need

    def days_left(self, today: date) -> int | None:
        """Days until the last one ends; 0 on its last day."""
        return None if self.until is None else (self.until - today).days


def standing(
    kind: LicenceKind, papers: Sequence[Paper], today: date, *, required: bool = False
) -> Standing:
    """How a school stands with a kind, from all its papers of that kind, oldest first.

    A renewal is a new submission: the paper before it stays in force until the new one passes or
    it ends by itself.
    """
    mine = [one for one in papers if one.kind is kind]
    in_force = next((one for one in reversed(mine) if one.holds(today)), None)
    until = None if in_force is None else _covered(mine, today)
    waits = any(one.state is LicenceState.SUBMITTED for one in mine)
    need = Need.NOTHING if waits else _need(mine, in_force, until, today, required)
    return Standing(kind, in_force, until, waits, need)


def _need(
    mine: Sequence[Paper], in_force: Paper | None, until: date | None, today: date, required: bool
) -> Need:
    if mine and mine[-1].state is LicenceState.RETURNED:
        return Need.RETURNED
    if in_force is None:
        ended = any(one.valid_until is not None and one.valid_until < today for one in mine)
        if ended:
            return Need.EXPIRED
        return Need.MISSING if required else Need.NOTHING
    return Need.EXPIRING if until is not None and until - today <= SOON else Need.NOTHING


def _covered(mine: Iterable[Paper], today: date) -> date | None:
    """The last day from today on that has one in force on it and on every day before."""
    last = today
    passed = [one for one in mine if one.state is LicenceState.PASSED]
    for one in sorted(passed, key=lambda paper: paper.valid_from):
        if one.valid_from > last + _DAY:
            break
        if one.valid_until is None:
            return None
        last = max(last, one.valid_until)
    return last


def standings(
    papers: Sequence[Paper], today: date, required: Iterable[str] = ()
) -> tuple[Standing, ...]:
    """How a school stands with every kind that it showed or must show."""
    needed = set(required)
    shown = {one.kind for one in papers}
    return tuple(
        standing(kind, papers, today, required=kind.value in needed)
        for kind in LicenceKind
        if kind in shown or kind.value in needed
    )
