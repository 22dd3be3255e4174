"""The published terms of a programme as values (`domain.md §1, §2, §3, §6, §7, §8`).

Nothing here checks: `core.compliance.check_terms` does, once, when a version is published.
Rates are basis points, amounts minor units, instants aware UTC, `*_days` are 86400 s each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kefen.core.periods import PeriodKind


class PromoterKind(StrEnum):
    """Who promotes: an old student, a partner lecturer, an outside channel."""

    STUDENT = "student"
    LECTURER = "lecturer"
    CHANNEL = "channel"


class Model(StrEnum):
    """Which eligible touch wins."""

    FIRST_TOUCH = "first_touch"
    LAST_TOUCH = "last_touch"


class TouchScope(StrEnum):
    """What a link may credit: any purchase at the school, or only its own course."""

    INSTITUTION = "institution"
    COURSE = "course"


@dataclass(frozen=True, slots=True)
class AttributionPolicy:
    """How an order finds its promoter (`domain.md §2`); `binding_days` 0 means no bindings."""

    model: Model = Model.FIRST_TOUCH
    window_days: int = 7
    touch_scope: TouchScope = TouchScope.INSTITUTION
    self_purchase: bool = False
    binding_days: int = 0
    protection_days: int = 0


@dataclass(frozen=True, slots=True)
class Percent:
    """A reward of `bps` basis points of the base, floored."""

    bps: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """A reward of `amount` minor units for each unit of quantity."""

    amount: int


class TierMetric(StrEnum):
    """What climbs a ladder: the count of orders or the sum of sales."""

    ORDERS = "orders"
    SALES = "sales"


@dataclass(frozen=True, slots=True)
class Step:
    """A step that applies from `threshold` (orders, or minor units of sales) upwards."""

    threshold: int
    reward: Percent | Fixed


@dataclass(frozen=True, slots=True)
class Tiered:
    """A ladder of steps, ascending, over one calendar period of `paid_at` (`§3.2`)."""

    metric: TierMetric
    period: PeriodKind
    steps: tuple[Step, ...]


class PromoterScopeKind(StrEnum):
    """Widest to narrowest: any < kind < group < promoter."""

    ANY = "any"
    KIND = "kind"
    GROUP = "group"
    PROMOTER = "promoter"


class CourseScopeKind(StrEnum):
    """Widest to narrowest: any < category < course."""

    ANY = "any"
    CATEGORY = "category"
    COURSE = "course"


_PROMOTER_WIDTHS = {kind: width for width, kind in enumerate(PromoterScopeKind)}
_COURSE_WIDTHS = {kind: width for width, kind in enumerate(CourseScopeKind)}


@dataclass(frozen=True, slots=True)
class PromoterScope:
    """Whom a rule addresses; `value` is the kind, group or promoter, None for any."""

    kind: PromoterScopeKind = PromoterScopeKind.ANY
    value: str | None = None


@dataclass(frozen=True, slots=True)
class CourseScope:
    """What a rule addresses; `value` is the category or course, None for any."""

    kind: CourseScopeKind = CourseScopeKind.ANY
    value: str | None = None


class Base(StrEnum):
    """What a percent is of: paid for the line after coupons, or list price * quantity."""

    PAID = "paid"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Rule:
    """One commission rule of a version (`§3.1`), in force for `starts_at <= placed_at < ends_at`.

    `key` stays the same across versions and names the ladder that a promoter climbs. None for an
    instant means no limit on that side. `narrowness` orders matching rules, larger wins:
    the promoter's scope counts before the course's.
    """

    key: str
    promoter: PromoterScope
    course: CourseScope
    level1: Percent | Fixed | Tiered
    level2: Percent | Fixed | None = None
    base: Base = Base.PAID
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    narrowness: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Known once per rule, asked for once per order line.
        width = _PROMOTER_WIDTHS[self.promoter.kind] * len(_COURSE_WIDTHS)
        object.__setattr__(self, "narrowness", width + _COURSE_WIDTHS[self.course.kind])


@dataclass(frozen=True, slots=True)
class PointsTerms:
    """Points for the level 1 promoter: per order, and per whole 100 minor units paid (`§7`)."""

    per_order: int = 0
    per_yuan: int = 0


class BoardMetric(StrEnum):
    """What a board counts (`§6`)."""

    SALES = "sales"
    ORDERS = "orders"
    COMMISSION = "commission"


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard per day, week or month; `prizes[k - 1]` is the prize of rank k.

    `close_after_days` None means the version's `hold_days`.
    """

    metric: BoardMetric
    period: PeriodKind
    prizes: tuple[int, ...] = ()
    close_after_days: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """One immutable version of a programme, in force from `effective_from`.

    `level2` is the programme's own switch; it pays only where the platform allows it too.
    """

    effective_from: datetime
    policy: AttributionPolicy
    hold_days: int
    max_rate_bps: int
    level2: bool = False
    rules: tuple[Rule, ...] = ()
    points: PointsTerms = PointsTerms()
    boards: tuple[Board, ...] = ()


@dataclass(frozen=True, slots=True)
class PlatformLimits:
    """Hard limits of the platform that no institution passes (`§8`)."""

    max_rate_bps: int = 3000
    level2_allowed: bool = False
    minimum_hold_days: int = 0
    minimum_age: int = 18
    forbidden_words: tuple[str, ...] = ()
