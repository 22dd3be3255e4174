"""Orders, their lines, refunds. Amounts in minor units of the order's currency."""

from kefen.orders.models.cashiers import CashierVisit, LeftCashier, LeftState
from kefen.orders.models.refunds import AskState, Refund, RefundAsk, RefundLine, RefundState
from kefen.orders.models.sold import Line, Order
from kefen.orders.models.strays import StrayPayment, StrayState

__all__ = [
    "AskState",
    "CashierVisit",
    "LeftCashier",
    "LeftState",
    "Line",
    "Order",
    "Refund",
    "RefundAsk",
    "RefundLine",
    "RefundState",
    "StrayPayment",
    "StrayState",
]
