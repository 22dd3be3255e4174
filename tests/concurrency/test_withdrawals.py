"""Withdrawals that race each other, their results, refunds and maturing."""

import random
import time

import pytest

from kefen.commissions import actions as commissions
from kefen.commissions.contracts import Payment
from kefen.commissions.models import Commission, PointsGrant
from kefen.core.states import WithdrawalState
from kefen.core.terms import PointsTerms
from kefen.ledger import queries as ledger
from kefen.ledger.models import Transfer
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal, WithdrawalRecord
from kefen.payouts.models import Withdrawal
from kefen.platform.audit.models import Record
from tests.concurrency.naive import withdraw_naively
from tests.concurrency.racing import codes, race
from tests.factories import (
    START,
    make_course,
    make_matured,
    make_paid_order,
    make_placed_order,
    make_promoter,
    make_refund,
    make_terms,
    make_version,
    make_withdrawal,
    percent,
)

AVAILABLE, IN_TRANSIT = "promoter:yu:available", "promoter:yu:in_transit"
RECEIVABLE = "promoter:yu:receivable"


@pytest.fixture
def rich(committed_institution):
    """yu has 100.00 available."""
    make_course(list_price=1000_00)
    make_promoter()
    make_version(
        terms=make_terms(rules=[percent(1000)], points=PointsTerms(per_order=3, per_yuan=1))
    )
    make_paid_order(paid=1000_00)
    make_matured()
    assert _held() == (100_00, 0, 0)
    return committed_institution


def test_a_hundred_withdrawals_of_everything(rich):
    answers = race(
        [
            lambda number=number: make_withdrawal(number=f"w{number}", amount=100_00)
            for number in range(100)
        ]
    )

    assert codes(answers) == ["insufficient_balance"] * 99
    assert _held() == (0, 100_00, 0)
    assert Withdrawal.objects.count() == 1
    assert Transfer.objects.filter(kind="withdrawal_requested").count() == 1


def test_control_checking_before_deducting_pays_twice(rich):
    """The same race, naive: each reads the balance, then decides by what it read."""
    journal: list[int] = []

    answers = race([lambda: withdraw_naively(100_00, 100_00, journal)] * 10)

    assert answers.count(True) > 1
    assert sum(journal) > 100_00


def test_one_withdrawal_asked_for_twenty_times_is_one(rich):
    """Everybody gets the same answer, also those who come when the balance is gone."""
    wanted = RequestWithdrawal("w1", "yu", 100_00, START)

    answers = race([lambda: payouts.request(wanted)] * 20)

    assert all(isinstance(answer, WithdrawalRecord) for answer in answers), answers
    assert len({answer.id for answer in answers}) == 1
    assert _held() == (0, 100_00, 0)


def test_one_number_for_two_amounts_is_a_conflict(rich):
    answers = race(
        [lambda amount=amount: make_withdrawal(amount=amount) for amount in range(10_00, 10_10)]
    )
    assert codes(answers) == ["conflict"] * 9
    assert Withdrawal.objects.count() == 1


def test_approving_twice_computes_one_tax(rich):
    make_withdrawal(amount=100_00)

    answers = race([lambda: payouts.approve("w1")] * 10)

    assert len(set(answers)) == 1
    assert Record.objects.filter(verb="withdrawal.approved").count() == 1


def test_approvals_of_one_promoter_follow_each_other(rich):
    """Each tax is on top of the month's income so far, so two at once must not both be first."""
    make_paid_order(number="big", student="rich", paid=900_000_00)
    make_matured()
    for number in range(8):
        make_withdrawal(number=f"w{number}", amount=1000_00)

    race([lambda number=number: payouts.approve(f"w{number}") for number in range(8)])

    # labour_2018_61 of a month of 8000.00: 8000.00 * 80 % * 20 %.
    assert sum(Withdrawal.objects.values_list("tax", flat=True)) == 1280_00
    before = sorted(
        computation["income_before"]
        for computation in Withdrawal.objects.values_list("tax_computation", flat=True)
    )
    assert before == [number * 1000_00 for number in range(8)]


