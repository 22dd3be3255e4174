"""Programme versions and what they promise: rules, steps, boards.

Everything here is append-only and relational, so that the database itself refuses what may not
be promised: there is no column for a reward per head or for a third level, and a rate above the
cap fails a CHECK (each names its NULLs, because a CHECK that is NULL passes). The cap of each row
is carried along by foreign keys: limits → version → rule → step, so a row cannot name a higher cap
than the one it stands under.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kefen.core.terms import (
    Base,
    BoardMetric,
    CourseScopeKind,
    Model,
    PromoterScopeKind,
    TierMetric,
    TouchScope,
)
from kefen.platform.tenancy.base import InstitutionModel, belongs_to


def _values(kind: type) -> list[str]:
    return [member.value for member in kind]  # type: ignore[attr-defined]


class Version(InstitutionModel):
    """One published version; in force from `effective_from` until the next one's."""

    append_only = True

    number = models.PositiveIntegerField()
    effective_from = models.DateTimeField()
    published_at = models.DateTimeField()
    limits_id = models.UUIDField()
    limits = belongs_to("tenancy.Limits", "limits_id")
    platform_max_rate_bps = models.PositiveIntegerField()
    platform_level2_allowed = models.BooleanField()
    model = models.CharField(max_length=16)
    window_days = models.PositiveIntegerField()
    touch_scope = models.CharField(max_length=16)
    self_purchase = models.BooleanField()
    binding_days = models.PositiveIntegerField()
    protection_days = models.PositiveIntegerField()
    hold_days = models.PositiveIntegerField()
    max_rate_bps = models.PositiveIntegerField()
    level2 = models.BooleanField()
    pays_level2 = models.BooleanField()
    points_per_order = models.PositiveIntegerField(default=0)
    points_per_yuan = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="version_number"),
            models.UniqueConstraint(fields=["institution", "effective_from"], name="version_from"),
            models.UniqueConstraint(
                fields=["institution", "id", "max_rate_bps", "pays_level2"], name="version_cap"
            ),
            models.CheckConstraint(
                condition=Q(max_rate_bps__lte=F("platform_max_rate_bps")),
                name="version_within_platform_limit",
            ),
            models.CheckConstraint(
                condition=Q(pays_level2=False) | Q(level2=True, platform_level2_allowed=True),
                name="version_level2_only_where_allowed",
            ),
            models.CheckConstraint(condition=Q(window_days__gte=1), name="version_window"),
            models.CheckConstraint(condition=Q(model__in=_values(Model)), name="version_model"),
            models.CheckConstraint(
                condition=Q(touch_scope__in=_values(TouchScope)), name="version_scope"
            ),
        ]


class Rule(InstitutionModel):
    """Who earns how much on which course. Exactly one kind of level 1, at most one of level 2."""

    append_only = True

    version_id = models.UUIDField()
    version = belongs_to("programmes.Version", "version_id", related_name="rules")
    cap_bps = models.PositiveIntegerField()
    pays_level2 = models.BooleanField()
    # What a percent of level 2, if it is paid, leaves of the cap; steps stand under it.
    level1_cap_bps = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    promoter_scope = models.CharField(max_length=16)
    promoter_value = models.TextField(null=True)  # noqa: DJ001
    course_scope = models.CharField(max_length=16)
    course_value = models.TextField(null=True)  # noqa: DJ001
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    base = models.CharField(max_length=8)
    level1_bps = models.PositiveIntegerField(null=True)
    level1_fixed = models.BigIntegerField(null=True)
    tier_metric = models.CharField(max_length=8, null=True)  # noqa: DJ001
    tier_period = models.CharField(max_length=8, null=True)  # noqa: DJ001
    level2_bps = models.PositiveIntegerField(null=True)
    level2_fixed = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "version_id", "key"], name="rule_key"),
            models.UniqueConstraint(
                fields=["institution", "id", "level1_cap_bps"], name="rule_cap"
            ),
            models.UniqueConstraint(fields=["institution", "id", "cap_bps"], name="rule_whole_cap"),
            models.CheckConstraint(
                condition=(
                    Q(level1_bps__isnull=False, level1_fixed__isnull=True, tier_metric__isnull=True)
                    | Q(
                        level1_bps__isnull=True,
                        level1_fixed__isnull=False,
                        level1_fixed__gte=0,
                        tier_metric__isnull=True,
                    )
                    | Q(
                        level1_bps__isnull=True,
                        level1_fixed__isnull=True,
                        tier_metric__isnull=False,
                        tier_metric__in=_values(TierMetric),
                        tier_period__isnull=False,
                        tier_period__in=["month", "quarter", "year", "lifetime"],
                    )
                ),
                name="rule_level1_is_percent_fixed_or_tiered",
            ),
            models.CheckConstraint(
                condition=Q(level2_bps__isnull=True) | Q(level2_fixed__isnull=True),
                name="rule_level2_is_percent_or_fixed",
            ),
            models.CheckConstraint(
                condition=Q(level1_bps__isnull=True) | Q(level1_bps__lte=F("level1_cap_bps")),
                name="rule_level1_within_cap",
            ),
            models.CheckConstraint(
                condition=Q(pays_level2=False, level1_cap_bps=F("cap_bps"))
                | Q(level2_bps__isnull=True, level1_cap_bps=F("cap_bps"))
                | Q(
                    pays_level2=True,
                    level2_bps__isnull=False,
                    level1_cap_bps=F("cap_bps") - F("level2_bps"),
                ),
                name="rule_levels_together_within_cap",
            ),
            models.CheckConstraint(
                condition=Q(promoter_scope__in=_values(PromoterScopeKind))
                & Q(course_scope__in=_values(CourseScopeKind))
                & Q(base__in=_values(Base)),
                name="rule_scopes_known",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True)
                | Q(ends_at__isnull=True)
                | Q(starts_at__lt=F("ends_at")),
                name="rule_time_ascends",
            ),
        ]


class Step(InstitutionModel):
    """One step of a tiered rule: from `threshold` on, a percent or a fixed amount."""

    append_only = True

    rule_id = models.UUIDField()
    rule = belongs_to("programmes.Rule", "rule_id", related_name="steps")
    cap_bps = models.PositiveIntegerField()
    threshold = models.BigIntegerField()
    bps = models.PositiveIntegerField(null=True)
    fixed = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "rule_id", "threshold"], name="step_threshold"
            ),
            models.CheckConstraint(
                condition=Q(bps__isnull=False, bps__gt=0, bps__lte=F("cap_bps"), fixed__isnull=True)
                | Q(bps__isnull=True, fixed__isnull=False, fixed__gt=0),
                name="step_is_percent_within_cap_or_fixed",
            ),
        ]


class Board(InstitutionModel):
    """A standing that the version promises, with its prizes by rank (minor units)."""

    append_only = True

    version_id = models.UUIDField()
    version = belongs_to("programmes.Version", "version_id", related_name="boards")
    metric = models.CharField(max_length=16)
    period = models.CharField(max_length=8)
    prizes = ArrayField(models.BigIntegerField(), default=list)
    close_after_days = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "version_id", "metric", "period"], name="board_metric"
            ),
            models.CheckConstraint(
                condition=Q(metric__in=_values(BoardMetric))
                & Q(period__in=["day", "week", "month"]),
                name="board_known",
            ),
        ]
