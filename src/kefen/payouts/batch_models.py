"""Many withdrawals at once: batches, bank files, and what promoters were told."""

from django.db import models
from django.db.models import F, Q

from kefen.platform.tenancy.base import InstitutionModel, belongs_to


class PayoutBatch(InstitutionModel):
    """Withdrawals that one person approved together, under a number of his form: sent twice it is
    one batch. Its job works item by item; `stopped_at` keeps it from going on.

    A `reviewed` one is a settlement: one person prepared it, and nothing of it moves before another
    one released it."""

    number = models.CharField(max_length=64)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    total = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    stopped_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reviewed = models.BooleanField(default=False, db_default=False)
    released_by = models.UUIDField(null=True)
    released_at = models.DateTimeField(null=True)
    # The first day and the last of the time that a settlement is for.
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="payout_batch_number"),
            # Another person than who prepared it, at an instant, and only where it is asked for.
            models.CheckConstraint(
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | (
                    Q(reviewed=True, released_by__isnull=False, released_at__isnull=False)
                    & ~Q(released_by=F("made_by"))
                ),
                name="payout_batch_two_persons",
            ),
            # Worked through without a release it cannot be; stopped it can.
            models.CheckConstraint(
                condition=Q(reviewed=False)
                | Q(released_at__isnull=False)
                | Q(ended_at__isnull=True)
                | Q(stopped_at__isnull=False),
                name="payout_batch_released_to_end",
            ),
        ]
        indexes = [models.Index(fields=["institution", "ended_at"], name="payout_batch_open")]


class PayoutBatchItem(InstitutionModel):
    """One withdrawal of a batch: waiting, done (approved and handed on), halved (it waits for the
    second person) or refused, with the error's code and parameters."""

    batch_id = models.UUIDField()
    batch = belongs_to("payouts.PayoutBatch", "batch_id", related_name="items")
    withdrawal_id = models.UUIDField()
    withdrawal = belongs_to("payouts.Withdrawal", "withdrawal_id")
    state = models.CharField(max_length=8, default="waiting")
    problem = models.CharField(max_length=64, default="", blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "batch_id", "withdrawal_id"], name="payout_batch_item_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "done", "halved", "refused"]),
                name="payout_batch_item_state",
            ),
        ]


class BankFile(InstitutionModel):
    """Withdrawals that leave by a file for the institution's bank. Its content is written anew from
    its rows each time, so no account number lies about; one download opens it."""

    number = models.CharField(max_length=64)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    expected = models.PositiveIntegerField()
    encoding = models.CharField(max_length=16)
    columns = models.JSONField()
    ready_at = models.DateTimeField(null=True)
    downloaded_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="bank_file_number")
        ]


class BankFileRow(InstitutionModel):
    """One withdrawal in a bank file; in one file only, so that no second one pays it again. `told`
    is what the bank's result file said, until a job has booked it."""

    file_id = models.UUIDField()
    file = belongs_to("payouts.BankFile", "file_id", related_name="rows")
    withdrawal_id = models.UUIDField()
    withdrawal = belongs_to("payouts.Withdrawal", "withdrawal_id")
    serial = models.PositiveIntegerField()
    told = models.CharField(max_length=8, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "withdrawal_id"], name="bank_file_row_once"
            ),
            models.UniqueConstraint(
                fields=["institution", "file_id", "serial"], name="bank_file_row_serial"
            ),
            models.CheckConstraint(
                condition=Q(told__in=["", "paid", "returned"]), name="bank_file_row_told"
            ),
        ]


class PayoutNotice(InstitutionModel):
    """What a promoter was told of a withdrawal; each change once."""

    append_only = True

    withdrawal_id = models.UUIDField()
    withdrawal = belongs_to("payouts.Withdrawal", "withdrawal_id")
    change = models.CharField(max_length=24)
    medium = models.CharField(max_length=8)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "withdrawal_id", "change"], name="payout_notice_once"
            )
        ]
