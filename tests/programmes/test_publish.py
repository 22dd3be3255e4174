"""Publishing a version: checked whole, stored once."""

import pytest

from kefen.core.errors import (
    DuplicateRuleKey,
    HoldBelowMinimum,
    InvalidInput,
    InvalidSteps,
    OverlappingRules,
    RateAboveCap,
    VersionAbovePlatform,
)
from kefen.core.periods import PeriodKind
from kefen.core.terms import (
    Base,
    Board,
    BoardMetric,
    CourseScope,
    CourseScopeKind,
    Fixed,
    Percent,
    PlatformLimits,
    PointsTerms,
    PromoterScope,
    PromoterScopeKind,
    Step,
    Tiered,
    TierMetric,
)
from kefen.platform import clock
from kefen.platform.tenancy.actions import set_limits
from kefen.programmes import actions, queries
from tests.orders.school import DAY, HOUR, START, open_school, rule, terms, unchanged

LADDER = Tiered(
    TierMetric.SALES, PeriodKind.QUARTER, (Step(0, Percent(100)), Step(5000, Fixed(90)))
)
FULL = terms(
    effective_from=START,
    policy={"binding_days": 3, "protection_days": 1, "self_purchase": True},
    level2=True,
    points=PointsTerms(3, 4),
    rules=(
        rule(level2=Fixed(5), base=Base.LIST, starts_at=START, ends_at=START + DAY),
        rule(
            "ladder",
            level1=LADDER,
            promoter=PromoterScope(PromoterScopeKind.GROUP, "金"),
            course=CourseScope(CourseScopeKind.CATEGORY, "exam"),
        ),
    ),
    boards=(Board(BoardMetric.ORDERS, PeriodKind.DAY, prizes=(9, 8), close_after_days=2),),
)


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school(level2=True)


def test_what_was_published_is_read_as_it_was() -> None:
    published = actions.publish(FULL, take_over=True)
    assert published.version.number == 2
    queries._read.clear()
    assert queries.version(published.version.id).terms == FULL
    assert set(published.version.rule_ids) == {"base", "ladder"}


def test_the_worst_case_is_answered() -> None:
    worst = actions.publish(FULL, take_over=True).worst
    assert worst is not None
    # 20 % of the list price 10000 and 5 fen for level 2.
    assert (worst.rule, worst.amount, worst.cap) == ("base", 2005, 5000)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"max_rate_bps": 5001}, VersionAbovePlatform),
        ({"rules": (rule(), rule(bps=1))}, DuplicateRuleKey),
        ({"rules": (rule(), rule("other"))}, OverlappingRules),
        ({"rules": (rule(bps=5001),)}, RateAboveCap),
        ({"rules": (rule(level1=Fixed(5001)),)}, RateAboveCap),
        ({"rules": (rule(bps=4800, level2=Percent(201)),), "level2": True}, RateAboveCap),
        (
            {"rules": (rule(level1=Tiered(TierMetric.ORDERS, PeriodKind.MONTH, ())),)},
            InvalidSteps,
        ),
        ({"rules": (rule("a b"),)}, InvalidInput),
        ({"policy": {"window_days": 0}}, InvalidInput),
        ({"effective_from": START - 30 * DAY}, InvalidInput),
    ],
)
def test_a_refused_version_leaves_nothing(
    change: dict[str, object], error: type[Exception]
) -> None:
    wanted = terms(**({"effective_from": START} | change))  # type: ignore[arg-type]
    with unchanged(), pytest.raises(error):
        actions.publish(wanted, take_over=True)


def test_level_2_counts_only_where_it_is_paid() -> None:
    rules = (rule(bps=4800, level2=Percent(201)),)
    actions.publish(terms(effective_from=START, rules=rules), take_over=True)


def test_the_platform_s_minimum_hold() -> None:
    set_limits(PlatformLimits(max_rate_bps=5000, minimum_hold_days=8))
    with unchanged(), pytest.raises(HoldBelowMinimum):
        actions.publish(terms(effective_from=START), take_over=True)


def test_no_version_reaches_into_the_past() -> None:
    with clock.at(START + HOUR), unchanged(), pytest.raises(InvalidInput):
        actions.publish(terms(effective_from=START))


def test_the_schedule_says_which_one_is_in_force() -> None:
    actions.publish(FULL, take_over=True)
    schedule = queries.schedule()
    at = [START - 31 * DAY, START - 30 * DAY, START - HOUR, START, START + 99 * DAY]
    found = [schedule.in_force(instant) for instant in at]
    assert [None if version is None else version.number for version in found] == [
        None,
        1,
        1,
        2,
        2,
    ]
