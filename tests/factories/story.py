"""One history that has everything in it: two levels, a ladder, refunds before and after maturing,
withdrawals of every end, a closed board with prizes, points, a hold and a rejection."""

from datetime import timedelta

from kefen.commissions import actions as commissions
from kefen.commissions import queries
from kefen.core.periods import PeriodKind
from kefen.core.states import WithdrawalState
from kefen.core.terms import Board, BoardMetric, PointsTerms
from kefen.orders import queries as orders
from kefen.orders.contracts import LineRequest
from kefen.payouts import actions as payouts
from kefen.platform import clock
from kefen.standings import actions as standings
from tests.factories.orders import (
    make_matured,
    make_paid_order,
    make_paid_out,
    make_placed_order,
    make_refund,
    make_withdrawal,
)
from tests.factories.people import make_promoter
from tests.factories.terms import (
    START,
    allow_level2,
    ladder,
    make_course,
    make_terms,
    make_version,
    percent,
)

DAY = timedelta(days=1)
LATER = START + 40 * DAY


def make_story() -> None:
    """Live the whole history in the institution in scope."""
    _prepare()
    _sell()
    with clock.at(LATER):
        make_matured(until=START + 8 * DAY)
        _after_maturing()
        standings.close_due(START + 20 * DAY)
        _withdraw()


def _prepare() -> None:
    allow_level2()
    make_course(code="python", list_price=100_00)
    make_course(code="guitar", list_price=300_00)
    make_promoter(code="boss")
    make_promoter(code="yu", inviter="boss")
    make_promoter(code="li")
    boards = [Board(BoardMetric.SALES, PeriodKind.WEEK, prizes=(50_00, 20_00))]
    make_version(
        terms=make_terms(
            rules=[
                percent(1000, level2_bps=300),
                ladder((1, 500), (2, 800), course="guitar"),
            ],
            level2=True,
            points=PointsTerms(per_order=5, per_yuan=1),
            boards=boards,
        )
    )


def _sell() -> None:
    two = [LineRequest(1, "python", 1, 100_00), LineRequest(2, "guitar", 1, 299_99)]
    make_paid_order(number="o1", lines=two)
    make_paid_order(number="o2", student="min", course="guitar", paid=300_00)
    make_paid_order(number="o3", student="hao", paid=99_99)
    make_paid_order(number="o4", promoter="li", student="ben", channel="alipay")
    make_paid_order(number="o5", promoter="li", student="eve", at=START + 2 * DAY)
    make_paid_order(number="o6", promoter="li", student="kai", at=START + 30 * DAY)
    make_placed_order(number="o7", student="someone")
    make_refund(number="r1", order="o1", amount=33_33)
    (risky,) = queries.of_order(orders.by_number("o5").id)
    commissions.hold(risky.id, reason="same device as the buyer")


def _after_maturing() -> None:
    make_refund(number="r2", order="o3", amount=50_00, at=START + 9 * DAY)
    make_refund(number="r3", order="o4", lines={1: 1_00}, at=START + 9 * DAY)
    (held,) = queries.of_order(orders.by_number("o5").id)
    commissions.reject(held.id, reason="bought by himself")


def _withdraw() -> None:
    make_paid_out(number="w1", promoter="yu", amount=20_00, at=LATER)
    make_paid_out(number="w2", promoter="yu", result=WithdrawalState.FAILED, at=LATER)
    make_withdrawal(number="w3", promoter="yu", amount=11_00, at=LATER, sent=True)
    make_withdrawal(number="w4", promoter="li", amount=12_00, at=LATER)
    make_withdrawal(number="w5", promoter="li", amount=10_00, at=LATER)
    payouts.cancel("w5")
