"""Cancelling an order that was not paid."""

from django.db import transaction

from kefen.core.errors import OrderNotOpen, UnknownOrder
from kefen.core.states import OrderState
from kefen.orders.actions.lock import lock_orders
from kefen.orders.models import Order
from kefen.platform import clock


@transaction.atomic
def cancel(number: str) -> None:
    """Cancel an unpaid order; cancelling again changes nothing.

    Raises UnknownOrder, OrderNotOpen (it is paid).
    """
    order = lock_orders([number]).get(number)
    if order is None:
        raise UnknownOrder(order=number)
    if order.state is OrderState.CANCELLED:
        return
    if order.state is not OrderState.PLACED:
        raise OrderNotOpen(order=number)
    Order.objects.filter(id=order.id).update(state=OrderState.CANCELLED, cancelled_at=clock.now())
