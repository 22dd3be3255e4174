"""Withdrawals (domain.md §5)."""

from django.db import models
from django.db.models import F, Q

from kefen.core.states import WithdrawalState
from kefen.platform.tenancy.base import InstitutionModel, belongs_to

DEFAULT_CHANNEL = "sandbox"
STATES = [state.value for state in WithdrawalState]


class Withdrawal(InstitutionModel):
    """Money a promoter asked for. `tax` and `net` are what was computed at approval, stored with
    their computation and never recomputed."""

    number = models.CharField(max_length=64)
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id", related_name="withdrawals")
    amount = models.BigIntegerField()
    tax = models.BigIntegerField(null=True)
    net = models.BigIntegerField(null=True)
    tax_computation = models.JSONField(null=True)
    state = models.CharField(max_length=24)
    state_reason = models.CharField(max_length=200, default="", blank=True)
    channel = models.CharField(max_length=64, default=DEFAULT_CHANNEL)
    # Where, and until when, the receiver confirms; kept as evidence after the result.
    confirm_url = models.CharField(max_length=500, default="", db_default="", blank=True)
    confirm_until = models.DateTimeField(null=True)
    requested_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="withdrawal_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="withdrawal_positive"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="withdrawal_state"),
            models.CheckConstraint(
                condition=Q(tax__isnull=True, net__isnull=True)
                | Q(
                    # A CHECK that is NULL passes, so it says that both are there.
                    tax__isnull=False,
                    net__isnull=False,
                    tax__gte=0,
                    net__gte=0,
                    amount=F("tax") + F("net"),
                ),
                name="withdrawal_tax_and_net_make_amount",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "rejected", "cancelled"])
                | Q(approved_at__isnull=False, tax__isnull=False),
                name="withdrawal_approved_has_tax",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["succeeded", "failed", "expired", "cancelled", "rejected"],
                    closed_at__isnull=False,
                )
                | (
                    Q(closed_at__isnull=True)
                    & Q(state__in=["requested", "approved", "sent", "awaiting_confirmation"])
                ),
                name="withdrawal_closed_has_its_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state="awaiting_confirmation") | Q(confirm_until__isnull=False),
                name="withdrawal_waits_until",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "promoter_id", "approved_at"], name="withdrawal_promoter"
            ),
            models.Index(fields=["institution", "state", "requested_at"], name="withdrawal_queue"),
        ]
