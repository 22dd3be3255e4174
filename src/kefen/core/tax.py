"""Tax withheld from a withdrawal when it is approved (`domain.md §5`). Amounts in fen.

Confirm with a tax adviser before production use.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kefen.core.errors import InvalidInput
from kefen.core.money import share

EXPENSES_BPS: Final = 2_000
"""Flat expenses: a fifth of the income is not taxed."""

LABOUR_FREE: Final = 80_000
LABOUR_SMALL: Final = 400_000
LABOUR_BRACKETS: Final = (
    (2_000_000, 2_000, 0),
    (5_000_000, 3_000, 200_000),
    (None, 4_000, 700_000),
)
"""Upper limit of the taxable sum (None: no limit), rate in basis points, quick deduction."""

CUMULATIVE_MONTHLY: Final = 500_000
CUMULATIVE_BRACKETS: Final = (
    (3_600_000, 300, 0),
    (14_400_000, 1_000, 252_000),
    (30_000_000, 2_000, 1_692_000),
    (42_000_000, 2_500, 3_192_000),
    (66_000_000, 3_000, 5_292_000),
    (96_000_000, 3_500, 8_592_000),
    (None, 4_500, 18_192_000),
)
"""The same for the taxable sum of the year."""


class TaxRule(StrEnum):
    """What an institution withholds."""

    NONE = "none"
    LABOUR_2018_61 = "labour_2018_61"
    CUMULATIVE_2025_16 = "cumulative_2025_16"


@dataclass(frozen=True, slots=True)
class TaxComputation:
    """One tax with every line of its computation, in fen.

    `income` = `income_before` + `amount`; less `expenses` and `deduction` it is `taxable`;
    `due` = floor(taxable * rate_bps / 10000) - `quick_deduction` for the whole period;
    `tax` = due - `withheld_before`, at least 0 and at most `amount`; `net` = amount - tax.
    `months` counts the consecutive months of the cumulative rule.
    """

    rule: TaxRule
    amount: int
    income_before: int
    withheld_before: int
    months: int
    income: int
    expenses: int
    deduction: int
    taxable: int
    rate_bps: int
    quick_deduction: int
    due: int
    tax: int
    net: int


def compute(
    rule: TaxRule, *, amount: int, income_before: int, withheld_before: int, months: int = 1
) -> TaxComputation:
    """Compute the tax on a withdrawal of `amount`, with its explanation (`domain.md §5`).

    `income_before` and `withheld_before` are those of the same promoter's withdrawals approved
    earlier in the period (calendar month for labour, year for cumulative) that have not failed,
    expired or been cancelled; `months` is what `consecutive_months` says. Raises InvalidInput
    for a negative figure or `months` outside 1 to 12.
    """
    if min(amount, income_before, withheld_before) < 0:
        raise InvalidInput(field="amount", reason="income and tax must not be negative")
    if not 1 <= months <= 12:
        raise InvalidInput(field="months", reason="a year has 1 to 12 months")
    income = income_before + amount
    expenses = deduction = taxable = rate = quick = 0
    if rule is TaxRule.LABOUR_2018_61:
        if income <= LABOUR_SMALL:
            deduction = min(LABOUR_FREE, income)
            rate = LABOUR_BRACKETS[0][1] if income > LABOUR_FREE else 0
            taxable = income - deduction
        else:
            taxable = share(income, 10_000 - EXPENSES_BPS)
            expenses = income - taxable
            rate, quick = _bracket(LABOUR_BRACKETS, taxable)
    elif rule is TaxRule.CUMULATIVE_2025_16:
        kept = share(income, 10_000 - EXPENSES_BPS)
        expenses = income - kept
        deduction = min(CUMULATIVE_MONTHLY * months, kept)
        taxable = kept - deduction
        rate, quick = _bracket(CUMULATIVE_BRACKETS, taxable) if taxable else (0, 0)
    due = share(taxable, rate) - quick
    # A promoter cannot be paid less than nothing: what is still due waits for the next payment.
    tax = min(max(due - withheld_before, 0), amount)
    return TaxComputation(
        rule=rule,
        amount=amount,
        income_before=income_before,
        withheld_before=withheld_before,
        months=months,
        income=income,
        expenses=expenses,
        deduction=deduction,
        taxable=taxable,
        rate_bps=rate,
        quick_deduction=quick,
        due=due,
        tax=tax,
        net=amount - tax,
    )


def consecutive_months(months: Collection[int], month: int) -> int:
    """Return the length of the unbroken run of calendar months that ends with `month`.

    `months` (1 to 12) are those of this year with a withdrawal that counts; `month` is that of
    the approval and counts itself, whether or not it is among them.
    """
    run = 1
    while month - run in months and month - run >= 1:
        run += 1
    return run


def _bracket(brackets: tuple[tuple[int | None, int, int], ...], taxable: int) -> tuple[int, int]:
    """Rate and quick deduction of the bracket that `taxable` falls in; limits belong to it."""
    for limit, rate, quick in brackets:
        if limit is None or taxable <= limit:
            return rate, quick
    raise AssertionError("the last bracket has no limit")
