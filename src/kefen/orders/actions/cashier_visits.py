"""Asking channels about orders that were sent to their cashiers: noting that one was asked, and
that nobody needs to be asked any more."""

from uuid import UUID

from django.db.models import QuerySet

from kefen.orders.models import CashierVisit
from kefen.platform import clock


def note_asked(order_id: UUID, channel: str) -> None:
    """The channel was asked; the next time is later by half of what has passed (queries)."""
    _open(order_id, channel).update(asked_at=clock.now())


def close_visit(order_id: UUID, channel: str) -> None:
    """There is nothing left to ask the channel: it has the money, or takes it no more."""
    _open(order_id, channel).update(closed_at=clock.now())


def note_channel_number(order_id: UUID, channel: str, channel_number: str) -> None:
    """The channel's own number of an order's payment, by which it is asked for later."""
    if channel_number:
        visits = CashierVisit.objects.filter(order_id=order_id, channel=channel)
        visits.exclude(channel_number=channel_number).update(channel_number=channel_number)


def _open(order_id: UUID, channel: str) -> "QuerySet[CashierVisit]":
    return CashierVisit.objects.filter(order_id=order_id, channel=channel, closed_at__isnull=True)
