import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.errors import InvalidInput
from kefen.core.money import Money, allocate, share

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@given(st.integers(0, 10**12), weights)
def test_allocate_adds_up_and_is_never_off_by_one_or_more(total, parts):
    whole = sum(parts)
    if whole == 0:
        if total:
            with pytest.raises(InvalidInput):
                allocate(total, parts)
        else:
            assert allocate(total, parts) == [0] * len(parts)
        return

    result = allocate(total, parts)

    assert sum(result) == total
    for got, weight in zip(result, parts, strict=True):
        assert abs(got * whole - total * weight) < whole
        assert weight or got == 0


@given(st.integers(0, 1000), st.lists(st.integers(1, 1), min_size=2, max_size=9))
def test_allocate_gives_ties_to_the_earlier(total, parts):
    result = allocate(total, parts)

    assert result == sorted(result, reverse=True)


def test_allocate_prefers_the_larger_remainder():
    assert allocate(10, [1, 1, 1]) == [4, 3, 3]
    assert allocate(10, [1, 2, 4]) == [1, 3, 6]  # remainders 3/7, 6/7, 5/7: one is handed out twice
    assert allocate(0, []) == []
    with pytest.raises(InvalidInput):
        allocate(1, [])
    with pytest.raises(InvalidInput):
        allocate(1, [-1, 3])


@given(st.integers(0, 10**15), st.integers(0, 10_000))
def test_share_is_the_floor(amount, bps):
    result = share(amount, bps)

    assert result * 10_000 <= amount * bps < (result + 1) * 10_000


@given(st.integers(), st.integers())
def test_money_adds_like_integers(one, other):
    assert Money(one, "CNY") + Money(other, "CNY") - Money(other, "CNY") == Money(one, "CNY")
    assert -Money(one, "CNY") == Money(-one, "CNY")


@pytest.mark.parametrize("amount", [1.0, True, "1", None])
def test_money_is_an_integer(amount):
    with pytest.raises(InvalidInput):
        Money(amount, "CNY")


@pytest.mark.parametrize("currency", ["", "cny", "CN", "CNYX", "元元元"])
def test_a_currency_is_three_capitals(currency):
    with pytest.raises(InvalidInput):
        Money(1, currency)


def test_currencies_do_not_mix():
    with pytest.raises(InvalidInput):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(InvalidInput):
        Money(1, "CNY") - Money(1, "USD")
