from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kefen.core import errors
from kefen.core.commission import price_line
from kefen.core.compliance import (
    CourseFact,
    Placing,
    check_age,
    check_at_placing,
    check_inviter,
    check_terms,
    check_text,
    effective_cap_bps,
    pays_level2,
    worst_case,
)
from kefen.core.periods import PeriodKind
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
    PromoterScope,
    PromoterScopeKind,
    Rule,
    Step,
    Terms,
    Tiered,
    TierMetric,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LIMITS = PlatformLimits(level2_allowed=True)
COURSES = [
    CourseFact("dear", "exam", 50_000),
    CourseFact("cheap", "skill", 1_990),
    CourseFact("hidden", "skill", 10, promotable=False),
]


def rule(level1, level2=None, key="r", **given_):
    return Rule(
        key,
        given_.pop("promoter", PromoterScope()),
        given_.pop("course", CourseScope()),
        level1,
        level2,
        **given_,
    )


def ladder(*steps, metric=TierMetric.ORDERS, period=PeriodKind.MONTH):
    return Tiered(metric, period, tuple(Step(start, reward) for start, reward in steps))


def terms(*rules, **given_):
    facts = {"hold_days": 7, "max_rate_bps": 3000, "level2": True}
    return Terms(NOW, AttributionPolicy(), rules=rules, **(facts | given_))


def refusal(the_terms, kind, limits=LIMITS, courses=COURSES):
    with pytest.raises(kind) as caught:
        check_terms(the_terms, limits, courses)
    return caught.value.params


rewards = st.builds(Percent, st.integers(1, 4000)) | st.builds(Fixed, st.integers(1, 2000))


@given(
    rewards | st.builds(lambda one, two: ladder((1, one), (2, two)), rewards, rewards),
    st.none() | rewards,
    st.lists(st.integers(0, 10_000), min_size=1, max_size=3),
    st.booleans(),
)
def test_what_may_be_published_is_never_cut_at_the_list_price(level1, level2, prices, switch):
    courses = [CourseFact(f"c{i}", None, price) for i, price in enumerate(prices)]
    the_rule = rule(level1, level2)
    the_terms = terms(the_rule, level2=switch)
    cut = False
    for course in courses:
        for figure in (1, 2) if isinstance(level1, Tiered) else (None,):
            got = price_line(
                rule=the_rule,
                list_price=course.list_price,
                quantity=1,
                paid=course.list_price,
                figure=figure,
                cap_bps=3000,
                pays_level2=switch,
            )
            cut |= got.level1_capped or got.level2_capped
    try:
        check_terms(the_terms, LIMITS, courses)
    except errors.RateAboveCap as refused:
        worst = refused.params["worst"]
        assert worst.rate_bps > worst.cap_bps or worst.amount > worst.cap
    else:
        assert not cut


@given(st.integers(0, 4000), st.integers(0, 4000), st.integers(0, 4000))
def test_percents_are_held_against_the_cap_itself(level1, level2, cap_bps):
    """Also where no course, or only a cheap one, would show the difference."""
    assume(cap_bps <= 3000)
    the_terms = terms(rule(Percent(level1), Percent(level2)), max_rate_bps=cap_bps)
    for courses in ([], [CourseFact("c", None, 1)], COURSES):
        if level1 + level2 > cap_bps:
            refusal(the_terms, errors.RateAboveCap, courses=courses)
        else:
            assert check_terms(the_terms, LIMITS, courses).rate_bps == level1 + level2


def test_a_fixed_amount_is_held_against_the_cheapest_course():
    assert check_terms(terms(rule(Fixed(597))), LIMITS, COURSES).course == "cheap"
    params = refusal(terms(rule(Fixed(598))), errors.RateAboveCap)
    assert (params["rule"], params["course"], params["amount"], params["cap"]) == (
        "r",
        "cheap",
        598,
        597,
    )
    only_dear = CourseScope(CourseScopeKind.COURSE, "dear")
    assert (
        check_terms(terms(rule(Fixed(15_000), course=only_dear)), LIMITS, COURSES).amount == 15_000
    )
    refusal(terms(rule(Fixed(15_001), course=only_dear)), errors.RateAboveCap)


def test_mixed_levels_are_held_together():
    mixed = terms(rule(Percent(2900), Fixed(20)))
    assert check_terms(mixed, LIMITS, COURSES).amount == 577 + 20
    refusal(terms(rule(Percent(2900), Fixed(21))), errors.RateAboveCap)
    # Where level 2 is not paid it does not count.
    check_terms(replace(terms(rule(Percent(2900), Fixed(21))), level2=False), LIMITS, COURSES)
    check_terms(terms(rule(Percent(2900), Fixed(21))), PlatformLimits(), COURSES)


def test_the_highest_step_counts():
    high_first = ladder((1, Percent(3001)), (2, Percent(10)))
    assert refusal(terms(rule(high_first)), errors.RateAboveCap)["rate_bps"] == 3001


def test_without_promotable_courses_only_percents_count():
    hidden = CourseScope(CourseScopeKind.COURSE, "hidden")
    assert check_terms(terms(rule(Fixed(10**6), course=hidden)), LIMITS, COURSES).course is None
    refusal(terms(rule(Percent(3001), Fixed(1), course=hidden)), errors.RateAboveCap)


def test_the_worst_of_all_rules_is_named():
    group = PromoterScope(PromoterScopeKind.GROUP, "gold")
    both = terms(rule(Percent(2000)), rule(Percent(2500), key="gold", promoter=group))
    worst = check_terms(both, LIMITS, COURSES)

    assert (worst.rule, worst.course, worst.amount, worst.cap) == ("gold", "dear", 12_500, 15_000)
    assert check_terms(terms(), LIMITS, COURSES) is None
    assert worst_case(both.rules[0], cap_bps=1, level2=False, courses=COURSES).rate_bps == 2000


