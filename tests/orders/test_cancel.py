import pytest

from kefen.core.errors import OrderNotOpen, UnknownOrder
from kefen.orders import actions, queries
from kefen.platform import clock
from tests.orders.school import DAY, START, open_school, place, sell, unchanged


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()


def test_an_unpaid_order_is_cancelled_once() -> None:
    place("A", 100)
    with clock.at(START + DAY):
        actions.cancel("A")
    row = queries.by_number("A")
    assert (row.state, row.cancelled_at) == ("cancelled", START + DAY)
    with unchanged():
        actions.cancel("A")


def test_a_paid_order_is_not_cancelled() -> None:
    sell("A", 100)
    with unchanged(), pytest.raises(OrderNotOpen):
        actions.cancel("A")


def test_an_unknown_order_is_not_cancelled() -> None:
    with unchanged(), pytest.raises(UnknownOrder):
        actions.cancel("A")
