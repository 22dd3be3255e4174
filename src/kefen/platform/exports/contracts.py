"""What is exported, and what is known of an export."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Format(StrEnum):
    """How the file is written; `ZIP` is for bundles alone."""

    CSV = "csv"
    XLSX = "xlsx"
    ZIP = "zip"


class State(StrEnum):
    """Where an export stands."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class Cell(StrEnum):
    """What stands in a column: texts, minor units of the sheet's currency, whole numbers, instants
    (aware; written in the institution's zone), dates, basis points."""

    TEXT = "text"
    AMOUNT = "amount"
    COUNT = "count"
    INSTANT = "instant"
    DAY = "day"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its heading, in the language of whoever asked."""

    heading: str
    cell: Cell = Cell.TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be written.

    `rows` is read once and may be endless to look at: a generator over `.iterator()`, which is
    read outside of a transaction. None is an empty cell. `count` is how many rows there will be,
    as far as known (progress is shown against it); `filters` are heading and value of everything
    that narrowed the rows, for the last lines.
    """

    file_name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]] = field(repr=False)
    count: int
    currency: str = "CNY"
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a bundle whose text is known whole; `make` is called when its turn comes."""

    file_name: str
    make: Callable[[], str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several files in one ZIP: sheets as CSV, documents as they are, and at the end a manifest
    with the SHA-256 of each. `count` is how many rows and documents there will be, as far as
    known; `facts` stand at the top of the manifest."""

    file_name: str
    members: Sequence[Sheet | Document]
    count: int
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """An export as pages show it."""

    id: UUID
    kind: str
    format: Format
    party: str
    asked_by: UUID | None
    asked_at: datetime
    state: State
    done: int
    total: int | None
    file_name: str
    size: int
    reason: str
    detail: str
    expires_at: datetime | None
    parameters: Mapping[str, str]

    @property
    def percent(self) -> int | None:
        """How much is written, in whole percent; None while nobody knows of how many rows."""
        if self.total is None:
            return None
        # What was counted may have grown meanwhile; only the whole file is a hundred.
        done = 100 if self.total == 0 else min(100, self.done * 100 // self.total)
        return done if self.state == State.READY else min(done, 99)


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.ZIP: "application/zip",
}
