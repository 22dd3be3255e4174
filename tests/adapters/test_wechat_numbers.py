"""Our numbers as WeChat takes them: reversible, within its limits, or refused."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.adapters.payments.wechat_pay import numbers
from kefen.core.errors import ChannelRejected, InvalidInput
from kefen.core.ids import public_id, uuid7
from kefen.ports.payments import Method

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
OURS = st.text(ALPHABET, min_size=1, max_size=64)
METHODS = st.sampled_from(numbers.METHODS)
ATTEMPTS = st.integers(0, numbers.ATTEMPTS - 1)


@given(st.text(ALPHABET, min_size=1, max_size=30), METHODS, ATTEMPTS)
def test_payments(order: str, method: Method, attempt: int) -> None:
    written = numbers.write_trade(order, method, attempt)
    assert re.fullmatch(r"[A-Za-z0-9_|*-]{6,32}", written)
    assert numbers.read_trade(written) == order


@given(OURS, OURS, METHODS, METHODS, ATTEMPTS, ATTEMPTS)
def test_no_two_payments_have_one_number(
    one: str, other: str, way: Method, another: Method, attempt: int, later: int
) -> None:
    if (one, way, attempt) == (other, another, later) or max(len(one), len(other)) > 30:
        return
    assert numbers.write_trade(one, way, attempt) != numbers.write_trade(other, another, later)


@given(OURS)
def test_refunds_and_splits(number: str) -> None:
    written = numbers.write_number(number)
    assert re.fullmatch(r"[A-Za-z0-9_|*@-]{1,64}", written)
    assert numbers.read_number(written) == number


@given(OURS)
def test_transfers(number: str) -> None:
    length = len(number) + sum(number.count(letter) for letter in "Z_-.")
    if length > 32:
        with pytest.raises(ChannelRejected, match="places"):
            numbers.write_bill(number)
        return
    written = numbers.write_bill(number)
    assert re.fullmatch(r"[A-Za-z0-9]{1,32}", written)
    assert numbers.read_bill(written) == number


@given(st.text(max_size=40) | st.text("Aa0_-.*ZUHD", max_size=34))
def test_what_is_read_was_written(text: str) -> None:
    """A number that is read back is exactly what would be written for it."""
    with suppress(InvalidInput):
        assert numbers.write_number(numbers.read_number(text)) == text
    with suppress(InvalidInput):
        assert numbers.write_bill(numbers.read_bill(text)) == text
    with suppress(InvalidInput):
        order = numbers.read_trade(text)
        assert text in {
            numbers.write_trade(order, method, attempt)
            for method in numbers.METHODS
            for attempt in range(numbers.ATTEMPTS)
        }


def test_generated_numbers_fit_with_every_way_and_attempt() -> None:
    order = public_id("ord", uuid7())
    for method in numbers.METHODS:
        for attempt in range(numbers.ATTEMPTS):
            assert len(numbers.write_trade(order, method, attempt)) == 32
    assert len(numbers.write_bill(public_id("wd", uuid7()))) == 30
    assert numbers.write_number(public_id("rfd", uuid7())).startswith("rfd_")


@pytest.mark.parametrize("number", ["", "ord 1", "ord/1", "订单", "a" * 65, "a\n"])
def test_what_is_no_number_of_ours_is_refused(number: str) -> None:
    for write in (numbers.write_number, numbers.write_bill):
        with pytest.raises(ChannelRejected):
            write(number)
    with pytest.raises(ChannelRejected):
        numbers.write_trade(number, Method.CODE)


def test_what_does_not_fit_says_so() -> None:
    with pytest.raises(ChannelRejected) as refusal:
        numbers.write_trade("a" * 31, Method.CODE)
    assert "33 places" in str(refusal.value.params["reason"])


@pytest.mark.parametrize("number", ["1217752501201407033233368018", "abc*", "*J", "a.b*J00", "a*J"])
def test_numbers_of_other_systems_are_not_taken_for_ours(number: str) -> None:
    with pytest.raises(InvalidInput):
        numbers.read_trade(number)
