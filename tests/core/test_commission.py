from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.commission import (
    Priced,
    TierEntry,
    available_at,
    price_line,
    step_at,
    tier_figure,
)
from kefen.core.errors import InvariantBroken
from kefen.core.periods import PeriodKind
from kefen.core.terms import (
    Base,
    CourseScope,
    Fixed,
    Percent,
    PromoterScope,
    Rule,
    Step,
    Tiered,
    TierMetric,
)

amounts = st.integers(0, 10**8)
rewards = st.builds(Percent, st.integers(0, 20_000)) | st.builds(Fixed, amounts)
LADDER = Tiered(
    TierMetric.ORDERS, PeriodKind.MONTH, (Step(1, Fixed(10_000)), Step(6, Fixed(12_000)))
)


def rule(level1, level2=None, base=Base.PAID):
    return Rule("r", PromoterScope(), CourseScope(), level1, level2, base)


def price(the_rule, **given_):
    facts = {
        "list_price": 50_000,
        "quantity": 1,
        "paid": 50_000,
        "figure": None,
        "cap_bps": 3000,
        "pays_level2": False,
    }
    return price_line(rule=the_rule, **(facts | given_))


@given(
    rewards,
    st.none() | rewards,
    st.sampled_from(Base),
    amounts,
    st.integers(1, 9),
    amounts,
    st.integers(0, 12_000),
    st.booleans(),
)
def test_caps_are_never_exceeded(level1, level2, base, list_price, quantity, paid, cap_bps, pays):
    got = price(
        rule(level1, level2, base),
        list_price=list_price,
        quantity=quantity,
        paid=paid,
        cap_bps=cap_bps,
        pays_level2=pays,
    )

    assert 0 <= got.level1 <= got.wanted_level1 <= paid
    assert 0 <= got.level2 <= got.wanted_level2 <= paid
    assert (got.level1 + got.level2) * 10_000 <= paid * min(cap_bps, 10_000)
    assert got.base == (paid if base is Base.PAID else list_price * quantity)
    # Nothing is cut without need: level 1 first, then level 2 takes what is left.
    if got.level1_capped:
        assert got.level2 == 0
        assert (got.level1 + 1) * 10_000 > paid * min(cap_bps, 10_000)
    if not pays or level2 is None:
        assert got.wanted_level2 == 0


@given(st.lists(st.integers(1, 10**6), min_size=1, unique=True), amounts)
def test_the_step_is_the_largest_not_above(thresholds, figure):
    steps = tuple(Step(one, Fixed(one)) for one in sorted(thresholds))
    tiered = Tiered(TierMetric.ORDERS, PeriodKind.MONTH, steps)
    fitting = [one for one in thresholds if one <= figure]
    if not fitting:
        with pytest.raises(InvariantBroken):
            step_at(tiered, figure)
        return

    assert step_at(tiered, figure).threshold == max(fitting)
    assert step_at(tiered, figure).threshold <= step_at(tiered, figure + 1).threshold


entries = st.lists(
    st.builds(
        lambda order, paid, refunded: TierEntry(order, paid, min(paid, refunded)),
        st.sampled_from("ABCD"),
        st.integers(1, 1000),
        st.integers(0, 1200),
    )
)


@given(entries)
def test_figures_count_only_what_is_left(lines):
    kept = [one for one in lines if one.refunded < one.paid]

    assert tier_figure(TierMetric.ORDERS, lines) == 1 + len({one.order for one in kept})
    assert tier_figure(TierMetric.SALES, lines) == sum(one.paid - one.refunded for one in kept)


@given(entries, st.builds(TierEntry, st.sampled_from("ABCDE"), st.integers(1, 99), st.just(0)))
def test_figures_never_fall_by_another_order(lines, more):
    for metric in TierMetric:
        assert tier_figure(metric, [*lines, more]) >= tier_figure(metric, lines)


def test_the_article_ladder():
    assert price(rule(LADDER), figure=5) == Priced(50_000, 5, 10_000, 0, 10_000, 0)
    assert price(rule(LADDER), figure=6) == Priced(50_000, 6, 12_000, 0, 12_000, 0)
    # B1 was refunded in full: seven earlier orders, six of them count.
    earlier = [TierEntry(f"B{i}", 50_000, 50_000 if i == 1 else 0) for i in range(1, 8)]
    assert tier_figure(TierMetric.ORDERS, earlier) == 7
    assert tier_figure(TierMetric.ORDERS, []) == 1
    assert tier_figure(TierMetric.SALES, []) == 0


def test_percent_is_floored_and_of_the_base():
    assert price(rule(Percent(1250)), paid=7).level1 == 0
    assert price(rule(Percent(1250)), paid=8).level1 == 1
    list_based = rule(Percent(1000), base=Base.LIST)
    assert price(list_based, quantity=2, paid=80_000).level1 == 10_000


def test_fixed_is_per_unit():
    assert price(rule(Fixed(100)), quantity=3).level1 == 300


def test_what_was_cut_is_kept():
    both = rule(Percent(2500), Percent(1000))
    got = price(both, paid=10_001, pays_level2=True)

    assert got == Priced(10_001, None, 2500, 500, 2500, 1000)
    assert (got.level1_capped, got.level2_capped) == (False, True)
    assert price(both, cap_bps=0).level1_capped


def test_a_line_paid_nothing_earns_nothing():
    assert price(rule(Fixed(100), Fixed(5)), paid=0, pays_level2=True) == Priced(
        0, None, 0, 0, 0, 0
    )


def test_more_than_paid_is_no_cut_by_the_cap():
    got = price(rule(Fixed(500)), paid=300, cap_bps=10_000)

    assert (got.level1, got.level1_capped) == (300, False)


def test_a_ladder_needs_its_figure():
    with pytest.raises(InvariantBroken):
        price(rule(LADDER))


def test_a_hold_is_exact():
    paid_at = datetime(2026, 3, 9, 2, 1, tzinfo=UTC)

    assert available_at(paid_at, 7) - paid_at == timedelta(seconds=7 * 86400)
