"""What orders and refunds moved at a channel, in the order in which bills are matched."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Min, OuterRef, Q, Subquery
from django.db.models.functions import Collate

from kefen.core.states import OrderState
from kefen.orders.contracts import ChannelMovement
from kefen.orders.models import CashierVisit, Order, Refund, RefundState

_CHUNK = 5000


def payments_at(channel: str, since: datetime, until: datetime) -> Iterator[ChannelMovement]:
    """Orders paid there in [since, until), by number."""
    visits = CashierVisit.objects.filter(order_id=OuterRef("id"), channel=channel)
    found = (
        Order.objects.filter(
            channel=channel, state=OrderState.PAID, paid_at__gte=since, paid_at__lt=until
        )
        .annotate(its=Subquery(visits.values("channel_number")[:1]))
        .order_by(Collate("number", "C"))
        .values_list("number", "its", "total", "currency", "paid_at")
    )
    for number, its, amount, currency, at in found.iterator(_CHUNK):
        if at is not None and amount:
            yield ChannelMovement(number, its or "", amount, currency, at)


def refunds_at(channel: str, since: datetime, until: datetime) -> Iterator[ChannelMovement]:
    """Refunds there that were booked in [since, until), and all that were asked for before
    `until` and have no result, by number."""
    found = (
        Refund.objects.filter(order__channel=channel)
        .filter(
            Q(booked_at__gte=since, booked_at__lt=until)
            | Q(state=RefundState.REQUESTED, requested_at__lt=until)
        )
        .order_by(Collate("number", "C"))
        .values_list("number", "amount", "order__currency", "booked_at", "requested_at")
    )
    for number, amount, currency, booked_at, asked_at in found.iterator(_CHUNK):
        at = booked_at or asked_at
        yield ChannelMovement(number, "", amount, currency, at, settled=booked_at is not None)


def paid_since() -> dict[str, datetime]:
    """Every channel at which orders were paid, with the first instant."""
    paid = Order.objects.filter(state=OrderState.PAID, channel__isnull=False).order_by()
    found = paid.values_list("channel").annotate(first=Min("paid_at"))
    return {str(channel): first for channel, first in found if first is not None}


def orders_of_refunds(numbers: Iterable[str]) -> dict[str, str]:
    """The orders that some refunds belong to, by the refunds' numbers."""
    found = Refund.objects.filter(number__in=list(numbers))
    return dict(found.values_list("number", "order__number"))
