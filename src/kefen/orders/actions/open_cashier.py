"""Sending the student to the channel's cashier."""

from kefen.core.errors import OrderNotOpen
from kefen.core.states import OrderState
from kefen.orders import queries
from kefen.orders.models import Line
from kefen.platform.inbox.queries import notify_url
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.payments import Collect


def open_cashier(number: str, *, channel: str, return_url: str) -> str:
    """The address where the student pays an open order; asked again, the same one.

    Changes nothing here: the order is paid when the channel says so. Call it outside of any
    transaction, because it asks the outside world. Raises UnknownOrder, OrderNotOpen, NotFound (no
    such channel), ChannelError.
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
    return registry.payments(channel).collect(request).url
