import itertools

import pytest

from kefen.core.errors import IllegalTransition
from kefen.core.states import (
    INITIAL,
    TRANSITIONS,
    CommissionState,
    OrderState,
    PromoterStatus,
    WithdrawalState,
    may_move,
    move,
)

MACHINES = list(TRANSITIONS)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_has_a_row_and_is_reachable(machine):
    table = TRANSITIONS[machine]
    assert set(table) == set(machine)

    reached = {INITIAL[machine]}
    while True:
        further = reached | {to for state in reached for to in table[state]}
        if further == reached:
            break
        reached = further
    assert reached == set(machine)


@pytest.mark.parametrize("machine", MACHINES)
def test_move_obeys_the_table(machine):
    for current, to in itertools.product(machine, machine):
        if to in TRANSITIONS[machine][current]:
            assert may_move(current, to)
            assert move(current, to) is to
        else:
            with pytest.raises(IllegalTransition) as caught:
                move(current, to)
            assert caught.value.params == {
                "machine": machine.__name__,
                "current": current.value,
                "to": to.value,
            }


@pytest.mark.parametrize(
    ("current", "to"),
    [
        (CommissionState.HELD, CommissionState.AVAILABLE),
        (CommissionState.AVAILABLE, CommissionState.PENDING),
        (OrderState.PAID, OrderState.CANCELLED),
        (OrderState.CANCELLED, OrderState.PAID),
        (WithdrawalState.REQUESTED, WithdrawalState.SENT),
        (WithdrawalState.SUCCEEDED, WithdrawalState.FAILED),
        (WithdrawalState.FAILED, WithdrawalState.SENT),
        (PromoterStatus.APPLIED, PromoterStatus.SUSPENDED),
    ],
)
def test_moves_that_must_never_be(current, to):
    with pytest.raises(IllegalTransition):
        move(current, to)
