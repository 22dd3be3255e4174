"""A board that several close at once."""

from datetime import timedelta

import pytest

from kefen.core.periods import PeriodKind
from kefen.core.terms import Board, BoardMetric
from kefen.ledger.models import Entry, Transfer
from kefen.standings import actions as standings
from kefen.standings import queries
from kefen.standings.models import ClosedBoard, ClosedRow
from tests.concurrency.racing import race
from tests.factories import (
    START,
    make_course,
    make_paid_order,
    make_promoter,
    make_refund,
    make_terms,
    make_version,
)

END = START + timedelta(days=20)


@pytest.fixture
def contest(committed_institution):
    """Three promoters in one week, two of them with the same sales."""
    make_course()
    boards = [
        Board(BoardMetric.SALES, PeriodKind.WEEK, prizes=(50_00, 20_00)),
        Board(BoardMetric.ORDERS, PeriodKind.WEEK, prizes=(5_00,)),
    ]
    make_version(terms=make_terms(boards=boards))
    for code, paid in (("yu", 80_00), ("li", 80_00), ("mo", 30_00)):
        make_promoter(code=code)
        make_paid_order(number=code, student=f"of-{code}", promoter=code, paid=paid)
    return committed_institution


def test_a_board_closed_by_eight_is_closed_once(contest):
    _, sales = queries.due(END)

    answers = race([lambda: standings.close(sales)] * 8)

    assert answers.count(True) == 1
    assert answers.count(False) == 7
    assert ClosedBoard.objects.count() == 1
    rows = ClosedRow.objects.values_list("promoter__code", "rank", "value", "prize")
    assert sorted(rows) == [
        ("li", 1, 80_00, 50_00),
        ("mo", 3, 30_00, 0),
        ("yu", 1, 80_00, 50_00),
    ]
    assert Transfer.objects.filter(kind="board_prize").count() == 2


def test_all_boards_closed_by_eight_while_money_comes_back(contest):
    answers = race(
        [lambda: standings.close_due(END)] * 8
        + [
            lambda: make_refund(order="li", amount=10_00),
            lambda: make_refund(number="r2", order="mo", amount=30_00),
        ]
    )

    closed = [board.key for boards in answers[:8] for board in boards]
    assert len(closed) == len(set(closed)) == 2
    assert ClosedBoard.objects.count() == 2
    won = sum(ClosedRow.objects.values_list("prize", flat=True))
    posted = Entry.objects.filter(transfer__kind="board_prize").values_list("amount", flat=True)
    assert sum(posted) == won
    assert standings.close_due(END) == []
