"""The channel's result, once."""

from datetime import UTC, datetime

import pytest

from kefen.core.errors import IllegalTransition, UnknownWithdrawal, WithdrawalNotOpen
from kefen.core.states import WithdrawalState
from kefen.payouts import actions, queries
from kefen.platform import clock
from tests.orders.school import (
    ask,
    balance,
    come_by,
    mature,
    money,
    open_school,
    refund,
    sell,
    transfer,
    unchanged,
)

NOW = datetime(2026, 4, 20, tzinfo=UTC)
SUCCEEDED, FAILED, EXPIRED = (
    WithdrawalState.SUCCEEDED,
    WithdrawalState.FAILED,
    WithdrawalState.EXPIRED,
)


@pytest.fixture(autouse=True)
def sent(institution: object) -> None:
    open_school()
    come_by("yu")
    sell("A", 500_000)  # 100000 for yu
    mature()
    with clock.at(NOW):
        ask("W", 100_000)
        actions.approve("W")
        actions.mark_sent("W")


def test_success_pays_the_net_and_withholds_the_tax() -> None:
    assert actions.settle("W", SUCCEEDED, at=NOW) is True
    assert transfer("withdrawal:W:succeeded") == {
        "promoter:yu:in_transit": -100_000,
        "channel:payout": 96_000,
        "tax:withheld": 4_000,
    }
    assert money() == (0, 0, 0, 0)


@pytest.mark.parametrize("result", [FAILED, EXPIRED])
def test_what_comes_back_settles_what_is_owed_first(result: WithdrawalState) -> None:
    refund("R", "A", 150_000)  # 30000 of the commission, all of it owed
    assert money() == (0, 0, 100_000, 30_000)
    assert actions.settle("W", result, at=NOW, reason="wrong account") is True
    assert transfer(f"withdrawal:W:{result.value}") == {
        "promoter:yu:in_transit": -100_000,
        "promoter:yu:receivable": 30_000,
        "promoter:yu:available": 70_000,
    }
    assert queries.by_number("W").state_reason == "wrong account"
    assert balance("tax:withheld") == 0


@pytest.mark.parametrize("first", [SUCCEEDED, FAILED, EXPIRED])
def test_a_result_comes_once(first: WithdrawalState) -> None:
    actions.settle("W", first, at=NOW)
    with unchanged():
        assert actions.settle("W", first, at=NOW) is False
    for other in {SUCCEEDED, FAILED, EXPIRED} - {first}:
        with unchanged(), pytest.raises(WithdrawalNotOpen):
            actions.settle("W", other, at=NOW)


def test_what_was_not_sent_has_no_result() -> None:
    sell("B", 10_000)
    mature()
    ask("V", 1000)
    with unchanged(), pytest.raises(WithdrawalNotOpen):
        actions.settle("V", SUCCEEDED, at=NOW)
    with unchanged(), pytest.raises(IllegalTransition):
        actions.mark_sent("V")
    with unchanged(), pytest.raises(UnknownWithdrawal):
        actions.settle("Z", SUCCEEDED, at=NOW)


def test_sending_again_changes_nothing() -> None:
    with unchanged():
        actions.mark_sent("W", channel="another")
