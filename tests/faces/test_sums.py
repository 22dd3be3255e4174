"""Sums of any time: exact beside the ledger and beside the rows themselves, whatever happened."""

from datetime import timedelta

from kefen.commissions import actions, queries
from kefen.commissions.models import Commission
from kefen.ledger import queries as ledger
from kefen.orders import queries as orders
from kefen.orders.models import Line, Order
from kefen.platform import clock
from kefen.platform.tenancy.contracts import InstitutionFacts
from tests.faces.school import School, open_school


def pending_in_the_books() -> int:
    return ledger.totals_by_kind().get("promoter:pending", 0)


def test_what_is_expected_is_what_the_books_have(institution: InstitutionFacts) -> None:
    with clock.at(clock.now() - timedelta(days=9)):
        school = open_school(institution)
        first, second = school.buy(phone="13700000001"), school.buy(phone="13700000002")
    third = school.buy(phone="13700000003")
    assert queries.expected() == pending_in_the_books() > 0
    actions.hold(queries.of_order(orders.by_number(second).id)[0].id, reason="odd")
    school.refund("r1", third, 100_00)
    assert queries.expected() == pending_in_the_books()
    actions.mature(clock.now())
    assert queries.expected() == pending_in_the_books() > 0
    school.refund("r2", first, 100_00)
    assert queries.expected() == pending_in_the_books()


def test_settled_orders_count_on_the_day_they_were_placed(institution: InstitutionFacts) -> None:
    long_ago = clock.now() - timedelta(days=9)
    with clock.at(long_ago):
        school = open_school(institution)
        number = school.buy(phone="13700000001")
    actions.mature(clock.now())
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert queries.settled_orders(long_ago - hour, long_ago + hour) == 1
    assert queries.settled_orders(clock.now() - day, clock.now() + day) == 0
    placed = Commission.objects.values_list("placed_at", "order__placed_at")
    assert all(copied == at for copied, at in placed)
    school.refund("r1", number, Line.objects.get(order__number=number).paid)
    assert queries.settled_orders(long_ago - hour, long_ago + hour) == 0


def test_an_order_is_promoted_if_somebody_brought_a_line(institution: InstitutionFacts) -> None:
    school: School = open_school(institution)
    brought = school.buy(phone="13700000001")
    alone = school.guest()
    assert school.checkout(alone, school.at("c/maths"), phone="13700000002").status_code == 302
    assert Order.objects.count() == 2
    for order in Order.objects.all():
        winners = Line.objects.filter(order_id=order.id, winner_id__isnull=False)
        assert order.is_promoted == winners.exists() == (order.number == brought)
    day = timedelta(days=1)
    assert orders.promoted_orders(clock.now() - day, until=clock.now() + day) == (1, 1)
