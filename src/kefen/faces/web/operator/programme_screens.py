"""What the pages of the programme show: versions, the draft of the next, and what it would do."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.limit_screens import LimitRow
from kefen.faces.web.shared.screens import Form, Option, Rule


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version."""

    number: int
    effective_from: datetime
    published_by: str
    rule_count: int
    in_force: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """Terms of a version besides its rules."""

    model: str
    window_days: int
    touch_scope: str
    self_purchase: bool
    binding_days: int
    protection_days: int
    hold_days: int
    max_rate_bps: int
    level2: bool


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A leaderboard of a version; `close_after_days` None means the refund protection."""

    metric: str
    period: str
    prizes: tuple[int, ...]
    close_after_days: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a version was refused: the sentence with number and reason, and its worst case.
    `whose` limit it is: `platform`, `programme`, or empty where it is another kind of limit; `why`
    is the platform's own reason for its limit."""

    sentence: str
    rule: str
    limit: str
    worst: str
    whose: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What one person would get: `level` 1 is the promoter, 2 who invited him."""

    level: int
    amount: int
    formula: str
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """What one version says of a supposed sale; without a `rule` nobody earns."""

    version: int | None
    rule: str
    shares: tuple[Share, ...]
    available_at: datetime | None
    points: int = 0


@dataclass(frozen=True, slots=True)
class Simulation:
    """A supposed sale under the draft and under the version in force."""

    course: str
    price: int
    who: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A promoter who would have earned another amount."""

    code: str
    name: str
    orders: int
    now: int
    then: int

    @property
    def change(self) -> int:
        """What he gains, or below 0 loses."""
        return self.then - self.now


@dataclass(frozen=True, slots=True)
class Backtest:
    """Past orders under the draft; rates are of what was paid, None where nothing was."""

    days: int
    since: datetime
    orders: int
    affected: int
    lost: int
    paid: int
    now: int
    then: int
    now_bps: int | None
    then_bps: int | None
    cap_bps: int
    winners: tuple[DifferenceRow, ...]
    losers: tuple[DifferenceRow, ...]
    winner_count: int
    loser_count: int


@dataclass(frozen=True, slots=True)
class BacktestScreen:
    """A backtest that a job does; `moving` while it is under way, `stopped` if nothing is heard
    of it. `number` names it in addresses."""

    currency: str
    number: str
    done: int
    total: int
    moving: bool
    stopped: bool
    backtest: Backtest | None = None


@dataclass(frozen=True, slots=True)
class ChangedTerm:
    """A term besides the rules, before and after, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedRule:
    """A rule by its key; `state` is `added`, `removed`, `changed` or `same`."""

    key: str
    state: str
    before: Rule | None
    after: Rule | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two versions."""

    terms: tuple[ChangedTerm, ...]
    rules: tuple[ChangedRule, ...]

    @property
    def is_none(self) -> bool:
        """Whether nothing differs."""
        return not self.terms and all(rule.state == "same" for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom a new version concerns: active promoters and courses of the rules that change, and
    orders under way that keep the version they were placed under."""

    promoters: int
    courses: int
    unpaid: int
    held: int


@dataclass(frozen=True, slots=True)
class Worst:
    """The most that a version pays: the rule, on which course, its rate against the cap."""

    rule: str
    course: str
    amount: int
    rate_bps: int
    cap_bps: int


@dataclass(frozen=True, slots=True)
class ReviewScreen:
    """Before publishing: POST `operator_programme_publish` with the `fields`, nothing typed anew.

    With a `refusal` it cannot be published. `begun_from` is the newest version's number (0: none),
    `effective_from` None means at once.
    """

    currency: str
    begun_from: int
    changes: Changes
    affected: Affected
    effective_from: datetime | None
    fields: tuple[tuple[str, str], ...]
    worst: Worst | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class VersionScreen:
    """A published version, read-only; `until` None if no later one is published; `changes`
    against the one before it."""

    currency: str
    row: VersionRow
    until: datetime | None
    policy: Policy
    rules: tuple[Rule, ...]
    points_per_order: int
    points_per_yuan: int
    boards: tuple[BoardRow, ...]
    changes: Changes | None


@dataclass(frozen=True, slots=True)
class ProgrammeScreen:
    """The version in force, and the draft of the next with what it would do.

    POST `operator_programme_draft` with `do` = `add_rule`, `simulate`, `backtest` or `review`, and:
    `begun_from`, `rows`, `model`, `window_days`, `touch_scope`, `self_purchase`, `binding_days`,
    `protection_days`, `hold_days`, `max_rate_percent`, `level2`, `points_per_order`,
    `points_per_yuan`, `effective_from` (local, empty: now); per rule row n of `rule_rows`:
    `rule_<n>_key`, `_promoter`, `_course` (`kind:value`), `_base`, `_kind`, `_value`
    (percent or amount as typed), `_steps` (`1=10%, 6=12%`), `_metric`, `_period`, `_level2`
    (`5%` or an amount), `_from`, `_to` (local); per board row n of `board_rows`: `board_<n>_metric`
    (empty: none), `_period`, `_prizes` (`50, 20`), `_close`; for the simulator `sim_course`,
    `sim_price`, `sim_who`, `sim_inviter`, `sim_orders`, `sim_sales`; `backtest_days`.
    A row whose key is empty does not count. Nothing of it is stored before it is published.
    """

    currency: str
    version: int | None
    effective_from: datetime | None
    policy: Policy
    rules: tuple[Rule, ...]
    history: tuple[VersionRow, ...]
    rule_rows: tuple[int, ...]
    promoter_scopes: tuple[Option, ...]
    course_scopes: tuple[Option, ...]
    platform_cap_bps: int
    platform_minimum_hold_days: int
    platform_level2: bool
    limits: tuple[LimitRow, ...] = ()
    refusal: Refusal | None = None
    form: Form = field(default_factory=Form)
    begun_from: int = 0
    basis: int | None = None
    board_rows: tuple[int, ...] = (1,)
    courses: tuple[Option, ...] = ()
    simulation: Simulation | None = None
    backtest: Backtest | None = None
