"""Reads of orders."""

from uuid import UUID

from django.db.models import QuerySet

from kefen.core.errors import UnknownOrder
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
