from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.errors import InvalidInput
from kefen.core.tax import CUMULATIVE_BRACKETS, TaxRule, compute, consecutive_months

LABOUR = TaxRule.LABOUR_2018_61
CUMULATIVE = TaxRule.CUMULATIVE_2025_16


def one(rule, amount, months=1):
    return compute(rule, amount=amount, income_before=0, withheld_before=0, months=months)


@given(
    st.sampled_from([LABOUR, CUMULATIVE]),
    st.lists(st.integers(1, 10**8), min_size=1, max_size=6),
    st.integers(1, 12),
)
def test_the_taxes_of_a_period_are_the_tax_of_its_sum(rule, amounts, months):
    income = withheld = 0
    for amount in amounts:
        got = compute(
            rule,
            amount=amount,
            income_before=income,
            withheld_before=withheld,
            months=months,
        )
        income += amount
        withheld += got.tax

    assert withheld == one(rule, sum(amounts), months).tax


@given(
    st.sampled_from(TaxRule),
    st.integers(0, 10**8),
    st.integers(0, 10**8),
    st.integers(0, 10**8),
    st.integers(1, 12),
)
def test_a_computation_explains_itself(rule, amount, before, withheld, months):
    got = compute(
        rule, amount=amount, income_before=before, withheld_before=withheld, months=months
    )

    assert got.income == before + amount
    assert got.taxable == got.income - got.expenses - got.deduction or rule is TaxRule.NONE
    assert got.due == got.taxable * got.rate_bps // 10_000 - got.quick_deduction
    assert got.due >= 0
    assert got.tax == min(max(got.due - withheld, 0), amount)
    assert got.net == amount - got.tax >= 0


@given(st.sampled_from([LABOUR, CUMULATIVE]), st.integers(0, 10**9), st.integers(0, 10**6))
def test_more_income_is_never_less_tax(rule, income, more):
    assert one(rule, income).tax <= one(rule, income + more).tax


@pytest.mark.parametrize(
    ("amount", "tax"),
    [
        (80_000, 0),
        (80_001, 0),
        (80_005, 1),
        (100_000, 4_000),
        (350_000, 54_000),
        (399_999, 63_999),
        (400_000, 64_000),
        (400_001, 64_000),
        (1_000_000, 160_000),
        (2_500_000, 400_000),
        (2_500_002, 400_000),
        (3_000_000, 520_000),
        (6_250_000, 1_300_000),
        (10_000_000, 2_500_000),
    ],
)
def test_labour(amount, tax):
    assert one(LABOUR, amount).tax == tax


@pytest.mark.parametrize(
    ("amount", "tax"),
    [
        (200_000, 24_000),
        (400_000, 64_000),
        (2_500_000, 400_000),
        (3_000_000, 520_000),
        (6_000_000, 1_240_000),
        (6_250_000, 1_300_000),
        (10_000_000, 2_500_000),
    ],
)
def test_the_published_examples_of_labour(amount, tax):
    """The check values of the tax authority's notices 2018 nos. 56 and 61."""
    assert one(LABOUR, amount).tax == tax


@pytest.mark.parametrize(
    ("monthly", "taxes"),
    [
        (1_000_000, [9_000] * 12),
        (3_000_000, [57_000, 71_000, 190_000, 190_000]),
    ],
)
def test_the_published_examples_of_practitioners(monthly, taxes):
    """The same income each month under notice 2025 no. 16."""
    income, withheld, found = 0, 0, []
    for month in range(1, len(taxes) + 1):
        got = compute(
            CUMULATIVE,
            amount=monthly,
            income_before=income,
            withheld_before=withheld,
            months=month,
        )
        found.append(got.tax)
        income, withheld = income + monthly, withheld + got.tax

    assert found == taxes


def test_two_payments_of_a_month_are_one_income():
    second = compute(LABOUR, amount=320_000, income_before=80_000, withheld_before=0)

    assert (second.tax, second.net) == (64_000, 256_000)


@pytest.mark.parametrize(
    ("income", "months", "tax"),
    [
        (625_000, 1, 0),
        (625_001, 1, 0),
        (1_000_000, 1, 9_000),
        (1_000_000, 2, 0),
        (5_125_000, 1, 108_000),  # taxable exactly 3600000
        (5_125_002, 1, 108_000),  # one fen into the next bracket, floored
        (200_000_000, 12, 51_108_000),
    ],
)
def test_cumulative(income, months, tax):
    assert one(CUMULATIVE, income, months).tax == tax


def test_brackets_join_without_a_jump():
    for (limit, rate, quick), (_, above, more) in pairwise(CUMULATIVE_BRACKETS):
        assert limit is not None
        assert limit * rate // 10_000 - quick == limit * above // 10_000 - more


def test_a_broken_run_of_months_never_takes_more_than_is_paid():
    """The allowance of earlier months is lost; what that costs waits for the next payments."""
    got = compute(CUMULATIVE, amount=1_000, income_before=1_875_000, withheld_before=0)

    assert (got.due, got.tax, got.net) == (30_024, 1_000, 0)


@pytest.mark.parametrize(
    ("months", "month", "run"),
    [(set(), 3, 1), ({1, 2}, 3, 3), ({1}, 3, 1), ({1, 2, 3}, 3, 3), ({11, 12}, 1, 1), ({0}, 1, 1)],
)
def test_consecutive_months(months, month, run):
    assert consecutive_months(months, month) == run


def test_no_rule_no_tax():
    assert one(TaxRule.NONE, 10**9).tax == 0


@pytest.mark.parametrize("wrong", [{"amount": -1}, {"withheld_before": -1}, {"months": 0}])
def test_what_cannot_be(wrong):
    facts = {"amount": 1, "income_before": 0, "withheld_before": 0}
    with pytest.raises(InvalidInput):
        compute(LABOUR, **(facts | wrong))
