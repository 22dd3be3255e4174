"""Reads of orders."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max, Min, QuerySet

from kefen.core.errors import UnknownOrder
from kefen.orders.contracts import RefundRecord, RefundState
from kefen.orders.models import Line, Order, Refund


def by_number(number: str) -> Order:
    """The order with this number. Raises UnknownOrder."""
    row = Order.objects.filter(number=number).first()
    if row is None:
        raise UnknownOrder(order=number)
    return row


def listed() -> "QuerySet[Order]":
    """All orders, newest first, with their lines and courses at hand."""
    return Order.objects.order_by("-placed_at", "-id").prefetch_related("lines__course")


def of_student(student_id: UUID) -> "QuerySet[Order]":
    """A student's orders, newest first."""
    return listed().filter(student_id=student_id)


def lines_of(order_id: UUID) -> "QuerySet[Line]":
    """The lines of an order with course and attribution."""
    return (
        Line.objects.filter(order_id=order_id)
        .select_related("course", "attribution", "winner")
        .order_by("number")
    )


def refunds_of(order_id: UUID) -> "QuerySet[Refund]":
    """The refunds of an order, oldest first."""
    return Refund.objects.filter(order_id=order_id).order_by("id")


def paid_span() -> tuple[datetime, datetime] | None:
    """When the first and the last order were paid; None before the first."""
    paid = Order.objects.filter(paid_at__isnull=False)
    span = paid.aggregate(first=Min("paid_at"), last=Max("paid_at"))
    if span["first"] is None or span["last"] is None:
        return None
    return span["first"], span["last"]


def in_order_of_placing() -> "QuerySet[Line]":
    """Every line, in order of placing, with its order and decision."""
    return Line.objects.select_related("order", "attribution", "winner").order_by(
        "order_id", "number"
    )


def refund_by_number(number: str) -> RefundRecord | None:
    """A refund with what its channel must know, or None."""
    row = Refund.objects.select_related("order").filter(number=number).first()
    if row is None:
        return None
    return RefundRecord(
        number=number,
        order_id=row.order_id,
        order=row.order.number,
        channel=row.order.channel,
        amount=row.amount,
        currency=row.order.currency,
        state=RefundState(row.state),
        reason=row.reason,
    )


def requested_refunds() -> list[str]:
    """The numbers of all refunds without a result, oldest first."""
    waiting = Refund.objects.filter(state=RefundState.REQUESTED).order_by("id")
    return list(waiting.values_list("number", flat=True))
