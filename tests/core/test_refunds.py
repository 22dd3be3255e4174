from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.errors import InvalidInput, InvariantBroken, RefundExceedsPaid
from kefen.core.refunds import Sources, check_refund, remaining, reversal, sources, spread

paid_amounts = st.integers(1, 10**7)


@st.composite
def histories(draw):
    """A line, its commission, and a full refund cut into parts."""
    paid = draw(paid_amounts)
    commission = draw(st.integers(0, paid))
    cuts = sorted(draw(st.sets(st.integers(1, paid), max_size=6)) | {paid})
    parts = [after - before for before, after in zip([0, *cuts], cuts, strict=False)]
    return paid, commission, parts


@given(histories(), st.randoms())
def test_any_order_of_partial_refunds_ends_at_the_same_figure(history, random):
    paid, commission, parts = history
    stop = random.randrange(len(parts) + 1)

    def left_after(refunds):
        left, refunded = commission, 0
        for part in refunds:
            taken = reversal(commission, paid, refunded, refunded + part)
            assert 0 <= taken <= left
            left -= taken
            refunded += part
            assert left == remaining(commission, paid, refunded)
        return left

    some = parts[:stop]
    shuffled = random.sample(some, len(some))
    assert left_after(some) == left_after(shuffled) == left_after([sum(some)] if some else [])
    assert left_after(parts) == 0  # a full refund ends at exactly zero


@given(histories())
def test_remaining_is_the_floor_of_the_original_rate(history):
    paid, commission, parts = history
    exact = Fraction(commission * (paid - parts[0]), paid)

    assert remaining(commission, paid, 0) == commission
    assert 0 <= exact - remaining(commission, paid, parts[0]) < 1


@given(st.lists(st.integers(0, 10**6), max_size=8), st.integers(0, 10**7))
def test_spread_adds_up_and_never_passes_a_line(left, amount):
    if amount > sum(left):
        with pytest.raises(RefundExceedsPaid):
            spread(amount, left)
        return
    parts = spread(amount, left)

    assert sum(parts) == amount
    assert all(0 <= part <= line for part, line in zip(parts, left, strict=True))
    assert spread(sum(left), left) == left


@given(st.integers(0, 10**6), st.booleans(), st.integers(0, 10**6))
def test_sources_add_up_and_leave_no_balance_negative(amount, pending, balance):
    got = sources(amount, pending=pending, available_balance=balance)

    assert got.total == amount
    assert 0 <= got.available <= balance
    assert got.receivable == 0 or got.available == balance
    assert (got.pending == amount) if pending else (got.pending == 0)


def test_examples():
    assert remaining(12_000, 50_000, 25_000) == 6_000
    assert remaining(1, 3, 1) == 0
    assert remaining(0, 0, 0) == 0
    assert spread(10, [1, 1, 1, 9]) == [1, 1, 1, 7]
    assert spread(1, [5, 5]) == [1, 0]
    assert sources(100, pending=False, available_balance=30) == Sources(0, 30, 70)
    assert sources(100, pending=True, available_balance=30) == Sources(100, 0, 0)


@pytest.mark.parametrize("refunded", [-1, 101])
def test_what_can_never_be(refunded):
    with pytest.raises(InvariantBroken):
        remaining(10, 100, refunded)


def test_named_lines_are_checked_one_by_one():
    check_refund({1: 100, 2: 0}, {1: 100})
    with pytest.raises(RefundExceedsPaid) as caught:
        check_refund({1: 100, 2: 5}, {1: 100, 2: 6})
    assert caught.value.params == {"asked": 6, "left": 5, "line": 2}
    with pytest.raises(RefundExceedsPaid):
        check_refund({1: 100}, {3: 1})
    with pytest.raises(InvalidInput):
        check_refund({1: 100}, {1: 0})
