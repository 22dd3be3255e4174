"""What the provider of the installation sees (`ux.md` §3.4)."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    """One institution; `state` is a code of the family `institution`."""

    slug: str
    name: str
    state: str
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
    """Hard limits. POST `max_rate_percent`, `minimum_hold_days`, `level2_allowed`,
    `minimum_age`, `forbidden_words` (one a line), `reason`."""

    max_rate_bps: int
    minimum_hold_days: int
    level2_allowed: bool
    minimum_age: int
    forbidden_words: tuple[str, ...]
    changed_at: datetime | None = None
    changed_by: str = ""
    affected: tuple[str, ...] = ()
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class HealthScreen:
    """Database, jobs and the audit of the books."""

    checked_at: datetime
    database_ok: bool
    database_version: str
    database_ms: int
    jobs_waiting: int
    jobs_failed: int
    worker_seen_at: datetime | None
    worker_ok: bool
    audit_at: datetime | None
    audit_ok: bool
    audit_transfers: int
    audit_findings: tuple[str, ...] = ()
    inbox_parked: int = 0
    version: str = ""
