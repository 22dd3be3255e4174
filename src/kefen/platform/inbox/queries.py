"""Reads of notifications."""

from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from kefen.core.errors import NotFound
from kefen.platform.inbox.models import Notification, State
from kefen.platform.tenancy.counting import counted
from kefen.platform.tenancy.queries import current

NEWEST_FIRST = ("-received_at", "-id")


def listed() -> "QuerySet[Notification]":
    """All notifications, newest first, without their bodies."""
    return Notification.objects.defer("body").order_by(*NEWEST_FIRST)


def parked() -> "QuerySet[Notification]":
    """What a person must look at, oldest first."""
    return Notification.objects.defer("body").filter(state=State.PARKED).order_by("id")


def parked_count() -> int:
    """How many notifications a person must look at."""
    return counted(Notification.objects.filter(state=State.PARKED))


def by_id(notification: UUID) -> Notification:
    """One notification. Raises NotFound."""
    row: Notification | None = Notification.objects.filter(id=notification).first()
    if row is None:
        raise NotFound(what="notification")
    return row


def of_order(order: str) -> "QuerySet[Notification]":
    """What channels said about an order and its refunds, as it came."""
    return Notification.objects.filter(order_number=order).order_by("received_at", "id")


def counts() -> dict[str, int]:
    """How many notifications are in each state."""
    found = Notification.objects.values_list("state").annotate(number=Count("id")).order_by()
    return dict.fromkeys(State.values, 0) | dict(found)


def notify_url(channel: str) -> str:
    """Where a channel sends its notifications for the institution in scope."""
    base = settings.NOTIFY_URL or settings.PUBLIC_URL
    return f"{base.rstrip('/')}/webhooks/{channel}/{current().slug}"
