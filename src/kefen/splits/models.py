"""Divisible payments, who gets what of them, and which way promoters chose (decision 0028)."""

from django.db import models
from django.db.models import F, Q

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
            models.Index(
                fields=["institution", "state", "reason", "closed_at", "id"], name="split_stopped"
            ),
        ]


class SplitShare(InstitutionModel):
    """What the plan of a payment says of one promoter: a withdrawal that leaves from it, or the
    reason why his commission stays in the wallet. `amount` before tax. One that stands
    `instead_of` a withdrawal is what the channel did in its place."""

    append_only = True

    split_id = models.UUIDField()
    split = belongs_to("splits.OrderSplit", "split_id", related_name="shares")
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    amount = models.BigIntegerField()
    withdrawal_id = models.UUIDField(null=True)
    withdrawal = belongs_to("payouts.Withdrawal", "withdrawal_id", optional=True)
    reason = models.CharField(max_length=32, default="", blank=True)
    instead_of = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "split_id", "promoter_id", "instead_of"],
                name="share_of_promoter",
                nulls_distinct=False,
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


class PaidOtherwise(InstitutionModel):
    """A share of which the channel says that it paid another amount than was sent: `paid`, after
    tax. Its withdrawal stays open until a person settles the split."""

    append_only = True

    split_id = models.UUIDField()
    split = belongs_to("splits.OrderSplit", "split_id", related_name="paid_otherwise")
    withdrawal_id = models.UUIDField()
    withdrawal = belongs_to("payouts.Withdrawal", "withdrawal_id")
    paid = models.BigIntegerField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "withdrawal_id"], name="paid_otherwise_once"
            ),
            models.CheckConstraint(condition=Q(paid__gte=0), name="paid_otherwise_not_negative"),
        ]


class Settlement(InstitutionModel):
    """What a person decided about a split that was stopped; a large one waits for a second person
    until `settled_at`."""

    split_id = models.UUIDField()
    split = belongs_to("splits.OrderSplit", "split_id", related_name="settlements")
    decision = models.CharField(max_length=16)
    note = models.CharField(max_length=500)
    first_person = models.UUIDField(null=True)
    first_at = models.DateTimeField()
    second_person = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "split_id"], name="settlement_of_split"),
            models.CheckConstraint(
                condition=Q(decision__in=[one.value for one in core.Settling]),
                name="settlement_decision",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="settlement_says_why"),
            models.CheckConstraint(
                # Two persons, and not one twice.
                condition=Q(second_person__isnull=True)
                | (
                    Q(first_person__isnull=False, settled_at__isnull=False)
                    & ~Q(second_person=F("first_person"))
                ),
                name="settlement_two_persons",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "settled_at", "id"],
                name="settlement_newest",
                condition=Q(settled_at__isnull=False),
            ),
        ]
