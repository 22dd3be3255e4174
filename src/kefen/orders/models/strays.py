"""Payments that no order was waiting for."""

from django.db import models
from django.db.models import Q

from kefen.platform.tenancy.base import InstitutionModel, belongs_to


class StrayState(models.TextChoices):
    """asked: goes back, the channel is asked until it has a result; returned: it went back;
    failed: the channel refused, the reason says why."""

    ASKED = "asked"
    RETURNED = "returned"
    FAILED = "failed"


class StrayPayment(InstitutionModel):
    """A payment that its order does not owe: it was cancelled, or is paid by another one. It goes
    back whole, under `number`, which is made from the channel's own number of the payment and
    stands here before the channel is asked.

    `cause` is the refusal's code. `stuck_at`: the channel waits for somebody at its console.
    `settled_at`: a person gave a refused one back otherwise, and said how.
    """

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="strays")
    channel = models.CharField(max_length=64)
    channel_number = models.CharField(max_length=64)
    # The shut account that took it, where it was none that is in place.
    account_id = models.UUIDField(null=True)
    number = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=StrayState.choices)
    reason = models.CharField(max_length=200, db_default="", blank=True)
    paid_at = models.DateTimeField()
    received_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(db_default=0)
    stuck_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "channel", "channel_number"], name="stray_once"
            ),
            models.UniqueConstraint(fields=["institution", "number"], name="stray_number"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="stray_amount_positive"),
            models.CheckConstraint(
                condition=~Q(channel_number=""), name="stray_has_channel_number"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", ended_at__isnull=True, settled_at__isnull=True)
                | Q(state__in=["returned", "failed"], ended_at__isnull=False),
                name="stray_state_has_its_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "order_id"], name="stray_order"),
            models.Index(
                fields=["institution", "next_at"],
                name="stray_asked",
                condition=Q(state="asked"),
            ),
            models.Index(fields=["institution", "channel", "paid_at"], name="stray_paid_at"),
            models.Index(
                fields=["institution", "channel", "ended_at"],
                name="stray_ended_at",
                condition=Q(state="returned"),
            ),
        ]
