"""What jobs gather of each institution for those who run the installation.

Shared by all, like the institutions themselves: a page over ten thousand of them reads one table
and enters no scope. Counts, sums and instants only: nothing here says anything of a person.
"""

from django.db import models
from django.db.models import Q

from kefen.core.ids import uuid7
from kefen.oversight.contracts import Cap


class Figures(models.Model):
    """One institution as it was when its figures were gathered.

    `sales`, `paid_orders` and `rebates` are of the last thirty days, in minor units of its own
    currency. `signals` are the open ones by kind. `attention` is how much there is to look at.
    `book_differences` are accounts whose sums differ, by name; `audit_findings` is what the whole
    audit found when it last ran.
    """

    institution = models.OneToOneField(
        "tenancy.Institution", primary_key=True, on_delete=models.PROTECT, related_name="figures"
    )
    gathered_at = models.DateTimeField()
    sales = models.BigIntegerField(default=0)
    paid_orders = models.PositiveIntegerField(default=0)
    rebates = models.BigIntegerField(default=0)
    promoters = models.PositiveIntegerField(default=0)
    cost_bps = models.IntegerField(null=True)
    cap_bps = models.PositiveIntegerField(default=0)
    cap = models.CharField(max_length=8, default=Cap.NONE)
    programme_number = models.PositiveIntegerField(null=True)
    programme_cap_bps = models.PositiveIntegerField(null=True)
    programme_hold_days = models.PositiveIntegerField(null=True)
    programme_level2 = models.BooleanField(default=False)
    signals = models.JSONField(default=dict)
    signals_open = models.PositiveIntegerField(default=0)
    complaints_open = models.PositiveIntegerField(default=0)
    complaints_week = models.PositiveIntegerField(default=0)
    complaints_burst = models.BooleanField(default=False)
    alarms_open = models.PositiveIntegerField(default=0)
    hits_open = models.PositiveIntegerField(default=0)
    splits_stopped = models.PositiveIntegerField(default=0)
    differences_open = models.PositiveIntegerField(default=0)
    notifications_parked = models.PositiveIntegerField(default=0)
    attention = models.PositiveIntegerField(default=0)
    last_activity_at = models.DateTimeField(null=True)
    transfers = models.PositiveBigIntegerField(default=0)
    book_differences = models.JSONField(default=list)
    audited_at = models.DateTimeField(null=True)
    audit_findings = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cap__in=[one.value for one in Cap]), name="figures_cap_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-attention", "-institution"],
                name="figures_attention",
                condition=Q(attention__gt=0),
            ),
            models.Index(fields=["-programme_cap_bps"], name="figures_programme_cap"),
        ]


class Month(models.Model):
    """A month of an institution, by its own calendar: what was paid in it minus what went back of
    it since, and what is left of the rebates booked in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey(
        "tenancy.Institution", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    on = models.DateField()
    sales = models.BigIntegerField()
    paid_orders = models.PositiveIntegerField()
    rebates = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "on"], name="oversight_month_once"),
        ]
