"""Planners against each other, against refunds and against withdrawals by hand."""

from datetime import timedelta

import pytest

from kefen.commissions import actions as commissions
from kefen.commissions.contracts import RefundOrder
from kefen.core.errors import InsufficientBalance
from kefen.core.states import SplitState
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.splits import actions
from kefen.splits.actions.plan import plan
from kefen.splits.actions.turns import read
from kefen.splits.models import OrderSplit
from tests.concurrency.racing import codes, race
from tests.orders.school import HOUR, balance, money
from tests.splits.channel import FakeChannel
from tests.splits.school import (
    DUE,
    PAID_AT,
    look,
    open_dividing_school,
    register,
    sell_divisible,
    split_of,
)


@pytest.fixture
def channel(committed_institution, monkeypatch) -> FakeChannel:
    found = register(monkeypatch, FakeChannel())
    open_dividing_school()
    sell_divisible()
    look(PAID_AT + timedelta(minutes=1))
    while commissions.mature(DUE):
        pass
    return found


def number() -> str:
    return OrderSplit.objects.get().number


def test_many_workers_make_one_split(channel):
    name = number()
    with clock.at(DUE):
        race([lambda: actions.advance(name)] * 8)
    assert (len(channel.sent), len(channel.asked_to_finish)) == (1, 1)
    assert split_of().state is SplitState.DONE
    assert money() == (0, 0, 0, 0)


def test_two_planners_that_both_think_it_is_their_turn_make_one_withdrawal(channel):
    """The lease is for speed; the lock is what keeps it right."""
    name = number()
    with clock.at(DUE):
        race([lambda: plan(read(name))] * 6)
    assert Withdrawal.objects.count() == 1
    assert money() == (0, 0, 2000, 0)
    OrderSplit.objects.update(next_at=DUE)
    with clock.at(DUE):
        actions.advance(name)
    assert len(channel.sent) == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_refund_at_the_same_moment_never_makes_money(channel, seed):
    name = number()
    refund = RefundOrder("R", "A", DUE, None, 5000)
    racers = [lambda: actions.advance(name), lambda: commissions.refund(refund)]
    with clock.at(DUE):
        race(racers if seed % 2 else racers[::-1])
    look(DUE + HOUR)
    (share,) = split_of().shares
    # Half the commission went back: before the plan it is half a share, after it a debt.
    assert (share.amount, money()) in [(1000, (0, 0, 0, 0)), (2000, (0, 0, 0, 1000))]
    (request,) = channel.got.values()
    assert sum(one.amount for one in request.shares) == share.net
    assert balance("channel:wechat_pay") == -(10_000 - 5000 - share.net)


@pytest.mark.parametrize("seed", range(4))
def test_a_withdrawal_by_hand_and_a_split_never_spend_the_same_money(channel, seed):
    name = number()

    def by_hand() -> object:
        return payouts.request(RequestWithdrawal("W", "yu", 1500, DUE))

    racers = [lambda: actions.advance(name), by_hand]
    with clock.at(DUE):
        answers = race(racers if seed % 2 else racers[::-1])
    look(DUE + HOUR)
    taken = sum(row.amount for row in Withdrawal.objects.all())
    assert taken == 2000
    if codes(answers):
        assert codes(answers) == [InsufficientBalance.code]
        assert money() == (0, 0, 0, 0)
    else:
        assert money() == (0, 0, 1500, 0)
