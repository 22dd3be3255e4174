"""Sending the student to the channel's cashier."""

from uuid import UUID

from django.db import connection

from kefen.core.errors import OrderNotOpen
from kefen.core.ids import uuid7
from kefen.core.states import OrderState
from kefen.orders import queries
from kefen.orders.models import Line
from kefen.platform import clock
from kefen.platform.inbox.queries import notify_url
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id
from kefen.ports import registry
from kefen.ports.payments import Collect


def open_cashier(number: str, *, channel: str, return_url: str) -> str:
    """The address where the student pays an open order; asked again, the same one.

    Notes that the student was sent there, nothing else: the order is paid when the channel says
    so, and is asked about if it says nothing. Call it outside of any transaction, because it asks
    the outside world. Raises UnknownOrder, OrderNotOpen, NotFound (no such channel), ChannelError.
    """
    order = queries.by_number(number)
    if order.state != OrderState.PLACED:
        raise OrderNotOpen(order=number)
    titles = Line.objects.filter(order_id=order.id).order_by("number").values_list("course__title")
    request = Collect(
        institution=current().slug,
        order=number,
        amount=order.total,
        currency=order.currency,
        subject="、".join(title for (title,) in titles),
        return_url=return_url,
        notify_url=notify_url(channel),
    )
    collecting = registry.payments(channel)
    # Before the channel knows of it: whoever may have paid is asked about, crash or not.
    _note_visit(order.id, channel)
    return collecting.collect(request).url


def _note_visit(order_id: UUID, channel: str) -> None:
    """The student goes to the cashier; going there again begins the asking anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_cashiervisit (institution_id, id, order_id, channel, opened_at)"
            " VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (institution_id, order_id, channel) DO UPDATE"
            " SET opened_at = excluded.opened_at, asked_at = NULL, closed_at = NULL",
            [institution_id(), uuid7(), order_id, channel, clock.now()],
        )
