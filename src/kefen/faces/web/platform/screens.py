"""What the provider of the installation sees (`ux.md` §3.4)."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, Option


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    """One institution; `sales` is paid minus refunded."""

    slug: str
    name: str
    currency: str
    sales: int
    paid_orders: int
    promoters: int
    cost_bps: int | None
    cap_bps: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InstitutionsScreen:
    """All institutions. POST `slug`, `name` makes one."""

    currency: str
    institutions: tuple[InstitutionRow, ...]
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class LimitsScreen:
    """Hard limits of one `institution`. POST `institution`, `max_rate_percent`,
    `minimum_hold_days`, `level2_allowed`, `minimum_age`, `forbidden_words` (one a line),
    `reason`."""

    max_rate_bps: int
    minimum_hold_days: int
    level2_allowed: bool
    minimum_age: int
    forbidden_words: tuple[str, ...]
    changed_at: datetime | None = None
    changed_by: str = ""
    affected: tuple[str, ...] = ()
    institution: str = ""
    institutions: tuple[Option, ...] = ()
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class HealthScreen:
    """Database, jobs, notifications, and the books against the ledger."""

    checked_at: datetime
    database_ok: bool
    database_version: str
    database_ms: int
    jobs_waiting: int
    jobs_failed: int
    worker_seconds: int | None
    worker_ok: bool
    books_ok: bool = False
    transfers: int = 0
    findings: tuple[str, ...] = ()
    inbox_parked: int = 0
    version: str = ""