@pytest.mark.parametrize(
    ("the_terms", "kind"),
    [
        (terms(max_rate_bps=3001), errors.VersionAbovePlatform),
        (terms(rule(Percent(1)), rule(Percent(2), key="s")), errors.OverlappingRules),
        (
            terms(
                rule(Percent(1)),
                rule(Percent(2), promoter=PromoterScope(PromoterScopeKind.GROUP, "gold")),
            ),
            errors.DuplicateRuleKey,
        ),
        (terms(rule(ladder())), errors.InvalidSteps),
        (terms(rule(ladder((2, Fixed(1))))), errors.InvalidSteps),
        (terms(rule(ladder((0, Fixed(1))))), errors.InvalidSteps),
        (terms(rule(ladder((1, Fixed(1)), metric=TierMetric.SALES))), errors.InvalidSteps),
        (terms(rule(ladder((1, Fixed(1)), (1, Fixed(2))))), errors.InvalidSteps),
        (terms(rule(ladder((1, Fixed(1)), (3, Fixed(2)), (2, Fixed(3))))), errors.InvalidSteps),
        (terms(rule(ladder((1, Fixed(0))))), errors.InvalidSteps),
        (terms(rule(ladder((1, Percent(1)), (2, Percent(-1))))), errors.InvalidSteps),
        (terms(rule(ladder((1, Fixed(1)), period=PeriodKind.WEEK))), errors.InvalidSteps),
        (terms(rule(Percent(-1))), errors.InvalidInput),
        (terms(rule(Percent(1), Fixed(-1))), errors.InvalidInput),
        (terms(rule(Percent(1), starts_at=NOW, ends_at=NOW)), errors.InvalidInput),
        (terms(hold_days=-1), errors.InvalidInput),
        (terms(max_rate_bps=-1), errors.InvalidInput),
        (replace(terms(), policy=AttributionPolicy(window_days=0)), errors.InvalidInput),
        (replace(terms(), policy=AttributionPolicy(binding_days=-1)), errors.InvalidInput),
        (terms(points=PointsTerms(-1, 0)), errors.InvalidInput),
        (terms(boards=(Board(BoardMetric.SALES, PeriodKind.YEAR),)), errors.InvalidInput),
        (terms(boards=(Board(BoardMetric.SALES, PeriodKind.DAY),) * 2), errors.InvalidInput),
        (terms(boards=(Board(BoardMetric.SALES, PeriodKind.DAY, (-1,)),)), errors.InvalidInput),
        (
            terms(boards=(Board(BoardMetric.SALES, PeriodKind.DAY, (), -1),)),
            errors.InvalidInput,
        ),
    ],
)
def test_refused_at_publishing(the_terms, kind):
    refusal(the_terms, kind)


def test_every_compliance_refusal_names_rule_limit_and_worst_case():
    refused = [
        refusal(terms(max_rate_bps=3001), errors.VersionAbovePlatform),
        refusal(terms(rule(Percent(3001))), errors.RateAboveCap),
        refusal(terms(rule(ladder())), errors.InvalidSteps),
        refusal(terms(), errors.HoldBelowMinimum, replace(LIMITS, minimum_hold_days=8)),
        refusal(terms(), errors.MinorsCourse, courses=[CourseFact("school", None, 1, minors=True)]),
    ]

    assert all({"rule", "limit", "worst"} <= set(params) for params in refused)


def test_a_platform_that_lowers_its_limits_counts_from_the_next_order():
    the_terms = terms(rule(Percent(3000)), hold_days=3)
    lowered = PlatformLimits(max_rate_bps=1000, level2_allowed=False, minimum_hold_days=5)

    assert check_at_placing(the_terms, lowered, COURSES[0]) == Placing(1000, False, 5, True)
    assert check_at_placing(the_terms, LIMITS, COURSES[2]) == Placing(3000, True, 3, False)
    minors = CourseFact("school", None, 1, minors=True)
    assert not check_at_placing(the_terms, LIMITS, minors).promotable
    assert effective_cap_bps(3000, 2000) == effective_cap_bps(2000, 3000) == 2000


@pytest.mark.parametrize(("allowed", "wanted"), [(True, True), (True, False), (False, True)])
def test_level_2_needs_both_switches(allowed, wanted):
    limits = PlatformLimits(level2_allowed=allowed)

    assert pays_level2(limits, terms(level2=wanted)) == (allowed and wanted)


def test_people():
    check_age(date(2008, 3, 1), date(2026, 3, 1), LIMITS)
    with pytest.raises(errors.PromoterTooYoung):
        check_age(date(2008, 3, 2), date(2026, 3, 1), LIMITS)
    with pytest.raises(errors.PromoterTooYoung):
        check_age(date(2008, 2, 29), date(2026, 2, 28), LIMITS)
    check_inviter("yu", "chen")
    check_inviter("yu", None)
    with pytest.raises(errors.OwnInviter):
        check_inviter("yu", "yu")


def test_texts():
    check_text("campaign", "学完雅思口语，七天见效", LIMITS)
    with pytest.raises(errors.ForbiddenWords) as caught:
        check_text("campaign", "躺赚，保过，躺赚", LIMITS)
    assert caught.value.params["worst"] == "躺赚, 保过"
    assert len(caught.value.params["spans"]) == 3
    with pytest.raises(errors.ForbiddenWords):
        check_text("campaign", "秘籍", replace(LIMITS, forbidden_words=("秘籍",)))
