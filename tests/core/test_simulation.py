"""A supposed sale is priced as a real one would be."""

from datetime import UTC, datetime, timedelta

import pytest

from kefen.core.compliance import CourseFact
from kefen.core.periods import PeriodKind
from kefen.core.simulation import Supposed, simulate
from kefen.core.terms import (
    AttributionPolicy,
    Board,
    BoardMetric,
    CourseScope,
    CourseScopeKind,
    Fixed,
    Percent,
    PlatformLimits,
    PointsTerms,
    PromoterKind,
    PromoterScope,
    PromoterScopeKind,
    Rule,
    Step,
    Terms,
    Tiered,
    TierMetric,
)
from kefen.core.terms_json import from_json, to_json

AT = datetime(2026, 3, 2, tzinfo=UTC)
LADDER = Tiered(
    TierMetric.ORDERS, PeriodKind.MONTH, (Step(1, Percent(1000)), Step(6, Percent(1200)))
)
SALES = Tiered(
    TierMetric.SALES, PeriodKind.QUARTER, (Step(0, Percent(500)), Step(1000_00, Fixed(90_00)))
)
TERMS = Terms(
    effective_from=AT,
    policy=AttributionPolicy(binding_days=3, self_purchase=True),
    hold_days=5,
    max_rate_bps=2000,
    level2=True,
    rules=(
        Rule("base", PromoterScope(), CourseScope(), LADDER, Percent(500)),
        Rule(
            "gold",
            PromoterScope(PromoterScopeKind.GROUP, "gold"),
            CourseScope(CourseScopeKind.COURSE, "maths"),
            SALES,
            starts_at=AT,
            ends_at=AT + timedelta(days=30),
        ),
        Rule("li", PromoterScope(PromoterScopeKind.PROMOTER, "li"), CourseScope(), Fixed(150_00)),
    ),
    points=PointsTerms(10, 2),
    boards=(Board(BoardMetric.SALES, PeriodKind.WEEK, (50_00, 20_00), 2),),
)
LIMITS = PlatformLimits(max_rate_bps=3000, level2_allowed=True, minimum_hold_days=7)
MATHS = CourseFact("maths", "exam", 600_00)


def sale(**other: object) -> Supposed:
    found = {"course": MATHS, "paid": 599_00, "at": AT, "kind": PromoterKind.STUDENT} | other
    return Supposed(**found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "rule", "level1", "level2", "wanted1"),
    [
        ({}, "base", 59_90, 0, 59_90),
        ({"has_inviter": True}, "base", 59_90, 29_95, 59_90),
        ({"orders": 5, "sales": 1}, "base", 71_88, 0, 71_88),
        ({"group": "gold"}, "gold", 29_95, 0, 29_95),
        ({"group": "gold", "sales": 1000_00}, "gold", 90_00, 0, 90_00),
        # 20 % of what was paid is all that there is, and nothing of it is left for level 2.
        ({"promoter": "li", "has_inviter": True}, "li", 119_80, 0, 150_00),
    ],
)
def test_who_gets_what(
    asked: dict[str, object], rule: str, level1: int, level2: int, wanted1: int
) -> None:
    found = simulate(TERMS, LIMITS, sale(**asked))
    assert found.rule is not None
    assert found.priced is not None
    assert found.rule.key == rule
    assert (found.priced.level1, found.priced.level2) == (level1, level2)
    assert found.priced.wanted_level1 == wanted1
    # The platform's minimum is longer than the programme's own hold.
    assert found.available_at == AT + timedelta(days=7)
    assert found.points == 10 + 599 * 2


def test_nobody_earns_where_nothing_fits() -> None:
    unpromotable = CourseFact("kids", "exam", 600_00, minors=True)
    assert simulate(TERMS, LIMITS, sale(course=unpromotable)).rule is None
    free = simulate(TERMS, LIMITS, sale(paid=0))
    assert free.priced is not None
    assert (free.priced.level1, free.points) == (0, 0)


def test_the_platform_forbids_level_2() -> None:
    found = simulate(TERMS, PlatformLimits(max_rate_bps=3000), sale(has_inviter=True))
    assert found.priced is not None
    assert found.priced.level2 == 0


def test_terms_come_back_from_json_as_they_were() -> None:
    assert from_json(to_json(TERMS)) == TERMS
