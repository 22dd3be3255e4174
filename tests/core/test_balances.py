import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.balances import Settled, check_withdrawal, settle
from kefen.core.errors import BelowMinimum, InsufficientBalance

amounts = st.integers(0, 10**9)


@given(amounts, amounts)
def test_a_credit_settles_first(credit, owed):
    result = settle(credit, owed)

    assert result.settled + result.to_available == credit
    assert min(result.settled, result.to_available) >= 0
    # Nobody owes and withdraws at once.
    assert owed == result.settled or result.to_available == 0


def test_examples():
    assert settle(100, 30) == Settled(30, 70)
    assert settle(100, 100) == Settled(100, 0)
    assert settle(100, 130) == Settled(100, 0)


def test_a_withdrawal_is_refused_by_the_first_failing_check():
    check_withdrawal(1000, minimum=1000, available=1000)
    with pytest.raises(BelowMinimum):
        check_withdrawal(999, minimum=1000, available=0)
    with pytest.raises(InsufficientBalance):
        check_withdrawal(1000, minimum=1000, available=999)
