"""Institutions and the platform's limits for each of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kefen.core.ids import uuid7
from kefen.core.states import InstitutionState
from kefen.platform.tenancy.base import InstitutionModel
from kefen.platform.tenancy.contracts import Plan

REASON = 200
"""How long a reason of the platform may be."""


class Institution(models.Model):
    """A tenant: an education business with its courses, students, promoters and money.

    Shared by all (a reference table where the schema is distributed), so it is keyed by id alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=64, unique=True)
    name = models.TextField()
    currency = models.CharField(max_length=3, default="CNY")
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    withdrawal_minimum = models.BigIntegerField(default=1000)
    tax_rule = models.CharField(max_length=32, default="labour_2018_61")
    accent = models.CharField(max_length=7, default="", blank=True)
    created_at = models.DateTimeField()
    plan = models.CharField(max_length=16, default=Plan.STANDARD, db_default="standard")
    # Who changed it and when stands in the platform's audit log.
    state = models.CharField(max_length=16, default=InstitutionState.OPEN, db_default="open")
    state_reason = models.CharField(max_length=REASON, default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(plan__in=[one.value for one in Plan]), name="institution_plan_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in InstitutionState]),
                name="institution_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="paused") | ~Q(state_reason=""),
                name="institution_paused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(withdrawal_minimum__gte=0), name="institution_minimum_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(tax_rule__in=["none", "labour_2018_61", "cumulative_2025_16"]),
                name="institution_tax_rule_known",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="institution_founded"),
        ]

    def __str__(self) -> str:
        return self.slug


class Limits(InstitutionModel):
    """The platform's hard limits for an institution; the row with the highest number is in force.

    Append-only: lowering a limit is a new row, so that every programme version keeps naming the
    limits it was published under. `reason` is why, and the school reads it; `decided_by` is whoever
    of the platform decided it, and nobody for what a school was founded with.
    """

    append_only = True

    number = models.PositiveIntegerField()
    max_rate_bps = models.PositiveIntegerField(default=3000)
    level2_allowed = models.BooleanField(default=False)
    minimum_hold_days = models.PositiveIntegerField(default=0)
    minimum_age = models.PositiveIntegerField(default=18)
    forbidden_words = ArrayField(models.CharField(max_length=64), default=list)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=REASON, default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="limits_number"),
            models.UniqueConstraint(
                fields=["institution", "id", "max_rate_bps", "level2_allowed"],
                name="limits_content",
            ),
            models.CheckConstraint(condition=Q(max_rate_bps__lte=10000), name="limits_rate_sane"),
        ]


class ClockShift(models.Model):
    """By how much the demo's clock runs ahead; one row, read by every process of the demo."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    ahead = models.DurationField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="clock_shift_single"),
        ]
