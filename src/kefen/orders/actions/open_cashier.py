"""Sending the student to the channel's cashier."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from kefen.core.errors import ChannelRejected, OrderNotOpen
from kefen.core.ids import uuid7
from kefen.core.states import OrderState
from kefen.orders import queries
from kefen.orders.actions.cashier_visits import close_visit
from kefen.orders.models import CashierVisit, Line
from kefen.platform import clock
from kefen.platform.inbox.queries import notify_url
from kefen.platform.merchants.queries import splits_at
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id
from kefen.ports import registry
from kefen.ports.payments import Cashier, Collect, Method


@dataclass(frozen=True, slots=True)
class PayBy:
    """How the student wants to pay: the channel, the way it shows itself, who he is there and
    where he comes from (where the way asks for it)."""

    channel: str
    method: Method = Method.PAGE
    payer: str = ""
    client_address: str = ""


def open_cashier(number: str, by: PayBy, *, return_url: str) -> Cashier:
    """Where the student pays an open order; asked again, the same place.

    Notes that the student was sent there, nothing else: the order is paid when the channel says
    so, and is asked about if it says nothing. Another channel's cashier is closed first, so that
    nobody pays twice. Call it outside of any transaction, because it asks the outside world.
    Raises UnknownOrder, OrderNotOpen, NotFound (no such channel), ChannelError.
    """
    order = queries.by_number(number)
    if order.state != OrderState.PLACED:
        raise OrderNotOpen(order=number)
    collecting = registry.payments(by.channel)
    close_cashiers(number, but=by.channel)
    titles = Line.objects.filter(order_id=order.id).order_by("number").values_list("course__title")
    request = Collect(
        institution=current().slug,
        order=number,
        amount=order.total,
        currency=order.currency,
        subject="、".join(title for (title,) in titles),
        return_url=return_url,
        notify_url=notify_url(by.channel),
        method=by.method,
        payer=by.payer,
        client_address=by.client_address,
        split=splits_at(by.channel),
    )
    # Before the channel knows of it: whoever may have paid is asked about, crash or not.
    _note_visit(order.id, by.channel, split=request.split)
    return collecting.collect(request)


def close_cashiers(number: str, *, but: str = "") -> None:
    """Let an order be paid nowhere any more, or only at one channel.

    Call it outside of any transaction. Raises UnknownOrder, OrderNotOpen where it was paid already
    (its notice is on the way, or is asked for), ChannelUnavailable, OutcomeUnknown.
    """
    order = queries.by_number(number)
    opened = CashierVisit.objects.filter(order_id=order.id, closed_at__isnull=True)
    for visit in opened.exclude(channel=but):
        try:
            registry.payments(visit.channel).close(current().slug, number)
        except ChannelRejected as paid:
            raise OrderNotOpen(order=number) from paid
        close_visit(order.id, visit.channel)


def _note_visit(order_id: UUID, channel: str, *, split: bool) -> None:
    """The student goes to the cashier; going there again begins the asking anew. What was once
    asked for undivided stays so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_cashiervisit"
            " (institution_id, id, order_id, channel, split, opened_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (institution_id, order_id, channel) DO UPDATE"
            " SET opened_at = excluded.opened_at, asked_at = NULL, closed_at = NULL,"
            "     split = orders_cashiervisit.split AND excluded.split",
            [institution_id(), uuid7(), order_id, channel, split, clock.now()],
        )
