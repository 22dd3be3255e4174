"""Orders, payments and refunds that arrive several times, or together."""

import sys
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction

from kefen.commissions import actions as commissions
from kefen.commissions.contracts import Booked, Payment, RefundOrder
from kefen.commissions.models import Commission
from kefen.core.errors import InvalidInput, NumberConflict
from kefen.core.terms import Fixed, PromoterKind
from kefen.ledger import queries as ledger
from kefen.ledger.models import Entry, Transfer
from kefen.orders import actions as orders
from kefen.orders.contracts import LineRequest, PlacedOrder, PlaceOrder
from kefen.orders.models import Line, Order, Refund
from kefen.platform.tenancy.bulk import insert_rows
from kefen.promoters import actions as promoters
from tests.concurrency.naive import deliver_naively, refund_naively
from tests.concurrency.racing import codes, race
from tests.factories import (
    START,
    allow_level2,
    ladder,
    make_course,
    make_matured,
    make_paid_order,
    make_placed_order,
    make_promoter,
    make_refund,
    make_student,
    make_terms,
    make_version,
    percent,
)

TWO_LINES = (LineRequest(1, "python", 1, 100_00), LineRequest(2, "guitar", 1, 50_00))


@pytest.fixture
def school(committed_institution):
    """Two courses, yu invited by boss, 10 % and 3 %."""
    allow_level2()
    make_course()
    make_course(code="guitar")
    make_promoter(code="boss")
    make_promoter(code="yu", inviter="boss")
    make_version(terms=make_terms(rules=[percent(1000, level2_bps=300)], level2=True))
    return committed_institution


def test_one_payment_delivered_fifty_times_at_once_is_booked_once(school):
    make_placed_order(lines=TWO_LINES)
    payment = Payment("o1", "wechat", START, 150_00)

    answers = race([lambda: commissions.book_one(payment)] * 50)

    assert [answer.is_new for answer in answers].count(True) == 1
    assert all(isinstance(answer, Booked) for answer in answers)
    assert sorted(Commission.objects.values_list("line__number", "level", "booked")) == [
        (1, 1, 10_00),
        (1, 2, 3_00),
        (2, 1, 5_00),
        (2, 2, 1_50),
    ]
    assert Transfer.objects.count() == 1
    assert ledger.balances(["channel:wechat"], "CNY") == {"channel:wechat": -150_00}


def test_control_checking_before_inserting_books_twice(committed_institution):
    """The naive way: look whether the commission is there, then write it. Two deliveries that
    look at one moment both write: without the unique key this would be paid twice."""
    assert race([deliver_naively] * 8).count("written") > 1


def test_one_payment_through_two_channels_is_taken_once(school):
    make_placed_order()
    racers = [
        lambda channel=channel: commissions.book_one(Payment("o1", channel, START))
        for channel in ["wechat", "alipay"] * 5
    ]

    answers = race(racers)

    assert codes(answers) == ["conflict"] * 5
    assert sum(isinstance(answer, Booked) and answer.is_new for answer in answers) == 1
    assert Transfer.objects.count() == 1


def test_one_order_placed_twenty_times_at_once_is_placed_once(school):
    request = PlaceOrder("o1", "stu", START, TWO_LINES, "yu")

    answers = race([lambda: orders.place_one(request)] * 20)

    assert all(isinstance(answer, PlacedOrder) for answer in answers)
    assert [answer.is_new for answer in answers].count(True) == 1
    assert len({answer.id for answer in answers}) == 1
    assert (Order.objects.count(), Line.objects.count()) == (1, 2)


def test_one_number_for_two_orders_at_once_is_given_once(school):
    racers = [
        lambda paid=paid: orders.place_one(
            PlaceOrder("o1", f"stu{paid}", START, [LineRequest(1, "python", 1, paid)])
        )
        for paid in range(1, 11)
    ]

    answers = race(racers)

    assert codes(answers) == ["conflict"] * 9
    assert Order.objects.count() == 1


