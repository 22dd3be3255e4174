"""Booking a payment: commissions by the order's snapshot, the money split in one transfer."""

import pytest

from kefen.commissions import actions, queries
from kefen.commissions.contracts import Payment
from kefen.core.errors import AmountMismatch, NumberConflict, OrderNotOpen, UnknownOrder
from kefen.core.periods import PeriodKind
from kefen.core.terms import Fixed, Percent, Step, Tiered, TierMetric
from kefen.orders import actions as orders
from kefen.orders import queries as order_queries
from tests.orders.school import (
    DAY,
    HOUR,
    START,
    balance,
    come_by,
    money,
    open_school,
    pay,
    place,
    rule,
    sell,
    terms,
    transfer,
    unchanged,
)

PAID_AT = START + 2 * HOUR


def test_the_money_is_split_in_one_transfer(institution: object) -> None:
    two_levels = terms(level2=True, rules=(rule(level2=Percent(300)),))
    open_school(two_levels, level2=True, inviter="chen")
    come_by("yu")
    place("A", 10_000, 99)
    booked = actions.book_one(Payment("A", "wechat", PAID_AT, amount=10_099))
    # 20 % of 10000 and of 99 (19.8, floored), 3 % of each (2.97, floored).
    assert (booked.is_new, booked.commissions, booked.available_at) == (True, 4, PAID_AT + 7 * DAY)
    assert transfer("order:A:paid") == {
        "channel:wechat": -10_099,
        "promoter:yu:pending": 2019,
        "promoter:chen:pending": 302,
        "institution:main": 7778,
    }
    rows = [
        (c.line.number, c.level, c.promoter.code, c.booked, c.base)
        for c in queries.of_order(order_queries.by_number("A").id)
    ]
    assert rows == [
        (1, 1, "yu", 2000, 10_000),
        (1, 2, "chen", 300, 10_000),
        (2, 1, "yu", 19, 99),
        (2, 2, "chen", 2, 99),
    ]


def test_delivered_again_it_changes_nothing_and_answers(institution: object) -> None:
    open_school()
    sell("A", 100)
    with unchanged():
        again = actions.book_one(Payment("A", "wechat", START + DAY))
    assert again.is_new is False


@pytest.mark.parametrize(
    ("payment", "error"),
    [
        (Payment("A", "alipay", PAID_AT), NumberConflict),
        (Payment("Z", "wechat", PAID_AT), UnknownOrder),
        (Payment("C", "wechat", PAID_AT), OrderNotOpen),
        (Payment("P", "wechat", PAID_AT, amount=99), AmountMismatch),
    ],
)
def test_a_refused_payment_changes_nothing(
    institution: object, payment: Payment, error: type[Exception]
) -> None:
    open_school()
    sell("A", 100)
    place("P", 100)
    place("C", 100)
    orders.cancel("C")
    with unchanged(), pytest.raises(error):
        actions.book_one(payment)


def test_a_batch_books_in_order_and_climbs_one_ladder(institution: object) -> None:
    steps = (Step(1, Fixed(100)), Step(3, Fixed(300)))
    climbing = rule(level1=Tiered(TierMetric.ORDERS, PeriodKind.MONTH, steps))
    open_school(terms(rules=(climbing,)))
    come_by("yu")
    for number in ("A", "B", "C"):
        place(number, 5000, 5000)
    answers = actions.book([Payment(n, "wechat", PAID_AT) for n in ("A", "B", "A", "C", "Z")])
    kinds = [getattr(answer, "is_new", type(answer).__name__) for answer in answers]
    assert kinds == [True, True, False, True, "UnknownOrder"]
    found = [(c.order.number, c.tier_figure, c.booked) for c in queries.in_order_of_booking()]
    # Both lines of an order share its figure; the third order is on the second step.
    assert found == [
        ("A", 1, 100),
        ("A", 1, 100),
        ("B", 2, 100),
        ("B", 2, 100),
        ("C", 3, 300),
        ("C", 3, 300),
    ]


def test_what_the_cap_takes_is_kept_with_the_line(institution: object) -> None:
    open_school(terms(rules=(rule(level1=Fixed(5000)),)))
    come_by("yu")
    sell("A", 3)  # 50 % of 3 is 1; the rule gives 5000, never more than the 3 that were paid
    (row,) = queries.in_order_of_booking()
    assert row.booked == 1
    (cut,) = queries.cuts_of({row.line_id})
    assert (cut.level, cut.wanted, cut.granted, cut.reason) == (1, 3, 1, "capped")


def test_an_order_without_anything_to_pay_is_paid(institution: object) -> None:
    open_school()
    come_by("yu")
    sell("A", 0)
    assert order_queries.by_number("A").state == "paid"
    assert list(queries.in_order_of_booking()) == []
    assert transfer("order:A:paid") == {}


def test_nobody_s_order_goes_to_the_institution(institution: object) -> None:
    open_school()
    place("A", 700)
    pay("A")
    assert (balance("institution:main"), balance("channel:wechat")) == (700, -700)
    assert money() == (0, 0, 0, 0)
