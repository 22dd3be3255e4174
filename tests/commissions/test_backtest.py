"""A backtest answers what was booked for the version in force itself, and what would have been
for others; it writes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefen.commissions import actions, queries
from kefen.commissions.contracts import BacktestFacts, BacktestState, Payment
from kefen.commissions.models import Commission
from kefen.core.periods import PeriodKind
from kefen.core.terms import (
    AttributionPolicy,
    Fixed,
    Model,
    Percent,
    Terms,
    TierMetric,
)
from kefen.orders.contracts import LineRequest
from kefen.platform import clock
from tests.factories import (
    START,
    allow_level2,
    ladder,
    make_course,
    make_paid_order,
    make_placed_order,
    make_promoter,
    make_refund,
    make_terms,
    make_version,
    make_visit,
    percent,
)
from tests.orders.school import unchanged

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOW = START + 40 * DAY


def run(terms: Terms, days: int = 30) -> BacktestFacts:
    with clock.at(NOW), unchanged():
        return queries.backtest(terms, days)


def booked(since: int = 10) -> int:
    rows = Commission.objects.filter(order__placed_at__gte=START + since * DAY)
    return sum(row.booked for row in rows)


@pytest.fixture
def busy(institution: object) -> Terms:
    """Ladders by orders and by sales with refunds between bookings, level 2 cut by the cap, two
    lines on one ladder, payments that arrive late, and orders from before the window."""
    allow_level2(max_rate_bps=3000)
    make_course()
    make_course(code="maths", list_price=300_00, category="exam")
    make_promoter(code="boss")
    make_promoter(inviter="boss")
    make_promoter(code="li", group="gold")
    steps = ladder((1, 1000), (3, 1500), (5, 2000), metric=TierMetric.ORDERS, course="python")
    sums = ladder(
        (0, 500),
        (500_00, 900),
        key="sums",
        metric=TierMetric.SALES,
        period=PeriodKind.QUARTER,
        promoter="li",
    )
    # At the list price nothing is cut; a discount makes the fixed amount larger than the cap.
    dear = percent(100, key="maths", course="maths")
    dear = replace(dear, level1=Fixed(60_00), level2=Percent(700))
    terms = make_terms(rules=[replace(steps, level2=Percent(700)), sums, dear], level2=True)
    make_version(terms=terms)
    for day in range(38):
        who, code = ("li", f"s{day}") if day % 3 else ("yu", f"t{day}")
        at = START + day * DAY
        lines = [LineRequest(1, "python", 1, 80_00), LineRequest(2, "python", 2, 150_01)]
        course = "maths" if day % 5 == 2 else "python"
        chosen = lines if day % 7 == 3 else [LineRequest(1, course, 1, 90_07)]
        make_paid_order(number=f"o{day}", student=code, promoter=who, lines=chosen, at=at)
        if day % 4 == 2:
            refunded = 90_07 if day % 7 != 3 else 100_00
            make_refund(number=f"r{day}", order=f"o{day}", amount=refunded, at=at + HOUR)
    make_placed_order(number="late", student="late", at=START + 9 * DAY)
    actions.book_one(Payment("late", "wechat", START + 12 * DAY))
    # This one is told of last, but was paid long before.
    make_placed_order(number="told", student="told", at=START + 15 * DAY)
    actions.book_one(Payment("told", "wechat", START + 15 * DAY + HOUR))
    make_paid_order(number="none", student="none", promoter=None, at=START + 20 * DAY)
    make_paid_order(number="free", student="free", paid=0, at=START + 21 * DAY)
    return terms


def test_the_version_in_force_costs_exactly_what_was_booked(busy: Terms) -> None:
    found = run(busy)
    assert found.then == found.now == booked() > 0
    assert (found.affected, found.lost, found.winners, found.losers) == (0, 0, (), ())
    assert found.orders == 28 + 3
    cut = {line for line, _level in queries.all_cuts()}
    lines = Commission.objects.filter(order__placed_at__gte=START + 10 * DAY)
    assert cut & {row.line_id for row in lines}, "the caps must have something to cut"


def test_winners_and_losers_are_named_by_what_they_gain(busy: Terms) -> None:
    flat = percent(1200, key="flat")
    none_for_li = percent(0, key="li", promoter="li")
    draft = make_terms(rules=[flat, none_for_li])
    found = run(draft)
    rows = Commission.objects.filter(order__placed_at__gte=START + 10 * DAY)
    before = {
        code: sum(row.booked for row in rows if row.promoter.code == code)
        for code in ("boss", "li", "yu")
    }
    assert {one.promoter: one.now for one in (*found.winners, *found.losers)} == before
    assert min(before.values()) > 0
    losses = {one.promoter: one.now - one.then for one in found.losers}
    assert list(losses.values()) == sorted(losses.values(), reverse=True)
    assert losses["li"] == before["li"]
    assert losses["boss"] == before["boss"]
    assert found.then == sum(one.then for one in (*found.winners, *found.losers))
    assert found.lost == len({row.order_id for row in rows if row.promoter.code == "li"})


def test_a_ladder_begins_where_the_recorded_one_stood(institution: object) -> None:
    make_course()
    make_promoter()
    steps = ladder((1, 1000), (3, 2000))
    make_version(terms=make_terms(rules=[steps]))
    for day in (31, 32, 33, 34):  # all in one month of the calendar
        make_paid_order(number=f"o{day}", student=f"s{day}", at=START + day * DAY)
    found = run(make_terms(rules=[steps]), days=7)
    assert (found.orders, found.now, found.then) == (2, 40_00, 40_00)
    # Another key is another ladder: it begins at its first step.
    other = run(make_terms(rules=[ladder((1, 1000), (3, 2000), key="new")]), days=7)
    assert (other.orders, other.now, other.then) == (2, 40_00, 20_00)


def test_a_shorter_window_takes_orders_away_and_another_model_moves_them(
    institution: object,
) -> None:
    make_course()
    make_promoter()
    make_promoter(code="li")
    make_version(terms=make_terms(policy=AttributionPolicy(window_days=10)))
    make_placed_order(number="o0", promoter="yu", at=START + 20 * DAY)  # the code is a touch
    make_paid_order(number="o1", promoter="li", at=START + 25 * DAY)  # the first touch wins: yu
    make_paid_order(number="o2", promoter=None, at=START + 29 * DAY)
    found = run(make_terms(policy=AttributionPolicy(window_days=10, model=Model.LAST_TOUCH)))
    assert [(one.promoter, one.now, one.then) for one in found.winners] == [("li", 0, 20_00)]
    assert [(one.promoter, one.now, one.then) for one in found.losers] == [("yu", 20_00, 0)]
    assert (found.affected, found.lost) == (2, 0)
    short = run(make_terms(policy=AttributionPolicy(window_days=3)))
    assert (short.now, short.then, short.affected, short.lost) == (20_00, 10_00, 2, 1)


def test_level_2_is_found_where_no_version_paid_it(institution: object) -> None:
    allow_level2()
    make_course()
    make_promoter(code="boss", account="boss")
    make_promoter(inviter="boss")
    make_version()
    make_paid_order(number="o1", at=START + 30 * DAY)
    make_paid_order(number="o2", student="boss", at=START + 30 * DAY)  # his own inviter buys
    draft = make_terms(rules=[percent(1000, level2_bps=500)], level2=True)
    found = run(draft)
    assert [(one.promoter, one.then) for one in found.winners] == [("boss", 5_00)]


def test_as_many_queries_for_one_order_as_for_many(institution: object) -> None:
    make_course()
    make_version()
    counts = []
    for round_ in range(2):
        for number in range(1 + 9 * round_):
            code = f"p{round_}-{number}"
            make_promoter(code=code)
            make_visit(visitor=code, promoter=code, at=START + 30 * DAY)
            make_paid_order(
                number=f"o{code}", student=f"s{code}", promoter=code, at=START + 30 * DAY
            )
        with clock.at(NOW), CaptureQueriesContext(connection) as made:
            queries.backtest(make_terms(policy=AttributionPolicy(window_days=3)), 30)
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_a_job_does_a_large_one_and_its_answer_is_kept(busy: Terms) -> None:
    with clock.at(NOW):
        run_id = actions.ask_backtest(busy, 30, begun_from=1)
        waiting = queries.backtest_run(run_id)
        assert (waiting.state, waiting.answer, waiting.terms) == (BacktestState.QUEUED, None, busy)
        actions.run_backtest(run_id)
        done = queries.backtest_run(run_id)
        assert done.answer == queries.backtest(busy, 30)
    assert (done.state, done.done) == (BacktestState.READY, done.total)
    assert done.total > 0
    actions.run_backtest(run_id)  # delivered twice
    assert queries.backtest_run(run_id) == done
