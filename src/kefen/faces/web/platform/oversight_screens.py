"""What the provider of the installation sees over all institutions: risk, jobs and health, the
platform's log (`ux.md` §3.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.platform.screens import InstitutionRow
from kefen.faces.web.shared.screens import Form, Option, Window


@dataclass(frozen=True, slots=True)
class WorryTotal:
    """How much of something waits anywhere; `kind` is a code of the family `worry`."""

    kind: str
    things: int
    institutions: int


@dataclass(frozen=True, slots=True)
class RiskRow:
    """An institution with something to look at: how many of each."""

    institution: InstitutionRow
    splits: int
    differences: int
    notifications: int
    books: int


@dataclass(frozen=True, slots=True)
class RiskScreen:
    """GET `worry`, `q`. No person is named here: who looks closer does so at the school."""

    totals: tuple[WorryTotal, ...]
    signals: tuple[Option, ...]
    rows: tuple[RiskRow, ...]
    window: Window = field(default_factory=lambda: Window(0))
    filters: Mapping[str, str] = field(default_factory=dict)
    gathered_at: datetime | None = None
    bursts: int = 0
    over: int = 0


@dataclass(frozen=True, slots=True)
class QueueRow:
    """Jobs of one kind in one queue; `oldest_seconds` is how long the oldest that may start has
    waited, None where none does."""

    queue: str
    task: str
    waiting: int
    later: int
    running: int
    failed: int
    oldest_seconds: int | None


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed for good; what it was called with is not shown."""

    id: int
    task: str
    institution: str
    attempts: int
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class HealthScreen:
    """Database, jobs, storage, notifications, and the books against the ledger. POST
    `platform_job_retry`."""

    checked_at: datetime
    database_ok: bool
    database_version: str = ""
    database_ms: int = 0
    database_bytes: int = 0
    export_bytes: int = 0
    disk_free_bytes: int = 0
    jobs_waiting: int = 0
    jobs_failed: int = 0
    oldest_seconds: int | None = None
    worker_seconds: int | None = None
    worker_ok: bool = False
    workers: int = 0
    queues: tuple[QueueRow, ...] = ()
    failed: tuple[FailedJob, ...] = ()
    books_ok: bool = False
    transfers: int = 0
    findings: tuple[str, ...] = ()
    audited_at: datetime | None = None
    audit_findings: int = 0
    unaudited: int = 0
    gathered_at: datetime | None = None
    inbox_parked: int = 0
    version: str = ""
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class PlatformDeed:
    """Who did what to what, at which institution, from where."""

    at: datetime
    who: str
    action: str
    institution: str
    slug: str
    subject: str
    before: str = ""
    after: str = ""
    reason: str = ""
    details: str = ""
    network: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class PlatformAuditScreen:
    """GET `who`, `action`, `institution` (its short name), `from`, `to`. POST the same to
    `platform_audit_file` with `format`."""

    rows: tuple[PlatformDeed, ...]
    filters: Mapping[str, str]
    people: tuple[Option, ...]
    actions: tuple[Option, ...]
    window: Window = field(default_factory=lambda: Window(0))