def test_batches_with_the_same_orders_in_other_sequence_do_not_deadlock(school, monkeypatch):
    """What sequence a batch is placed or booked in is the sender's choice."""
    together, write = threading.Barrier(2), insert_rows

    def write_together(model, *rest, **named):
        if model is Order:
            with suppress(threading.BrokenBarrierError):
                together.wait(0.5)
        return write(model, *rest, **named)

    # The package shows the function of this name, so the module is asked for by its own.
    module = sys.modules["kefen.orders.actions.place"]
    monkeypatch.setattr(module, "insert_rows", write_together)
    names = [f"o{number}" for number in range(150)]
    for name in names:  # known already: nobody waits for anybody but by the orders' numbers
        make_student(code=f"stu-{name}")
    for attempt in range(3):
        requests = [
            PlaceOrder(f"{attempt}-{name}", f"stu-{name}", START, TWO_LINES, "yu") for name in names
        ]
        backwards = list(reversed(requests))
        together.reset()
        placed = race([lambda r=r: orders.place(r) for r in (requests, backwards)])
        assert all(isinstance(answer, PlacedOrder) for batch in placed for answer in batch)
        assert sum(answer.is_new for batch in placed for answer in batch) == len(names)

        payments = [Payment(request.number, "wechat", START) for request in requests[:20]]
        backwards = list(reversed(payments))
        booked = race([lambda p=p: commissions.book(p) for p in (payments, backwards) * 3])
        assert sum(answer.is_new for batch in booked for answer in batch) == 20


@pytest.mark.parametrize("apart", [0, 1, 2])
def test_one_payment_twice_in_a_batch_is_booked_once(school, apart):
    make_placed_order()
    others = [f"x{number}" for number in range(apart)]
    for number in others:
        make_placed_order(number=number, student=number)
    batch = [Payment(number, "wechat", START) for number in ["o1", *others, "o1"]]

    answers = commissions.book(batch)

    assert [answer.is_new for answer in answers] == [True] * (apart + 1) + [False]
    assert Transfer.objects.count() == apart + 1


def test_two_channels_in_one_batch_are_a_conflict(school):
    make_placed_order()

    first, second = commissions.book(
        [Payment("o1", "wechat", START), Payment("o1", "alipay", START)]
    )

    assert first.is_new
    assert isinstance(second, NumberConflict)
    assert Order.objects.get().channel == "wechat"


def test_two_refunds_that_are_more_than_was_paid_together(school):
    make_paid_order(lines=TWO_LINES)

    answers = race(
        [
            lambda number=number: make_refund(number=f"r{number}", amount=60_00)
            for number in range(6)
        ]
    )

    assert codes(answers) == ["refund_exceeds_paid"] * 4
    assert answers.count(True) == 2
    assert sum(Line.objects.values_list("refunded", flat=True)) == 120_00


def test_control_refunds_without_the_orders_lock_give_back_too_much(school):
    """The same race without the lock: both read that everything is left."""
    make_paid_order()
    taken = race([lambda: refund_naively("o1", 60_00)] * 2)
    assert taken == [True, True]


def test_one_refund_delivered_twenty_times_is_booked_once(school):
    make_paid_order()
    make_matured()

    answers = race([lambda: make_refund(amount=40_00)] * 20)

    assert answers.count(True) == 1
    assert answers.count(False) == 19
    assert Line.objects.get().refunded == 40_00
    assert sorted(Commission.objects.values_list("booked", "reversed")) == [
        (3_00, 1_20),
        (10_00, 4_00),
    ]


def test_one_refund_number_for_two_orders_is_a_conflict(school):
    for attempt in range(5):
        name = f"a{attempt}"
        for order in range(6):
            make_paid_order(number=f"{name}-{order}", student=f"{name}-{order}")
        answers = race(
            [
                lambda order=order, name=name: make_refund(
                    number=name, order=f"{name}-{order}", amount=1_00
                )
                for order in range(6)
            ]
        )
        assert answers.count(True) == 1
        assert codes(answers) == ["conflict"] * 5
    assert Refund.objects.count() == 5


@pytest.mark.parametrize(
    "content", [{"amount": 0}, {"amount": -1}, {}, {"lines": {}}, {"lines": {1: 0}}]
)
def test_a_refund_of_nothing_is_refused_and_changes_nothing(school, content):
    make_paid_order()
    with pytest.raises(InvalidInput), transaction.atomic():
        commissions.refund(RefundOrder("r1", "o1", START, **content))
    assert Refund.objects.count() == 0
    assert Transfer.objects.count() == 1


