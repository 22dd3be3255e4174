"""What the platform sees of licences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kefen.faces.web.shared.licence_screens import LicenceRow
from kefen.faces.web.shared.screens import Form, Window

STATES = ("submitted", "expiring", "passed", "returned", "all")


@dataclass(frozen=True, slots=True)
class FiledRow:
    """One submission of one school."""

    id: str
    slug: str
    school: str
    kind: str
    state: str
    submitted_at: datetime
    valid_until: date | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class LicenceQueueScreen:
    """GET `state` (one of STATES), `after`, `before`; `counts` of those that wait and that end."""

    rows: tuple[FiledRow, ...]
    window: Window
    state: str
    counts: Mapping[str, int]
    states: tuple[str, ...] = STATES


@dataclass(frozen=True, slots=True)
class LicenceScreen:
    """One licence of a school, with those of its kind before it. POST `decision` = `passed` or
    `returned`, `reason`."""

    slug: str
    school: str
    licence: LicenceRow
    others: tuple[LicenceRow, ...] = ()
    form: Form = field(default_factory=Form)
