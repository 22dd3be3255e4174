"""One submission of a licence, as school and platform see it."""

from dataclasses import dataclass
from datetime import date, datetime

from kefen.compliance.models import Licence
from kefen.core.licences import LicenceState


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """`state` is a code of the family `licence`: also `expired`, by the day. `valid_until` None is
    without an end; `days_left` counts to its last day."""

    id: str
    kind: str
    number: str
    holder: str
    valid_from: date
    valid_until: date | None
    submitted_at: datetime
    state: str = "submitted"
    reason: str = ""
    decided_at: datetime | None = None
    days_left: int | None = None
    size: int = 0


def licence_row(row: Licence, today: date) -> LicenceRow:
    """A licence with what was decided, as it stands today."""
    decision = next(iter(row.decisions.all()), None)
    state = LicenceState.SUBMITTED.value if decision is None else decision.state
    left = None if row.valid_until is None else (row.valid_until - today).days
    if state == LicenceState.PASSED and left is not None and left < 0:
        state = "expired"
    return LicenceRow(
        id=str(row.id),
        kind=row.kind,
        number=row.number,
        holder=row.holder,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        submitted_at=row.submitted_at,
        state=state,
        reason="" if decision is None else decision.reason,
        decided_at=None if decision is None else decision.decided_at,
        days_left=left,
        size=row.size,
    )
