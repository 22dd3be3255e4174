"""Prices that begin at an instant to come: an order takes the one in force when it was placed."""

from datetime import timedelta

import pytest

from kefen.catalog import actions
from kefen.catalog import queries as catalog
from kefen.catalog.models import Price
from kefen.core.errors import InvalidInput, NotFound
from kefen.orders import actions as orders
from kefen.orders.contracts import LineRequest, PlaceOrder
from kefen.orders.models import Line
from kefen.platform import clock
from kefen.platform.audit.models import Record

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def maths(institution):
    return actions.add_course(actions.NewCourse("maths", "数学", "exam", 299_00))


def price() -> int:
    found = {catalog.page("maths").price, catalog.by_codes(["maths"])["maths"].list_price}
    found |= {one.list_price for one in catalog.all_courses()}
    found |= {row.price for row in catalog.shelf()}
    (only,) = found
    return int(only)


def bought(number, at) -> int:
    line = LineRequest(number=1, course="maths", quantity=1, paid=1)
    orders.place_one(PlaceOrder(number, "student", at, [line]))
    return Line.objects.get(order__number=number).list_price


def test_it_begins_on_its_instant_and_orders_keep_theirs():
    now = clock.now()
    actions.plan_price("maths", 399_00, now + DAY)
    assert price() == 299_00
    assert bought("a", now) == 299_00
    assert bought("b", now + DAY - timedelta(microseconds=1)) == 299_00
    assert bought("c", now + DAY) == 399_00
    with clock.at(now + DAY):
        assert price() == 399_00
        # Placed late, as by a queue: what counts is when it was ordered.
        assert bought("d", now + DAY - MINUTE) == 299_00
    assert Line.objects.get(order__number="a").list_price == 299_00


def test_orders_of_one_batch_take_the_price_of_their_own_instant():
    now = clock.now()
    actions.plan_price("maths", 399_00, now + DAY)
    line = LineRequest(number=1, course="maths", quantity=1, paid=1)
    orders.place([PlaceOrder(n, "s", at, [line]) for n, at in (("x", now), ("y", now + 2 * DAY))])
    found = dict(Line.objects.values_list("order__number", "list_price"))
    assert found == {"x": 299_00, "y": 399_00}


def test_a_change_of_today_stands_in_the_history_and_leaves_the_plan():
    now = clock.now()
    actions.plan_price("maths", 399_00, now + DAY)
    with clock.at(now + MINUTE):
        actions.change_course(actions.NewCourse("maths", "数学", "exam", 259_00))
        assert price() == 259_00
    with clock.at(now + DAY):
        assert price() == 399_00
        # The form of the course shows 399; saving another text of it keeps that.
        actions.change_course(actions.NewCourse("maths", "高等数学", "exam", 399_00))
        assert price() == 399_00
    course = catalog.page("maths").id
    amounts = [one.amount for one in catalog.prices_of(course)]
    assert amounts == [399_00, 259_00, 299_00]


def test_it_can_be_dropped_until_it_begins():
    now = clock.now()
    planned = actions.plan_price("maths", 399_00, now + DAY)
    actions.drop_price("maths", planned)
    actions.drop_price("maths", planned)
    with clock.at(now + 2 * DAY):
        assert price() == 299_00
    begun = actions.plan_price("maths", 199_00, now + DAY)
    with clock.at(now + DAY):
        with pytest.raises(InvalidInput):
            actions.drop_price("maths", begun)
        assert price() == 199_00
    assert list(Record.objects.filter(verb="price.dropped").values_list("subject", flat=True)) == [
        "course:maths"
    ]


def test_the_same_plan_twice_is_one_and_another_of_the_same_instant_replaces_it():
    at = clock.now() + DAY
    first = actions.plan_price("maths", 399_00, at)
    assert actions.plan_price("maths", 399_00, at) == first
    actions.plan_price("maths", 349_00, at)
    with clock.at(at):
        assert price() == 349_00


@pytest.mark.parametrize(("amount", "ahead"), [(-1, DAY), (100, timedelta()), (100, -DAY)])
def test_what_cannot_be_planned_leaves_nothing(amount, ahead):
    with pytest.raises(InvalidInput):
        actions.plan_price("maths", amount, clock.now() + ahead)
    assert not Price.objects.exists()


def test_a_price_of_another_course_is_not_found(institution):
    actions.add_course(actions.NewCourse("other", "别的", "exam", 100))
    planned = actions.plan_price("other", 200, clock.now() + DAY)
    with pytest.raises(NotFound):
        actions.drop_price("maths", planned)
