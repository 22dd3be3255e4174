"""A prize of a statement leads to the board that awarded it."""

import re
from datetime import date

import pytest

from kefen.core import postings
from kefen.core.ids import uuid7
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.platform import clock
from kefen.promoters.models import Promoter
from kefen.promoters.queries import by_code
from kefen.standings import queries
from kefen.standings.models import ClosedBoard, ClosedRow
from tests.faces.school import School

STARTS = date(2026, 3, 2)
PATH = "boards/sales/week/2026-03-02"


@pytest.fixture
def board(school: School) -> ClosedBoard:
    """yu is the second of sixty, and won a prize."""
    yu, now = by_code("yu"), clock.now()
    row = ClosedBoard.objects.create(metric="sales", period="week", starts_on=STARTS, closed_at=now)
    for rank in range(1, 61):
        other = yu
        if rank != 2:
            other = Promoter.objects.get(id=yu.id)
            other.id, other.code, other.nickname = uuid7(), f"p{rank}", f"推广{rank}号"
            other.account_id = None
            other.save(force_insert=True)
        ClosedRow.objects.create(
            board_id=row.id,
            promoter_id=other.id,
            rank=rank,
            value=100_00 * (61 - rank),
            prize=88_00 if rank == 2 else 0,
        )
    key = postings.prize_key("sales", "week", STARTS, "yu")
    ledger.post([Transfer(key, "board_prize", now, postings.prize("yu", 88_00, 0))], "CNY")
    return row


def test_the_statement_leads_to_the_board(school: School, board: ClosedBoard) -> None:
    promoter, owner = school.as_("promoter"), school.as_("owner")
    mine = promoter.get(school.at("statement", "p")).content.decode()
    assert f'href="{school.at(PATH, "p")}"' in mine
    theirs = owner.get(school.at("statements", "o")).content.decode()
    assert f'href="{school.at(PATH, "o")}"' in theirs
    page = re.sub(
        r"</?(?:span|b|i|small)[^>]*>", "", promoter.get(school.at(PATH, "p")).content.decode()
    )
    assert "5,900.00" in page
    assert "88.00" in page
    assert "共 60 名" in page
    # The others are masked, and nobody's code is told.
    assert "推广3号" not in page
    assert "promoters/p3" not in page
    shown = owner.get(school.at(PATH, "o")).content.decode()
    assert "推广3号" in shown
    assert school.at("promoters/p3", "o") in shown


def test_his_own_place_is_there_however_far_down(school: School, board: ClosedBoard) -> None:
    far = Promoter.objects.get(code="p60")
    with_it = queries.closed("sales", "week", STARTS, first=50, also=far.id)
    assert [place.rank for place in with_it.places] == [*range(1, 51), 60]
    assert len(queries.closed("sales", "week", STARTS, first=50).places) == 50


def test_boards_that_never_were_are_not_found(school: School, board: ClosedBoard) -> None:
    promoter = school.as_("promoter")
    for wrong in ("boards/sales/week/2026-03-09", "boards/x/y/2026-03-02", "boards/sales/week/x"):
        assert promoter.get(school.at(wrong, "p")).status_code == 404
    assert school.as_("owner").get(school.at("boards/x/week/2026-03-02", "o")).status_code == 404
