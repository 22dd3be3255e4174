"""Closing boards: a snapshot and prizes, once."""

from datetime import date

import pytest

from kefen.core.periods import PeriodKind
from kefen.core.terms import Board, BoardMetric
from kefen.orders import actions as orders
from kefen.standings import actions, queries
from tests.orders.school import (
    DAY,
    START,
    ask,
    come_by,
    mature,
    money,
    open_school,
    pay,
    place,
    refund,
    sell,
    terms,
    transfer,
    unchanged,
)

# The week of Monday 2 March ends on Monday 9 March, 00:00 in Shanghai: 8 March, 16:00 UTC.
CLOSING = START.replace(day=8, hour=16) + 3 * DAY


def board(metric: BoardMetric = BoardMetric.SALES, *prizes: int) -> Board:
    return Board(metric, PeriodKind.WEEK, prizes=prizes, close_after_days=3)


def two_sellers(*prizes: int) -> None:
    open_school(terms(boards=(board(BoardMetric.SALES, *prizes),)))
    come_by("yu")
    come_by("chen", name="v2", who="s2")
    sell("A", 10_000)
    sell("B", 10_000, who="s2")


def shown() -> list[tuple[str, int, int]]:
    (view,) = queries.boards()
    return [(row.promoter, row.rank, row.value) for row in view.rows]


def test_it_closes_at_the_end_of_its_period_and_the_days_after(institution: object) -> None:
    two_sellers()
    assert queries.due(CLOSING - DAY / 86_400) == []
    (due,) = queries.due(CLOSING)
    assert (due.key, due.closes_at) == (("sales", "week", date(2026, 3, 2)), CLOSING)
    with unchanged():
        assert actions.close_due(CLOSING - DAY / 86_400) == []
    assert [found.key for found in actions.close_due(CLOSING)] == [due.key]
    with unchanged():
        assert actions.close_due(CLOSING) == []
        assert actions.close(due) is False


def test_ties_share_a_rank_and_each_gets_its_prize_undivided(institution: object) -> None:
    two_sellers(500, 300)
    actions.close_due(CLOSING)
    assert shown() == [("chen", 1, 10_000), ("yu", 1, 10_000)]
    for who in ("yu", "chen"):
        # The commission of the 2nd was due on the 9th, before the board.
        assert money(who) == (0, 2500, 0, 0)
        assert transfer(f"board:sales:week:2026-03-02:prize:{who}") == {
            "institution:main": -500,
            f"promoter:{who}:available": 500,
        }


def test_refunds_count_until_it_is_closed_and_never_after(institution: object) -> None:
    two_sellers(500, 300)
    refund("R1", "A", 1)
    assert shown() == [("chen", 1, 10_000), ("yu", 2, 9_999)]
    actions.close_due(CLOSING)
    refund("R2", "B", 10_000)
    assert shown() == [("chen", 1, 10_000), ("yu", 2, 9_999)]
    # 20 % of 9999, floored, and 300; chen's commission went back, his prize did not.
    assert money("yu") == (0, 1999 + 300, 0, 0)
    assert money("chen") == (0, 500, 0, 0)


def test_a_prize_settles_what_is_owed_first(institution: object) -> None:
    two_sellers(500)
    mature()
    ask("W", 2000)
    refund("R", "A", 2_000)  # 400 of the commission, owed; chen leads
    refund("R2", "B", 9_000)
    assert money() == (0, 0, 2000, 400)
    actions.close_due(CLOSING)
    assert transfer("board:sales:week:2026-03-02:prize:yu") == {
        "institution:main": -500,
        "promoter:yu:receivable": 400,
        "promoter:yu:available": 100,
    }


@pytest.mark.parametrize(
    ("metric", "rows"),
    [
        # A (2 lines) and B are yu's; B is refunded in full; C has no rule that pays.
        (BoardMetric.SALES, [("yu", 1, 10_500), ("chen", 2, 100)]),
        (BoardMetric.ORDERS, [("chen", 1, 1), ("yu", 1, 1)]),
        (BoardMetric.COMMISSION, [("yu", 1, 2100), ("chen", 2, 20)]),
    ],
)
def test_the_three_metrics(
    institution: object, metric: BoardMetric, rows: list[tuple[str, int, int]]
) -> None:
    open_school(terms(boards=(board(metric),)))
    come_by("yu")
    come_by("chen", name="v2", who="s2")
    sell("A", 10_000, 1_000)
    sell("B", 3_000)
    sell("C", 100, who="s2")
    refund("R1", "A", lines={2: 500})
    refund("R2", "B", 3_000)
    place("unpaid", 9_000)
    place("gone", 9_000)
    orders.cancel("gone")
    place("next", 9_000, at=START + 6 * DAY)
    pay("next", at=CLOSING - 3 * DAY)  # on the border: the next week's
    found = {view.board.period.starts_on: view for view in queries.boards()}
    first = found[date(2026, 3, 2)]
    assert [(row.promoter, row.rank, row.value) for row in first.rows] == rows
    assert first.closed is False
    assert found[date(2026, 3, 9)].rows[0].value > 0


def test_what_matures_at_or_before_the_closing_matures_first(institution: object) -> None:
    open_school(terms(hold_days=0, boards=(board(BoardMetric.SALES, 700),)))
    come_by("yu")
    sell("A", 10_000)
    actions.close_due(CLOSING)
    assert money() == (0, 2700, 0, 0)