def test_paying_and_cancelling_at_once(school):
    for attempt in range(10):
        number = f"o{attempt}"
        make_placed_order(number=number, student=number)
        paid, cancelled = race(
            [
                lambda number=number: commissions.book_one(Payment(number, "wechat", START)),
                lambda number=number: orders.cancel(number),
            ]
        )
        if cancelled is None:
            assert codes([paid]) == ["order_not_open"]
        else:
            assert codes([cancelled]) == ["order_not_open"]
            assert paid.is_new
    assert Transfer.objects.count() == Order.objects.filter(state="paid").count()


def test_orders_of_one_promoter_climb_one_by_one(committed_institution):
    """Every `n` from 1 to N is given once, whatever arrives together."""
    count = 24
    make_course()
    make_promoter()
    make_version(terms=make_terms(rules=[ladder((1, Fixed(1_00)), (10, Fixed(2_00)))]))
    for number in range(count):
        make_placed_order(number=f"o{number}", student=f"s{number}")

    answers = race(
        [
            lambda number=number: commissions.book_one(Payment(f"o{number}", "wechat", START))
            for number in range(count)
        ]
    )

    assert all(answer.is_new for answer in answers)
    booked = sorted(Commission.objects.values_list("tier_figure", "booked"))
    assert booked == [(n, 1_00 if n < 10 else 2_00) for n in range(1, count + 1)]


def test_climbing_while_orders_are_refunded(committed_institution):
    """Refunds take steps away while others are booked: what was booked is what the audit, which
    tells the same story from the ids, comes to."""
    make_course()
    make_course(code="guitar")
    make_promoter()
    make_version(terms=make_terms(rules=[ladder((1, 500), (3, 800), (6, 1000))]))
    for number in range(40):
        make_placed_order(number=f"o{number}", student=f"s{number}", lines=TWO_LINES)
    for number in range(10):
        commissions.book_one(Payment(f"o{number}", "wechat", START))

    for attempt in range(10):
        first = 10 + 3 * attempt
        race(
            [
                lambda number=number: commissions.book_one(
                    Payment(f"o{number}", "wechat", START + timedelta(seconds=1))
                )
                for number in range(first, first + 3)
            ]
            + [
                lambda attempt=attempt: make_refund(
                    number=f"r{attempt}", order=f"o{attempt}", amount=150_00
                )
            ]
        )

    assert Commission.objects.count() == 80


def test_a_circle_of_inviters_and_many_promoters_never_deadlock(committed_institution):
    """Single and batch bookings next to refunds and maturing, everybody the inviter of another."""
    allow_level2()
    make_course()
    names = [f"p{number}" for number in range(8)]
    promoters.enrol(
        [
            promoters.Enrolment(
                name, PromoterKind.STUDENT, None, None, START, None, names[place - 1]
            )
            for place, name in enumerate(names)
        ]
    )
    rules = [percent(1000, level2_bps=300), ladder((1, 500), (3, 900), promoter="p3")]
    make_version(terms=make_terms(rules=rules, level2=True, hold_days=0))
    numbers = []
    for place in range(96):
        number = f"o{place}"
        make_placed_order(number=number, student=number, promoter=names[place * 5 % 8])
        numbers.append(number)

    def batch(part):
        return lambda: commissions.book([Payment(n, "wechat", START) for n in part])

    def singles(part):
        return lambda: [commissions.book_one(Payment(n, "wechat", START)) for n in part]

    def refunds(part):
        return lambda: [make_refund(number=f"r{n}", order=n, amount=33_33) for n in part]

    paid, rest = numbers[:32], numbers[32:]
    batch(paid)()
    race(
        [
            batch(rest[:32]),
            batch(list(reversed(rest[:32]))),
            singles(rest[32:]),
            singles(list(reversed(rest))),
            refunds(paid),
            refunds(list(reversed(paid))),
            make_matured,
            make_matured,
        ]
    )
    make_matured()

    assert Order.objects.filter(state="paid").count() == 96
    assert Refund.objects.filter(state="booked").count() == 32
    assert Commission.objects.filter(state="pending").count() == 0
    assert Commission.objects.filter(level=1).count() == 96
    assert Commission.objects.filter(level=2).count() == 84
    assert Entry.objects.count() > 300
