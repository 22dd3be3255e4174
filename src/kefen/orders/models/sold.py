"""Orders and their lines. Amounts in minor units of the order's currency."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate

from kefen.core.states import OrderState
from kefen.platform.tenancy.base import InstitutionModel, belongs_to

STATES = [state.value for state in OrderState]


class Order(InstitutionModel):
    """A purchase. `number` is the business's own, once per institution; `digest` is its content,
    by which a repeated delivery is told from a conflict."""

    number = models.CharField(max_length=64)
    student_id = models.UUIDField()
    student = belongs_to("identity.Account", "student_id", related_name="orders")
    state = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    digest = models.BinaryField()
    # Did a promoter bring any of its lines? Like their winners it never changes.
    is_promoted = models.BooleanField(default=False, db_default=False)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=64, null=True)  # noqa: DJ001 - null until paid
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="order_number"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(state="placed", paid_at__isnull=True, cancelled_at__isnull=True)
                | Q(
                    state="paid",
                    paid_at__isnull=False,
                    channel__isnull=False,
                    cancelled_at__isnull=True,
                )
                | Q(state="cancelled", paid_at__isnull=True, cancelled_at__isnull=False),
                name="order_state_has_its_instant",
            ),
        ]
        indexes = [
            # Sums read nothing but these two.
            models.Index(
                fields=["institution", "paid_at", "id"], name="order_paid_at", include=["total"]
            ),
            models.Index(
                fields=["institution", "placed_at"],
                name="order_promoted",
                include=["state"],
                condition=Q(is_promoted=True),
            ),
            models.Index(fields=["institution", "student_id", "placed_at"], name="order_student"),
            models.Index(fields=["institution", "placed_at", "id"], name="order_placed_at"),
            models.Index(fields=["institution", "state", "placed_at", "id"], name="order_by_state"),
            # What is typed is how a number begins; "C" makes that a range in every database.
            models.Index(F("institution"), Collate("number", "C"), name="order_number_begins"),
        ]


class Line(InstitutionModel):
    """One course of an order: list price for one, what was paid for the line, what came back."""

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="lines")
    number = models.PositiveIntegerField()
    course_id = models.UUIDField()
    course = belongs_to("catalog.Course", "course_id")
    quantity = models.PositiveIntegerField()
    list_price = models.BigIntegerField()
    paid = models.BigIntegerField()
    refunded = models.BigIntegerField(db_default=0)
    attribution_id = models.UUIDField()
    attribution = belongs_to("referrals.Attribution", "attribution_id")
    winner_id = models.UUIDField(null=True)
    winner = belongs_to("promoters.Promoter", "winner_id", optional=True)
    # As the course had it when the order was placed: a later change is for later orders.
    refund_days = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "order_id", "number"], name="line_number"
            ),
            # Commissions refer to what was paid, so that none can claim another amount.
            models.UniqueConstraint(fields=["institution", "id", "paid"], name="line_and_paid"),
            models.CheckConstraint(condition=Q(paid__gte=0), name="line_paid_not_negative"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("paid")),
                name="line_refunded_within_paid",
            ),
        ]
        indexes = [
            # Few lines give something back.
            models.Index(
                fields=["institution", "order_id"],
                name="line_refunded",
                include=["refunded"],
                condition=Q(refunded__gt=0),
            ),
            models.Index(
                fields=["institution", "winner_id", "order_id"],
                name="line_winner",
                condition=Q(winner_id__isnull=False),
            ),
            models.Index(fields=["institution", "course_id", "order_id"], name="line_course"),
        ]
