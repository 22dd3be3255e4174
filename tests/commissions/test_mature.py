"""Maturing at the end of the hold; points come with it."""

import pytest

from kefen.commissions import actions, queries
from kefen.core.terms import PointsTerms
from kefen.platform import clock
from tests.orders.school import (
    DAY,
    HOUR,
    START,
    ask,
    balance,
    come_by,
    mature,
    money,
    open_school,
    refund,
    sell,
    terms,
    transfer,
    unchanged,
)

DUE = START + 2 * HOUR + 7 * DAY


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school(terms(points=PointsTerms(per_order=10, per_yuan=1)))
    come_by("yu")


def test_nothing_matures_before_its_instant() -> None:
    sell("A", 10_000)
    with unchanged():
        assert actions.mature(DUE.replace(microsecond=0) - DAY / 86_400_000_000) == []
    (matured,) = actions.mature(DUE)
    assert (matured.promoter, matured.amount, matured.settled) == ("yu", 2000, 0)
    assert money() == (0, 2000, 0, 0)
    with unchanged():
        assert actions.mature(DUE) == []


def test_points_come_once_with_the_first_of_an_order() -> None:
    sell("A", 10_000, 50)
    mature()
    # 10 + floor(10050 / 100) = 110.
    assert balance("promoter:yu:points") == 110
    refund("R", "A", 5025)
    assert balance("promoter:yu:points") == 55


def test_what_is_owed_is_settled_first() -> None:
    sell("A", 10_000)
    mature()
    with clock.at(DUE):
        ask("W", 2000)
    refund("R", "A", 10_000, at=DUE)
    assert money() == (0, 0, 2000, 2000)
    sell("B", 15_000)
    mature()
    assert transfer("commission:B:1:1:matured") == {
        "promoter:yu:pending": -3000,
        "promoter:yu:receivable": 2000,
        "promoter:yu:available": 1000,
    }
    assert money() == (0, 1000, 2000, 0)


def test_a_limit_leaves_the_rest_for_the_next_call() -> None:
    for number in ("A", "B", "C"):
        sell(number, 1000)
    assert [len(actions.mature(DUE, limit=2)) for _ in range(3)] == [2, 1, 0]


def test_what_was_reversed_in_full_never_matures() -> None:
    sell("A", 10_000)
    refund("R", "A", 10_000)
    assert mature() == 0
    assert [c.state for c in queries.in_order_of_booking()] == ["pending"]
