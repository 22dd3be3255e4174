"""What the console shows of channels' bills held against the books."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kefen.faces.web.shared.screens import Form, Window


@dataclass(frozen=True, slots=True)
class BillDayRow:
    """A day at a channel; `state` is a code of the family `bill_day`."""

    channel: str
    on: date
    state: str
    lines: int
    matched: int
    open: int
    in_transit: int
    closed: int
    fees: int
    reconciled_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BillDaysScreen:
    """GET `state` = `open` for the days that need a person."""

    currency: str
    days: tuple[BillDayRow, ...]
    window: Window
    waiting: int
    state: str = ""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One of the six groups; `kind` is a code of the family `bill_group`."""

    kind: str
    count: int
    ours: int
    theirs: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to close a difference, and what comes of it."""

    value: str
    consequence: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A line that the other side does not have, or has otherwise."""

    id: str
    kind: str
    subject: str
    number: str
    channel_number: str
    at: datetime
    ours: int | None
    theirs: int | None
    fee: int
    order_number: str = ""
    choices: tuple[Choice, ...] = ()
    resolution: str = ""
    note: str = ""
    closed_by: str = ""
    closed_at: datetime | None = None
    ledger_key: str = ""


@dataclass(frozen=True, slots=True)
class BillDayScreen:
    """POST `operator_difference_close` with `decision`, `note`; POST `operator_bill_again` without
    fields. `form` belongs to the difference with the id `refused`; `windows` has the piece of
    `open`, `transit` and `closed`."""

    currency: str
    day: BillDayRow
    groups: tuple[GroupRow, ...]
    open: tuple[DifferenceRow, ...]
    transit: tuple[DifferenceRow, ...]
    closed: tuple[DifferenceRow, ...]
    windows: Mapping[str, Window]
    version: int = 1
    refused: str = ""
    form: Form = field(default_factory=Form)
    blank: Form = field(default_factory=Form)
