"""Withdrawals (domain.md §5)."""

from django.db import models
from django.db.models import F, Q

from kefen.core.payees import AccountKind
from kefen.core.states import PayoutWay, WithdrawalState
from kefen.payouts.batch_models import (
    BankFile,
    BankFileRow,
    PayoutBatch,
    PayoutBatchItem,
    PayoutNotice,
)
from kefen.payouts.policy_models import (
    PayoutAuthorisation,
    PayoutLimit,
    PayoutPolicy,
    PayoutTelling,
    TaxTerms,
)
from kefen.platform.identity.personal import PersonalField
from kefen.platform.tenancy.base import InstitutionModel, belongs_to

__all__ = [
    "BankFile",
    "BankFileRow",
    "PayoutAccount",
    "PayoutAuthorisation",
    "PayoutBatch",
    "PayoutBatchItem",
    "PayoutLimit",
    "PayoutNotice",
    "PayoutPolicy",
    "PayoutTelling",
    "TaxTerms",
    "Withdrawal",
]

DEFAULT_CHANNEL = "sandbox"
STATES = [state.value for state in WithdrawalState]
WAYS = [way.value for way in PayoutWay]


KINDS = [kind.value for kind in AccountKind]


class PayoutAccount(InstitutionModel):
    """Where a promoter is paid: one account, which he may replace. Empty once it was removed."""

    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    kind = models.CharField(max_length=16)
    account = PersonalField()
    name = PersonalField()
    bank_name = models.CharField(max_length=60, default="", blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "promoter_id"], name="payout_account_of_promoter"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="payout_account_kind"),
        ]


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
    # A split leaves from the payment of an order at its channel (decision 0028).
    way = models.CharField(
        max_length=16, default=PayoutWay.TRANSFER.value, db_default=PayoutWay.TRANSFER.value
    )
    # Frozen at approval: a later change of the account never redirects what was approved. Empty in
    # the sandbox, where a promoter without an account is known by his code.
    receiver = PersonalField(db_default=b"")
    receiver_name = PersonalField(db_default=b"")
    receiver_bank = models.CharField(max_length=60, default="", db_default="", blank=True)
    # A large one needs two persons, each of whom is known here.
    two_persons = models.BooleanField(default=False, db_default=False)
    first_approver = models.UUIDField(null=True)
    first_approved_at = models.DateTimeField(null=True)
    second_approver = models.UUIDField(null=True)
    # The day's limit was reached: it leaves by itself when the next day begins.
    held_until = models.DateTimeField(null=True)
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
            models.CheckConstraint(condition=Q(way__in=WAYS), name="withdrawal_way"),
            # A split is made approved, and nobody is asked to confirm it.
            models.CheckConstraint(
                condition=~Q(way="split")
                | (Q(approved_at__isnull=False) & ~Q(state="awaiting_confirmation")),
                name="withdrawal_split_is_approved",
            ),
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
            models.CheckConstraint(
                # Two persons, and not one twice, before anything leaves.
                condition=Q(two_persons=False)
                | Q(state__in=["requested", "rejected", "cancelled"])
                | (
                    Q(first_approver__isnull=False, second_approver__isnull=False)
                    & ~Q(first_approver=F("second_approver"))
                ),
                name="withdrawal_two_persons",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "promoter_id", "approved_at"], name="withdrawal_promoter"
            ),
            models.Index(fields=["institution", "state", "requested_at"], name="withdrawal_queue"),
            models.Index(fields=["institution", "state", "id"], name="withdrawal_by_state"),
        ]