def test_a_payout_succeeds_or_fails_but_not_both(rich):
    for attempt in range(10):
        number = f"w{attempt}"
        make_withdrawal(number=number, amount=10_00, sent=True)
        results = [
            WithdrawalState.SUCCEEDED,
            WithdrawalState.FAILED,
            WithdrawalState.EXPIRED,
        ] * 2
        answers = race(
            [
                lambda result=result, number=number: payouts.settle(number, result, at=START)
                for result in results
            ]
        )
        state = WithdrawalState(Withdrawal.objects.get(number=number).state)
        assert answers.count(True) == 1
        assert results[answers.index(True)] is state
        assert answers.count(False) == 1
        assert codes(answers) == ["withdrawal_not_open"] * 4
        ends = Transfer.objects.filter(key__startswith=f"withdrawal:{number}:")
        assert {key.rsplit(":", 1)[1] for key in ends.values_list("key", flat=True)} == {
            "requested",
            state.value,
        }


def test_cancelling_while_it_is_approved_and_sent(rich):
    for attempt in range(8):
        number = f"w{attempt}"
        make_withdrawal(number=number, amount=10_00)
        race(
            [
                lambda number=number: payouts.cancel(number),
                lambda number=number: payouts.approve(number),
                lambda number=number: payouts.mark_sent(number),
                lambda number=number: payouts.reject(number, reason="no"),
            ]
        )
        state = Withdrawal.objects.get(number=number).state
        assert state in {"cancelled", "approved", "sent", "rejected"}
    open_ = Withdrawal.objects.filter(closed_at__isnull=True).count()
    assert _held() == (100_00 - open_ * 10_00, open_ * 10_00, 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_refund_maturing_withdrawal_and_failing_payout_together(rich, seed):
    """Whatever comes first: the audit of the fixture holds, nobody owes and withdraws at once, and
    what is left of everything is what is left of the commissions."""
    dice = random.Random(seed)
    paid = 1000_00
    for attempt in range(6):
        order = f"o{seed}-{attempt}"
        make_paid_order(number=order, student=order, paid=paid)
        if _held()[0] >= 10_00:
            make_withdrawal(number=f"f{order}", amount=10_00, sent=True)

        def later(action, delay=None):
            wait = dice.random() * 0.02 if delay is None else delay
            return lambda: (time.sleep(wait), action())[1]

        race(
            [
                later(
                    lambda order=order: make_refund(number=f"a{order}", order=order, amount=333_33)
                ),
                later(
                    lambda order=order: make_refund(number=f"b{order}", order=order, amount=500_01)
                ),
                later(
                    lambda order=order: make_refund(number=f"c{order}", order=order, amount=400_00)
                ),
                later(make_matured),
                later(make_matured),
                later(
                    lambda order=order: make_withdrawal(
                        number=f"w{order}", amount=dice.randrange(10_00, 90_00)
                    )
                ),
                later(
                    lambda order=order: payouts.settle(
                        f"f{order}", WithdrawalState.FAILED, at=START, reason="closed account"
                    )
                ),
            ]
        )
        available, _, receivable = _held()
        assert not (available and receivable)
    make_matured()
    left = sum(row.booked - row.reversed for row in Commission.objects.all())
    available, in_transit, receivable = _held()
    assert available + in_transit + receivable == left


def test_points_are_given_once_whatever_races(rich):
    for attempt in range(6):
        order = f"p{attempt}"
        make_paid_order(number=order, student=order, paid=100_00)
        race(
            [
                make_matured,
                lambda order=order: make_refund(number=f"r{order}", order=order, amount=33_33),
                make_matured,
                lambda order=order: make_refund(number=f"s{order}", order=order, amount=11_11),
            ]
        )
    make_matured()
    grants = PointsGrant.objects.exclude(order__number="o1")
    # floor(103 * 55.56 / 100), also where the refunds came first.
    assert list(grants.values_list("earned", "remaining")) == [(103, 57)] * 6
    assert ledger.balances(["promoter:yu:points"]) == {"promoter:yu:points": 1003 + 6 * 57}


def test_a_hold_and_maturing_at_once(rich):
    for attempt in range(8):
        order = f"h{attempt}"
        make_placed_order(number=order, student=order, paid=100_00)
        commissions.book_one(Payment(order, "wechat", START))
        row = Commission.objects.get(order__number=order)
        race(
            [
                make_matured,
                lambda row=row: commissions.hold(row.id, reason="look"),
                lambda row=row: commissions.reject(row.id, reason="fake"),
                lambda order=order: make_refund(number=f"r{order}", order=order, amount=50_00),
            ]
        )
        row.refresh_from_db()
        assert row.state == "rejected"
        assert row.reversed == row.booked
    assert sum(_held()) == 100_00


def _held() -> tuple[int, int, int]:
    found = ledger.balances([AVAILABLE, IN_TRANSIT, RECEIVABLE], "CNY")
    return found[AVAILABLE], found[IN_TRANSIT], found[RECEIVABLE]
