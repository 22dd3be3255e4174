"""Accounts, balances, transfers and entries (domain.md §4)."""

from django.db import models
from django.db.models import F, Q

from kefen.platform.tenancy.base import InstitutionModel, belongs_to

TRANSFER_KINDS = (
    "order_paid",
    "refund",
    "commission_matured",
    "commission_rejected",
    "withdrawal_requested",
    "withdrawal_succeeded",
    "withdrawal_returned",
    "board_prize",
    "adjustment",
    "points_granted",
    "points_taken",
)


class Account(InstitutionModel):
    """A place where money or points stand, named by its code (`promoter:yu:pending`).

    Its id is made from institution, unit and code, so that posting needs no look-up. A `folded`
    account (the institution's hot ones) collects changes in `Delta` instead of locking a row.
    """

    append_only = True

    code = models.CharField(max_length=96)
    unit = models.CharField(max_length=8)
    folded = models.BooleanField()
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "code", "unit"], name="ledger_code"),
        ]


class Balance(InstitutionModel):
    """The cached sum of an account's entries, credit minus debit; `kefen audit` recomputes it.

    For a folded account, unfolded deltas come on top. `floor` and `ceiling` are what the account
    may never pass; the database refuses, whatever the code believed.
    """

    account_id = models.UUIDField()
    account = belongs_to("ledger.Account", "account_id")
    posted = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(null=True)
    ceiling = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "account_id"], name="balance_account"),
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(posted__gte=F("floor")),
                name="balance_not_below_floor",
            ),
            models.CheckConstraint(
                condition=Q(ceiling__isnull=True) | Q(posted__lte=F("ceiling")),
                name="balance_not_above_ceiling",
            ),
        ]


class Delta(InstitutionModel):
    """A change of a folded account that is not in its balance row yet."""

    account_id = models.UUIDField()
    account = belongs_to("ledger.Account", "account_id")
    amount = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["institution", "account_id"], name="delta_account")]


class Transfer(InstitutionModel):
    """One business event in the books, once by its key."""

    append_only = True

    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=24)
    digest = models.BinaryField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "key"], name="transfer_key"),
            models.CheckConstraint(
                condition=Q(kind__in=TRANSFER_KINDS), name="transfer_kind_is_lawful"
            ),
        ]
        indexes = [models.Index(fields=["institution", "at"], name="transfer_at")]


class Entry(InstitutionModel):
    """A positive amount from the debited account to the credited one.

    `posting` is taken from a sequence while the accounts' locks are held, so the entries of an
    account are numbered in the order in which its balance changed.
    """

    append_only = True

    transfer_id = models.UUIDField()
    transfer = belongs_to("ledger.Transfer", "transfer_id", related_name="entries")
    debit_id = models.UUIDField()
    debit = belongs_to("ledger.Account", "debit_id")
    credit_id = models.UUIDField()
    credit = belongs_to("ledger.Account", "credit_id")
    amount = models.BigIntegerField()
    posting = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="entry_amount_positive"),
            models.CheckConstraint(
                condition=~Q(debit_id=F("credit_id")), name="entry_moves_somewhere"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "debit_id", "posting"], name="entry_debit"),
            models.Index(fields=["institution", "credit_id", "posting"], name="entry_credit"),
            models.Index(fields=["institution", "transfer_id"], name="entry_transfer"),
        ]
