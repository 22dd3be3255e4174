"""Courses, limits, programme versions."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from kefen.catalog import actions as catalog
from kefen.core.periods import PeriodKind
from kefen.core.terms import (
    AttributionPolicy,
    Board,
    CourseScope,
    CourseScopeKind,
    Fixed,
    Percent,
    PlatformLimits,
    PointsTerms,
    PromoterScope,
    PromoterScopeKind,
    Rule,
    Step,
    Terms,
    Tiered,
    TierMetric,
)
from kefen.platform.tenancy.actions import set_limits
from kefen.programmes import actions as programmes
from kefen.programmes.contracts import PublishedVersion

START = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
"""Monday 2026-03-02, 00:00 in Shanghai."""


def make_course(
    *,
    code: str = "python",
    list_price: int = 100_00,
    category: str = "code",
    promotable: bool = True,
) -> UUID:
    """A course on sale; `list_price` in fen."""
    return catalog.add_course(
        catalog.NewCourse(
            code=code,
            title=f"Course {code}",
            category=category,
            list_price=list_price,
            promotable=promotable,
        )
    )


def allow_level2(*, max_rate_bps: int = 3000) -> None:
    """The platform allows level 2 to the institution in scope."""
    set_limits(PlatformLimits(max_rate_bps=max_rate_bps, level2_allowed=True))


def percent(
    bps: int,
    *,
    key: str = "basic",
    level2_bps: int | None = None,
    promoter: str | None = None,
    course: str | None = None,
) -> Rule:
    """A rule that pays a percent of what was paid; for one promoter or course, where named."""
    return _rule(key, Percent(bps), level2_bps, promoter, course)


def ladder(
    *steps: tuple[int, int | Fixed],
    key: str = "ladder",
    metric: TierMetric = TierMetric.ORDERS,
    period: PeriodKind = PeriodKind.MONTH,
    promoter: str | None = None,
    course: str | None = None,
) -> Rule:
    """A tiered rule of (from, bps) or (from, Fixed) steps."""
    made = tuple(Step(at, Percent(pay) if isinstance(pay, int) else pay) for at, pay in steps)
    return _rule(key, Tiered(metric, period, made), None, promoter, course)


def _rule(
    key: str,
    level1: Percent | Tiered,
    level2_bps: int | None,
    promoter: str | None,
    course: str | None,
) -> Rule:
    whom = PromoterScopeKind.ANY if promoter is None else PromoterScopeKind.PROMOTER
    what = CourseScopeKind.ANY if course is None else CourseScopeKind.COURSE
    return Rule(
        key=key,
        promoter=PromoterScope(whom, promoter),
        course=CourseScope(what, course),
        level1=level1,
        level2=None if level2_bps is None else Percent(level2_bps),
    )


def make_terms(
    *,
    rules: Sequence[Rule] = (),
    effective_from: datetime = START,
    hold_days: int = 7,
    max_rate_bps: int = 3000,
    level2: bool = False,
    policy: AttributionPolicy | None = None,
    points: PointsTerms | None = None,
    boards: Sequence[Board] = (),
) -> Terms:
    """Terms of a programme; a plain 10 % where no rule is named."""
    return Terms(
        effective_from=effective_from,
        policy=policy or AttributionPolicy(),
        hold_days=hold_days,
        max_rate_bps=max_rate_bps,
        level2=level2,
        rules=tuple(rules) or (percent(1000),),
        points=points or PointsTerms(),
        boards=tuple(boards),
    )


def make_version(*, terms: Terms | None = None) -> PublishedVersion:
    """A published version, in force since START unless its terms say otherwise."""
    return programmes.publish(terms or make_terms(), take_over=True).version
