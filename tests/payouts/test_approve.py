"""Approval computes the tax once and for all."""

from datetime import UTC, datetime

import pytest

from kefen.core.errors import IllegalTransition, InvalidInput, UnknownWithdrawal
from kefen.core.states import WithdrawalState
from kefen.payouts import actions, queries
from kefen.platform import clock
from tests.orders.school import ask, come_by, mature, money, open_school, sell, terms, unchanged

# Local midnight in Shanghai is 16:00 UTC of the day before.
MARCH = datetime(2026, 3, 31, 15, 59, 59, 999_999, tzinfo=UTC)
APRIL = datetime(2026, 3, 31, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school(terms(max_rate_bps=5000))
    come_by("yu")
    sell("A", 2_000_000)  # 400000 for yu
    mature()


def approve(number: str, amount: int, at: datetime) -> tuple[int | None, int | None]:
    with clock.at(at):
        ask(number, amount)
        record = actions.approve(number)
    assert record.state is WithdrawalState.APPROVED
    return record.tax, record.net


def test_labour_tax_is_of_the_month_s_sum() -> None:
    assert approve("W1", 80_000, MARCH) == (0, 80_000)
    # (80000 + 20000 - 80000) * 20 % = 4000, nothing withheld so far.
    assert approve("W2", 20_000, MARCH) == (4_000, 16_000)
    # A new month from local midnight on.
    assert approve("W3", 80_000, APRIL) == (0, 80_000)


def test_what_failed_is_no_income_and_a_stored_tax_stays() -> None:
    approve("W1", 80_000, MARCH)
    approve("W2", 20_000, MARCH)
    actions.mark_sent("W1")
    actions.settle("W1", WithdrawalState.FAILED, at=MARCH)
    # Income 20000 + 80000, 4000 withheld: (100000 - 80000) * 20 % - 4000 = 0.
    assert approve("W3", 80_000, MARCH) == (0, 80_000)
    assert queries.by_number("W2").tax == 4_000


def test_the_computation_is_stored_with_it() -> None:
    approve("W1", 100_000, MARCH)
    stored = queries.by_number("W1").tax_computation
    assert (stored["rule"], stored["income"], stored["tax"]) == ("labour_2018_61", 100_000, 4_000)


def test_approving_again_changes_nothing() -> None:
    approve("W1", 100_000, MARCH)
    with unchanged():
        assert actions.approve("W1").tax == 4_000


def test_a_rejection_gives_the_amount_back_with_its_reason() -> None:
    ask("W", 1000)
    with unchanged(), pytest.raises(InvalidInput):
        actions.reject("W", reason=" ")
    actions.reject("W", reason="the name does not match")
    row = queries.by_number("W")
    assert (row.state, row.state_reason) == ("rejected", "the name does not match")
    assert money() == (0, 400_000, 0, 0)
    with unchanged(), pytest.raises(IllegalTransition):
        actions.approve("W")


def test_an_unknown_one_cannot_be_approved() -> None:
    with unchanged(), pytest.raises(UnknownWithdrawal):
        actions.approve("Z")
