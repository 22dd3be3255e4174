"""Divisible payments, who gets what of them, and which way promoters chose (decision 0028)."""

from django.db import models
from django.db.models import Q

from kefen.core import splits as core
from kefen.core.states import SplitState
from kefen.platform.tenancy.base import InstitutionModel, belongs_to

STATES = [state.value for state in SplitState]
WAYS = [way.value for way in core.Way]
_ASKED_NO_MORE = [SplitState.DONE.value, SplitState.FAILED.value]


class Way(InstitutionModel):
    """How a promoter's commissions reach him; without a promoter, how those of everybody do who
    chose nothing. Who changed it stands in the audit log."""

    promoter_id = models.UUIDField(null=True)
    promoter = belongs_to("promoters.Promoter", "promoter_id", optional=True)
    way = models.CharField(max_length=16)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "promoter_id"], name="way_of", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(way__in=WAYS), name="way_known"),
        ]


class OrderSplit(InstitutionModel):
    """A payment that its channel keeps divisible: one row, from payment to release.

    `number` and `release_number` are ours at the channel, made from the order. `next_at` is when it
    is looked at again, and for a while whoever looks keeps others away by it; `released` is what
    we asked to be released.
    """

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id")
    number = models.CharField(max_length=64)
    release_number = models.CharField(max_length=64)
    channel = models.CharField(max_length=64)
    state = models.CharField(max_length=16)
    reason = models.CharField(max_length=200, db_default="", default="", blank=True)
    next_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(db_default=0, default=0)
    planned_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    released = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "order_id"], name="split_of_order"),
            models.UniqueConstraint(fields=["institution", "number"], name="split_number"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="split_state"),
            models.CheckConstraint(
                condition=Q(state__in=_ASKED_NO_MORE, next_at__isnull=True, closed_at__isnull=False)
                | (~Q(state__in=_ASKED_NO_MORE) & Q(next_at__isnull=False, closed_at__isnull=True)),
                name="split_open_has_its_turn",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="split_sent_at"
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "next_at", "id"],
                name="split_due",
                condition=Q(next_at__isnull=False),
            ),
        ]


class SplitShare(InstitutionModel):
    """What the plan of a payment says of one promoter: a withdrawal that leaves from it, or the
    reason why his commission stays in the wallet. `amount` before tax."""

    append_only = True

    split_id = models.UUIDField()
    split = belongs_to("splits.OrderSplit", "split_id", related_name="shares")
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    amount = models.BigIntegerField()
    withdrawal_id = models.UUIDField(null=True)
    withdrawal = belongs_to("payouts.Withdrawal", "withdrawal_id", optional=True)
    reason = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "split_id", "promoter_id"], name="share_of_promoter"
            ),
            models.UniqueConstraint(
                fields=["institution", "withdrawal_id"], name="share_of_withdrawal"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="share_amount"),
            models.CheckConstraint(
                condition=(Q(withdrawal_id__isnull=False) & Q(reason=""))
                | (Q(withdrawal_id__isnull=True) & ~Q(reason="")),
                name="share_or_reason",
            ),
        ]
