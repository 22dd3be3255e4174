"""What the provider of the installation sees of institutions and their limits (`ux.md` §3.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kefen.faces.web.shared.limit_screens import LimitRow
from kefen.faces.web.shared.screens import Form, Option, Window


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    """One institution. Figures are of the last thirty days, as gathered at `gathered_at`; before
    the first time there are none. `sales` is paid minus refunded, `cap` a code of the family
    `cap`."""

    slug: str
    name: str
    currency: str
    plan: str
    state: str
    created_at: datetime
    sales: int = 0
    paid_orders: int = 0
    promoters: int = 0
    cost_bps: int | None = None
    cap_bps: int = 0
    cap: str = "none"
    signals: int = 0
    complaints: int = 0
    burst: bool = False
    alarms: int = 0
    attention: int = 0
    last_activity_at: datetime | None = None
    gathered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InstitutionsScreen:
    """All institutions. GET `q`, `state`, `sort`. POST `slug`, `name` makes one."""

    institutions: tuple[InstitutionRow, ...]
    window: Window = field(default_factory=lambda: Window(0))
    filters: Mapping[str, str] = field(default_factory=dict)
    form: Form = field(default_factory=Form)

    @property
    def is_filtered(self) -> bool:
        """Is the list narrowed?"""
        return bool(self.filters.get("q") or self.filters.get("state"))


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month: sales, paid orders, what rebates cost of it."""

    on: date
    sales: int
    paid_orders: int
    rebates: int
    cost_bps: int | None


@dataclass(frozen=True, slots=True)
class WorryRow:
    """How much of something waits there; `kind` is a code of the family `worry`. `kinds` are
    signals by kind."""

    kind: str
    count: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A payment channel that is connected; never its keys."""

    channel: str
    active: bool
    splits: bool
    contested: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class DeedRow:
    """A line of the platform's log."""

    at: datetime
    who: str
    action: str
    before: str = ""
    after: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LimitChange:
    """How one limit changed; `name` is a code of the family `limit`."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LimitsDecision:
    """One row of the history, with what it changed against the one before."""

    number: int
    decided_at: datetime
    who: str
    reason: str
    changes: tuple[LimitChange, ...] = ()
    in_force: bool = False


@dataclass(frozen=True, slots=True)
class InstitutionScreen:
    """One institution. POST `state`, `reason` or `plan`, `plan_reason`."""

    row: InstitutionRow
    zone: str
    rebates: int
    state_reason: str
    months: tuple[MonthRow, ...]
    limits: tuple[LimitRow, ...]
    decisions: tuple[LimitsDecision, ...]
    worries: tuple[WorryRow, ...]
    signals: tuple[Option, ...]
    channels: tuple[ChannelRow, ...]
    timeline: tuple[DeedRow, ...]
    log: tuple[DeedRow, ...]
    state_form: Form = field(default_factory=Form)
    plan_form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class Affected:
    """A version that stands above the limits: whose, which, and in which respect."""

    institution: str
    slug: str
    version: int
    why: str


@dataclass(frozen=True, slots=True)
class LimitsScreen:
    """Hard limits of one `institution`. GET `institution`, `q`. POST to `platform_limits_review`,
    and from there to here: `institution`, `max_rate_percent`, `minimum_hold_days`,
    `level2_allowed`, `minimum_age`, `forbidden_words` (one a line), `reason`, `after`."""

    max_rate_bps: int
    minimum_hold_days: int
    level2_allowed: bool
    minimum_age: int
    forbidden_words: tuple[str, ...]
    changed_at: datetime | None = None
    changed_by: str = ""
    affected: tuple[Affected, ...] = ()
    institution: str = ""
    name: str = ""
    number: int = 0
    limits: tuple[LimitRow, ...] = ()
    decisions: tuple[LimitsDecision, ...] = ()
    found: tuple[Option, ...] = ()
    searched: str = ""
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class LimitsReviewScreen:
    """What new limits would do, before they are published. `others` are institutions whose
    programmes stand above the same numbers, `more` how many beyond those that are named; `values`
    are what is published as it was typed."""

    institution: str
    name: str
    number: int
    changes: tuple[LimitChange, ...]
    affected: tuple[Affected, ...]
    others: tuple[Affected, ...]
    more: int
    reason: str
    values: Mapping[str, str]
