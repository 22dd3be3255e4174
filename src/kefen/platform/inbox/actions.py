"""Storing notifications, once each, and noting what became of them.

Lock order: the notification's row before everything that working on it locks. What a notification
means is not known here: `notifications.work` is a task of `kefen.faces.api.webhooks_in`.
"""

import json
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from kefen.core.errors import IllegalTransition, NotFound, NumberConflict
from kefen.core.ids import uuid7
from kefen.platform import clock, jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.inbox.contracts import Arrived, Outcome, State, Stored
from kefen.platform.inbox.models import Notification
from kefen.platform.tenancy.bulk import insert_rows

OPEN = (State.RECEIVED, State.WAITING)
_WORK = "notifications.work"
_COLUMNS = (
    "id",
    "channel",
    "event",
    "kind",
    "subject",
    "order_number",
    "content",
    "body",
    "headers",
    "state",
    "reason",
    "attempts",
    "received_at",
    "account_id",
)


@transaction.atomic
def store(arrived: Arrived) -> bool:
    """Keep a notification and let it be worked on; answers False if it was here before.

    Raises NumberConflict if its number came before and said something else.
    """
    identity = uuid7()
    row = (
        identity,
        arrived.channel,
        arrived.event,
        arrived.kind,
        arrived.subject,
        arrived.order,
        arrived.content,
        arrived.body,
        json.dumps(dict(arrived.headers)),
        State.RECEIVED.value,
        "",
        0,
        clock.now(),
        arrived.account,
    )
    if insert_rows(Notification, _COLUMNS, [row], skip_known=True) == 0:
        before = Notification.objects.filter(channel=arrived.channel, event=arrived.event)
        if before.values_list("content", flat=True).get() != arrived.content:
            raise NumberConflict(number=arrived.event)
        return False
    jobs.enqueue(_WORK, notification=str(identity))
    return True


def lock(notification: UUID) -> Stored | None:
    """Lock a notification that is still to be worked on; None if it has its outcome.

    Whoever comes second waits here and finds the outcome. Call it inside a transaction.
    """
    found = Notification.objects.select_for_update(of=("self",))
    row = found.filter(id=notification, state__in=OPEN).first()
    if row is None:
        return None
    body = bytes(row.body)
    return Stored(
        row.id, row.channel, row.kind, row.order_number, body, row.received_at, row.account_id
    )


def conclude(notification: UUID, outcome: Outcome) -> None:
    """Note what became of a locked notification."""
    Notification.objects.filter(id=notification).update(
        state=outcome.state,
        reason=outcome.reason,
        attempts=F("attempts") + 1,
        worked_at=clock.now(),
    )


def wake_order(order: str, *, besides: UUID) -> int:
    """Let what waits for an order be worked on again; answers how many.

    Also those not worked on yet, and those whose job is about to start: it may find the order as
    it was before the caller's commit.
    """
    found = Notification.objects.filter(order_number=order, state__in=OPEN).exclude(id=besides)
    ids = list(found.order_by("id").values_list("id", flat=True))
    return _enqueue(ids, once=False)


@transaction.atomic
def wake_open(*, older_than: timedelta, limit: int = 1000) -> int:
    """Let everything without an outcome be worked on again, the longest untouched first."""
    found = (
        Notification.objects.filter(state__in=OPEN, received_at__lte=clock.now() - older_than)
        .order_by(F("worked_at").asc(nulls_first=True), "id")
        .values_list("id", flat=True)
    )
    return _enqueue(list(found[:limit]))


@needs(Deed.NOTIFICATIONS)
@transaction.atomic
def retry(notification: UUID, actor: Actor) -> None:
    """An operator lets a parked notification be worked on again.

    Raises NotFound, IllegalTransition (it is not parked).
    """
    row = Notification.objects.select_for_update(of=("self",)).filter(id=notification).first()
    if row is None:
        raise NotFound(what="notification")
    if row.state != State.PARKED:
        raise IllegalTransition(machine="Notification", current=row.state, to="received")
    reason = row.reason
    row.state, row.reason = State.RECEIVED, ""
    row.save(update_fields=["state", "reason"])
    audit.record(
        actor, "notification.retried", f"notification:{row.id}", about=row.subject, reason=reason
    )
    _enqueue([row.id])


def _enqueue(notifications: list[UUID], *, once: bool = True) -> int:
    for notification in notifications:
        jobs.enqueue(_WORK, once=once, notification=str(notification))
    return len(notifications)
