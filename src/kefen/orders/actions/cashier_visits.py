"""Asking channels about orders that were sent to their cashiers: noting that one was asked, and
that nobody needs to be asked any more."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kefen.orders import queries
from kefen.orders.models import CashierVisit
from kefen.platform import clock


def note_asked(order_id: UUID, channel: str) -> datetime:
    """The channel is asked; the next time is later by half of what has passed (queries). Answers
    the instant."""
    now = clock.now()
    _open(order_id, channel).update(asked_at=now)
    return now


def note_unpaid(order_id: UUID, channel: str, asked_at: datetime) -> None:
    """The channel, asked at that instant, answered that nobody paid: its last word where nobody
    could pay any more by then. A cashier that was opened anew meanwhile stays open."""
    opened_before = asked_at - queries.ASKED_FOR
    shut_before = asked_at - queries.ASKED_AFTER_SHUTTING
    over = Q(shut_at__isnull=True, opened_at__lte=opened_before) | Q(shut_at__lte=shut_before)
    _open(order_id, channel).filter(over).update(closed_at=clock.now())


def shut_visit(order_id: UUID, channel: str) -> None:
    """The channel was told to take the money no more. It is asked for a while yet: some cannot be
    told about a cashier to which nobody came so far (queries.ASKED_AFTER_SHUTTING)."""
    _open(order_id, channel).filter(shut_at__isnull=True).update(shut_at=clock.now())


def close_visit(order_id: UUID, channel: str) -> None:
    """There is nothing left to ask the channel: it has the money, or takes it no more."""
    _open(order_id, channel).update(closed_at=clock.now())


def keep_channel_number(
    order_id: UUID, channel: str, channel_number: str, account: UUID | None = None
) -> str:
    """The channel's own number of an order's payment, by which it is asked for and given back
    later: kept once, never replaced, and only where the payment is told by the account that has the
    order's own (a shut one, or the one in place). Answers the number that is kept; where the order
    was never sent there, this one. Call it with the order locked."""
    visits = CashierVisit.objects.filter(order_id=order_id, channel=channel)
    if channel_number and queries.owner_of(order_id) == account:
        visits.filter(channel_number="").update(channel_number=channel_number)
    kept = visits.values_list("channel_number", flat=True).first()
    return channel_number if kept is None else kept


def _open(order_id: UUID, channel: str) -> "QuerySet[CashierVisit]":
    return CashierVisit.objects.filter(order_id=order_id, channel=channel, closed_at__isnull=True)
