"""Orders and what becomes of them. Amounts in fen."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from kefen.commissions import actions as commissions
from kefen.commissions.contracts import Booked, Payment, RefundOrder
from kefen.core.states import WithdrawalState
from kefen.orders import actions as orders
from kefen.orders.contracts import LineRequest, PlacedOrder, PlaceOrder
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal, WithdrawalRecord
from kefen.platform import clock
from tests.factories.terms import START


def make_placed_order(
    *,
    number: str = "o1",
    student: str = "stu",
    promoter: str | None = "yu",
    course: str = "python",
    paid: int = 100_00,
    lines: Sequence[LineRequest] | None = None,
    at: datetime = START,
) -> PlacedOrder:
    """A placed order: one line of `course`, or `lines`; `promoter` is the code typed."""
    chosen = lines or [LineRequest(1, course, 1, paid)]
    return orders.place_one(PlaceOrder(number, student, at, chosen, promoter))


def make_paid_order(
    *,
    number: str = "o1",
    student: str = "stu",
    promoter: str | None = "yu",
    course: str = "python",
    paid: int = 100_00,
    lines: Sequence[LineRequest] | None = None,
    channel: str = "wechat",
    at: datetime = START,
) -> Booked:
    """An order placed and paid at one instant."""
    make_placed_order(
        number=number,
        student=student,
        promoter=promoter,
        course=course,
        paid=paid,
        lines=lines,
        at=at,
    )
    return commissions.book_one(Payment(number, channel, at))


def make_refund(
    *,
    number: str = "r1",
    order: str = "o1",
    amount: int | None = None,
    lines: Mapping[int, int] | None = None,
    at: datetime = START,
) -> bool:
    """A refund that took place; answers whether it is new."""
    return commissions.refund(RefundOrder(number, order, at, lines, amount))


def make_matured(*, until: datetime = START + timedelta(days=400)) -> int:
    """Let everything mature that is due at `until`; answers how many commissions."""
    count = 0
    with clock.at(until):
        while found := commissions.mature(until):
            count += len(found)
    return count


def make_withdrawal(
    *,
    number: str = "w1",
    promoter: str = "yu",
    amount: int = 10_00,
    at: datetime = START,
    sent: bool = False,
) -> WithdrawalRecord:
    """A requested withdrawal; with `sent` it is approved and handed to its channel."""
    record = payouts.request(RequestWithdrawal(number, promoter, amount, at))
    if sent:
        with clock.at(at):
            record = payouts.approve(number)
            payouts.mark_sent(number)
    return record


def make_paid_out(
    *,
    number: str = "w1",
    promoter: str = "yu",
    amount: int = 10_00,
    result: WithdrawalState = WithdrawalState.SUCCEEDED,
    at: datetime = START,
) -> None:
    """A withdrawal with its result."""
    make_withdrawal(number=number, promoter=promoter, amount=amount, at=at, sent=True)
    payouts.settle(number, result, at=at)
