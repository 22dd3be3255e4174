"""Bills as they came, days as they were held against the books, and what differed."""

from django.db import models
from django.db.models import Q

from kefen.core.reconciliation import Subject, Verdict
from kefen.platform.tenancy.base import InstitutionModel, belongs_to

_SUBJECTS = [one.value for one in Subject]
_DIFFERENT = [one.value for one in Verdict if one is not Verdict.MATCHED]


class Bill(InstitutionModel):
    """What a channel said it did on a day. A channel that says something else later makes another
    version; the newest counts, and all stay as evidence."""

    append_only = True

    channel = models.CharField(max_length=32)
    on = models.DateField()
    version = models.PositiveIntegerField()
    digest = models.BinaryField()
    lines = models.PositiveIntegerField()
    fees = models.BigIntegerField()
    fetched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "channel", "on", "version"], name="bill_version_once"
            ),
        ]


class BillEntry(InstitutionModel):
    """One line of a bill. `nth` tells lines apart that say the same."""

    append_only = True

    bill_id = models.UUIDField()
    bill = belongs_to("reconciliation.Bill", "bill_id", "entries")
    subject = models.CharField(max_length=8)
    number = models.CharField(max_length=64, default="", blank=True)
    channel_number = models.CharField(max_length=128, default="", blank=True)
    nth = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, default="", blank=True)
    order_number = models.CharField(max_length=64, db_default="", default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "bill_id", "subject", "number", "channel_number", "nth"],
                name="bill_entry_once",
            ),
            models.CheckConstraint(condition=Q(subject__in=_SUBJECTS), name="bill_entry_subject"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="bill_entry_not_negative"),
        ]


class BillDay(InstitutionModel):
    """A day at a channel: its newest bill, and what came of holding it against the books.

    `groups` has for each of the six groups how many and how much (ours, theirs); `totals` what the
    bill moved by subject. `reason` says why there is no bill yet.
    """

    channel = models.CharField(max_length=32)
    on = models.DateField()
    bill_id = models.UUIDField(null=True)
    bill = belongs_to("reconciliation.Bill", "bill_id", optional=True)
    groups = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)
    fees_booked = models.BigIntegerField(default=0)
    tried_at = models.DateTimeField()
    reconciled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "channel", "on"], name="bill_day_once"),
            models.CheckConstraint(
                condition=Q(reconciled_at__isnull=True) | Q(bill_id__isnull=False),
                name="bill_day_reconciled_has_bill",
            ),
        ]
        indexes = [models.Index(fields=["institution", "on", "channel"], name="bill_day_newest")]


class DifferenceState(models.TextChoices):
    """open: somebody has to look, or it is on its way; closed: by a person or by a later bill."""

    OPEN = "open"
    CLOSED = "closed"


class Difference(InstitutionModel):
    """A line that the other side does not have, or has otherwise: a work item.

    `resolution` says how it was closed: `note`, `book`, `return`, `adjust`, or `resolved` by
    itself; only the last may open again. `ledger_key` names the transfer where money moved,
    `order_number` the order of a refund, as far as the bill says it.
    """

    channel = models.CharField(max_length=32)
    on = models.DateField()
    verdict = models.CharField(max_length=16)
    subject = models.CharField(max_length=8)
    number = models.CharField(max_length=64, default="", blank=True)
    channel_number = models.CharField(max_length=128, default="", blank=True)
    nth = models.PositiveIntegerField()
    ours = models.BigIntegerField(null=True)
    theirs = models.BigIntegerField(null=True)
    fee = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    their_currency = models.CharField(max_length=3, default="", blank=True)
    order_number = models.CharField(max_length=64, db_default="", default="", blank=True)
    at = models.DateTimeField()
    found_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=DifferenceState.choices)
    resolution = models.CharField(max_length=8, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    ledger_key = models.CharField(max_length=160, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("institution", "channel", "on", "subject"),
                    *("number", "channel_number", "nth"),
                ],
                name="difference_once",
            ),
            models.CheckConstraint(condition=Q(verdict__in=_DIFFERENT), name="difference_verdict"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, resolution="")
                | Q(
                    state="closed",
                    closed_at__isnull=False,
                    resolution__in=["note", "book", "return", "adjust", "resolved"],
                ),
                name="difference_closed_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(resolution__in=["note", "book", "return", "adjust"]) | ~Q(note=""),
                name="difference_closed_has_note",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "state", "on"],
                name="difference_open",
            ),
            models.Index(
                fields=["institution", "channel", "on", "state", "at", "id"],
                name="difference_of_day",
            ),
        ]


class AgreedFee(InstitutionModel):
    """What the institution and a channel agreed that payments cost, for days of the bill from
    `effective_on` on (empty: for every day); of those that have begun the last is in force. Who
    noted it stands in the audit log."""

    append_only = True

    channel = models.CharField(max_length=32)
    bps = models.PositiveIntegerField(null=True)
    effective_on = models.DateField(null=True)
    agreed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(bps__isnull=True) | Q(bps__lte=2000), name="agreed_fee_sane"
            ),
        ]
