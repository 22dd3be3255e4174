"""The sandbox channel's own books. Institutions are its merchants, known to it by their slug."""

from django.db import models
from django.db.models import Q

from kefen.core.ids import uuid7


class Payment(models.Model):
    """A cashier that was opened for an order; paid once `paid_at` is set."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.CharField(max_length=64)
    order = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    subject = models.CharField(max_length=200)
    return_url = models.CharField(max_length=500)
    notify_url = models.CharField(max_length=500)
    token = models.CharField(max_length=64, unique=True)
    event = models.CharField(max_length=64, default="", blank=True)
    opened_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "order"], name="sandbox_payment_order"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="sandbox_payment_amount"),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True) | Q(closed_at__isnull=True),
                name="sandbox_payment_closed_or_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.order


class Verdict(models.TextChoices):
    """What the channel decided about a refund or a payout; waiting: for the receiver."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    WAITING = "waiting"


class Refund(models.Model):
    """Money that the channel gives back, or refuses to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.CharField(max_length=64)
    number = models.CharField(max_length=64)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    reason = models.CharField(max_length=200, default="", blank=True)
    event = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    # In real time, whatever the demo's clock says: until then the channel says "under way".
    known_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="sandbox_refund_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="sandbox_refund_amount"),
        ]

    def __str__(self) -> str:
        return self.number


class Payout(models.Model):
    """Money that the channel sends to somebody, or fails to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.CharField(max_length=64)
    number = models.CharField(max_length=64)
    receiver = models.CharField(max_length=120)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    reason = models.CharField(max_length=200, default="", blank=True)
    event = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    known_from = models.DateTimeField()
    # Where the receiver confirms, until when, and whom the channel tells; empty if he need not.
    token = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - unique
    confirm_by = models.DateTimeField(null=True)
    notify_url = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="sandbox_payout_number"),
            models.CheckConstraint(
                condition=~Q(verdict="waiting") | Q(token__isnull=False, confirm_by__isnull=False),
                name="sandbox_payout_waits_until",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="sandbox_payout_amount"),
        ]

    def __str__(self) -> str:
        return self.number


class Earlier(models.Model):
    """A movement from before the channel was there: what a demo's story says happened."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    number = models.CharField(max_length=64)
    channel_number = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind", "number"], name="sandbox_earlier_number"
            )
        ]
        indexes = [models.Index(fields=["institution", "at"], name="sandbox_earlier_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Posting(models.TextChoices):
    """waiting: to be delivered (again); delivered: answered with 2xx; given_up: never was."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Notice(models.Model):
    """An outgoing notification; instants are real time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.CharField(max_length=64)
    event = models.CharField(max_length=64, unique=True)
    notify_url = models.CharField(max_length=500)
    body = models.TextField()
    copies = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=16, choices=Posting.choices, default=Posting.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="sandbox_notice_due", condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return self.event


class Attempt(models.Model):
    """One delivery of a notice: the HTTP status, or 0 and what went wrong."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="tries")
    status = models.PositiveSmallIntegerField()
    error = models.CharField(max_length=200, default="", blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.status} {self.error}".strip()


class PlannedFault(models.Model):
    """What is to go wrong with the order, refund or withdrawal of this number (faults.py)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.CharField(max_length=64)
    number = models.CharField(max_length=64)
    fault = models.CharField(max_length=24)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="sandbox_fault_number")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.fault}"
