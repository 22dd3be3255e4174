"""Money that goes back to students, and what they ask for."""

from django.db import models
from django.db.models import Q

from kefen.platform.tenancy.base import InstitutionModel, belongs_to


class RefundState(models.TextChoices):
    """requested: sent to the channel, money not moved yet; booked: out of the books;
    failed: the channel refused, the reason says why."""

    REQUESTED = "requested"
    BOOKED = "booked"
    FAILED = "failed"


class Refund(InstitutionModel):
    """Money going back to the student. `stuck_at`: since then the channel waits for somebody to
    settle it at its console; it is under way all the while."""

    number = models.CharField(max_length=64)
    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="refunds")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=16, choices=RefundState.choices)
    reason = models.CharField(max_length=200, db_default="", blank=True)
    digest = models.BinaryField()
    requested_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)
    stuck_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="refund_number"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="booked", booked_at__isnull=False)
                | Q(state__in=["requested", "failed"], booked_at__isnull=True),
                name="refund_state_has_its_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "order_id"], name="refund_order"),
            models.Index(
                fields=["institution", "booked_at"],
                name="refund_booked_at",
                condition=Q(booked_at__isnull=False),
            ),
        ]


class RefundLine(InstitutionModel):
    """How a booked refund was spread over the lines."""

    append_only = True

    refund_id = models.UUIDField()
    refund = belongs_to("orders.Refund", "refund_id", related_name="lines")
    line_id = models.UUIDField()
    line = belongs_to("orders.Line", "line_id")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "refund_id", "line_id"], name="refund_line_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="refund_line_positive"),
        ]


class AskState(models.TextChoices):
    """asked: the school has to answer; agreed: a refund was sent for it; declined: with a reason
    that the student reads."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


class RefundAsk(InstitutionModel):
    """A student asks for his money back. It moves none: somebody of the school decides."""

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="refund_asks")
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=200, db_default="", blank=True)
    state = models.CharField(max_length=16, choices=AskState.choices)
    answer = models.CharField(max_length=200, db_default="", blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="refund_ask_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True)
                | Q(state__in=["agreed", "declined"], answered_at__isnull=False),
                name="refund_ask_state_has_its_instant",
            ),
            models.UniqueConstraint(
                fields=["institution", "order_id"],
                condition=Q(state="asked"),
                name="refund_ask_one_open",
            ),
        ]
        indexes = [models.Index(fields=["institution", "order_id"], name="refund_ask_order")]
