"""Scores: nothing where all is usual, never beyond 100, rising with what is odd."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.risk import (
    OF_CLICKS,
    Clicks,
    Finding,
    Kind,
    Limits,
    Record,
    Sale,
    holds,
    of_clicks,
    of_record,
    of_sale,
    times_usual,
)

LIMITS = Limits()
counts = st.integers(min_value=0, max_value=100_000)


def kinds(found: list[Finding]) -> dict[Kind, int]:
    return {one.kind: one.score for one in found}


@pytest.mark.parametrize(
    ("clicks", "expected"),
    [
        (Clicks(30, 5, 3), {}),
        (Clicks(59, 9, 5), {}),
        (Clicks(60, 1), {Kind.LINK_BURST: 40}),
        (Clicks(46, 46), {Kind.NETWORK_BURST: 100}),
        (Clicks(10, 10), {Kind.NETWORK_BURST: 40}),
        (Clicks(9, 9, 9), {Kind.AUTOMATED_CLICKS: 60}),
        (Clicks(150, 25, 15), dict.fromkeys(OF_CLICKS, 100)),
    ],
)
def test_clicks(clicks: Clicks, expected: dict[Kind, int]) -> None:
    assert kinds(of_clicks(clicks, LIMITS)) == expected


def test_the_explanation_has_the_figures() -> None:
    (found,) = of_clicks(Clicks(29, 26), LIMITS)
    assert found.figures == {"clicks": 26, "minutes": 10, "usual": 5}


@pytest.mark.parametrize(
    ("sale", "expected", "held"),
    [
        (Sale(), {}, False),
        (Sale(shared_devices=1), {Kind.SAME_DEVICE: 60}, False),
        (Sale(shared_devices=2), {Kind.SAME_DEVICE: 80}, True),
        (Sale(shared_devices=9), {Kind.SAME_DEVICE: 100}, True),
        (Sale(paid_to_buyer=True), {Kind.SAME_ACCOUNT: 90}, True),
        (Sale(automated=True), {Kind.AUTOMATED_ORDER: 70}, False),
    ],
)
def test_sales(sale: Sale, expected: dict[Kind, int], held: bool) -> None:
    found = of_sale(sale, LIMITS)
    assert kinds(found) == expected
    assert any(holds(one, LIMITS) for one in found) is held


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record(4, refunded=4, returners=2), {}),
        (Record(10, refunded=2, returners=1), {}),
        (Record(10, refunded=3), {Kind.REFUND_RING: 47}),
        (Record(10, refunded=6, returners=2), {Kind.REFUND_RING: 90}),
        (Record(5, refunded=5), {Kind.REFUND_RING: 100}),
        (Record(9, unvisited=9), {}),
        (Record(20, unvisited=15), {}),
        (Record(12, unvisited=12), {Kind.NO_VISITS: 46}),
        (Record(900, unvisited=900), {Kind.NO_VISITS: 70}),
    ],
)
def test_records(record: Record, expected: dict[Kind, int]) -> None:
    assert kinds(of_record(record, LIMITS)) == expected


@given(counts, counts, counts)
def test_clicks_alone_never_hold(total: int, network: int, automated: int) -> None:
    for found in of_clicks(Clicks(total, network, automated), LIMITS):
        assert LIMITS.show_at <= found.score <= 100
        assert not holds(found, LIMITS)


@given(counts, st.integers(min_value=1, max_value=1000))
def test_a_score_rises_with_the_count(count: int, usual: int) -> None:
    assert 0 <= times_usual(count, usual) <= times_usual(count + 1, usual) <= 100


@given(st.integers(min_value=0, max_value=500), st.data())
def test_a_record_rises_with_its_refunds(orders: int, data: st.DataObject) -> None:
    refunded = data.draw(st.integers(min_value=0, max_value=orders))
    less = data.draw(st.integers(min_value=0, max_value=refunded))
    returners = data.draw(st.integers(min_value=0, max_value=refunded // 2))
    one = kinds(of_record(Record(orders, less), LIMITS)).get(Kind.REFUND_RING, 0)
    more = kinds(of_record(Record(orders, refunded, returners), LIMITS)).get(Kind.REFUND_RING, 0)
    assert 0 <= one <= more <= 100
