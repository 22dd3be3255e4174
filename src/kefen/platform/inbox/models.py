"""The raw notifications that channels sent us."""

from django.db import models
from django.db.models import Q

from kefen.platform.tenancy.base import InstitutionModel


class State(models.TextChoices):
    """received: to be worked on; waiting: its time has not come (a refund before its payment);
    done: it took effect or was a repeat; parked: a person must look, the reason says why."""

    RECEIVED = "received"
    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"


class Notification(InstitutionModel):
    """One notification of a channel, verified and stored byte by byte before it was answered."""

    channel = models.CharField(max_length=32)
    event = models.CharField(max_length=128)
    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    # The order of a payment or refund, by which what came too early is found again.
    order_number = models.CharField(max_length=64, default="", blank=True)
    content = models.TextField(default="", blank=True)
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField(max_length=64, default="", blank=True)
    attempts = models.PositiveIntegerField(default=0)
    # Of the shut account that wrote it, where it was none that is in place.
    account_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "channel", "event"], name="notification_event"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="notification_state"),
            models.CheckConstraint(
                condition=~Q(state="parked") | ~Q(reason=""), name="notification_parked_has_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "received_at"],
                name="notification_open",
                condition=Q(state__in=["received", "waiting"]),
            ),
            models.Index(fields=["institution", "received_at", "id"], name="notification_received"),
            models.Index(
                fields=["institution", "state", "received_at", "id"], name="notification_by_state"
            ),
            models.Index(fields=["institution", "subject"], name="notification_subject"),
            models.Index(fields=["institution", "order_number"], name="notification_order"),
        ]
