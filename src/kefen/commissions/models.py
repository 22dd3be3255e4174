"""Commissions, what was cut from them, and the points of an order."""

from django.db import models
from django.db.models import F, Q

from kefen.commissions.contracts import BacktestState
from kefen.core.states import CommissionState
from kefen.platform.identity.personal import PersonalField
from kefen.platform.tenancy.base import InstitutionModel, belongs_to

STATES = [state.value for state in CommissionState]


class Commission(InstitutionModel):
    """Money owed to a promoter for one order line. Level 1 brought the order, level 2 invited
    level 1; there is no other level, and none is above the cap (domain.md §3)."""

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="commissions")
    line_id = models.UUIDField()
    line = belongs_to("orders.Line", "line_id")
    level = models.PositiveSmallIntegerField()
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    rule_id = models.UUIDField()
    rule = belongs_to("programmes.Rule", "rule_id")
    rule_key = models.CharField(max_length=64)
    tier_figure = models.BigIntegerField(null=True)
    base = models.BigIntegerField()
    line_paid = models.BigIntegerField()
    cap_bps = models.PositiveIntegerField()
    # The cap that the rule was published under, by foreign key; the one applied is no higher.
    rule_cap_bps = models.PositiveIntegerField()
    booked = models.BigIntegerField()
    reversed = models.BigIntegerField(db_default=0)
    state = models.CharField(max_length=16)
    state_reason = models.CharField(max_length=200, default="", blank=True)
    placed_at = models.DateTimeField()  # when its order was: so that it can be counted by that
    booked_at = models.DateTimeField()
    available_at = models.DateTimeField()
    matured_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "line_id", "level"],
                name="commission_once_per_line_and_level",
            ),
            models.CheckConstraint(
                condition=Q(level__in=[1, 2]), name="commission_two_levels_only"
            ),
            models.CheckConstraint(condition=Q(booked__gt=0), name="commission_positive"),
            models.CheckConstraint(
                condition=Q(booked__lte=F("line_paid") * F("cap_bps") / 10000),
                name="commission_within_cap",
            ),
            models.CheckConstraint(
                condition=Q(cap_bps__lte=F("rule_cap_bps")), name="commission_cap_within_rule"
            ),
            models.CheckConstraint(
                condition=Q(reversed__gte=0, reversed__lte=F("booked")),
                name="commission_reversed_within_booked",
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="commission_state"),
            models.CheckConstraint(
                condition=Q(state="available", matured_at__isnull=False)
                | (~Q(state="available") & Q(matured_at__isnull=True)),
                name="commission_matured_has_its_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "rejected"]) | ~Q(state_reason=""),
                name="commission_held_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "available_at", "id"],
                name="commission_due",
                include=["booked", "reversed"],
                condition=Q(state="pending", reversed__lt=F("booked")),
            ),
            models.Index(
                fields=["institution", "promoter_id", "booked_at"],
                name="commission_promoter",
                include=["order_id", "level"],
            ),
            models.Index(
                fields=["institution", "placed_at"],
                name="commission_settled",
                include=["order_id", "booked", "reversed"],
                condition=Q(state="available"),
            ),
            # Few are held at a time.
            models.Index(
                fields=["institution", "booked_at", "id"],
                name="commission_held",
                include=["booked", "reversed"],
                condition=Q(state="held"),
            ),
            models.Index(fields=["institution", "promoter_id", "id"], name="commission_income"),
            models.Index(
                fields=["institution", "promoter_id", "rule_key", "booked_at"],
                name="commission_tier",
                condition=Q(level=1),
            ),
            models.Index(fields=["institution", "order_id"], name="commission_order"),
            # Sums by day and by promoter read nothing but this.
            models.Index(
                fields=["institution", "booked_at"],
                name="commission_booked_at",
                include=["promoter_id", "order_id", "level", "booked", "reversed"],
            ),
        ]


class Cut(InstitutionModel):
    """What a cap took from a line's commission; kept also where nothing was left to book."""

    append_only = True

    line_id = models.UUIDField()
    line = belongs_to("orders.Line", "line_id")
    level = models.PositiveSmallIntegerField()
    wanted = models.BigIntegerField()
    granted = models.BigIntegerField()
    reason = models.CharField(max_length=16, default="capped")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "line_id", "level"], name="cut_once"),
            models.CheckConstraint(condition=Q(level__in=[1, 2]), name="cut_two_levels_only"),
            models.CheckConstraint(condition=Q(granted__lt=F("wanted")), name="cut_takes"),
        ]


class Question(InstitutionModel):
    """A promoter's question about one of his commissions, and the school's answer. Both are
    free text in which people may be named, so both are encrypted."""

    commission_id = models.UUIDField()
    commission = belongs_to("commissions.Commission", "commission_id", related_name="questions")
    text = PersonalField()
    asked_at = models.DateTimeField()
    answer = PersonalField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "commission_id"],
                name="question_open_once",
                condition=Q(answered_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "commission_id", "id"], name="question_commission"),
            models.Index(
                fields=["institution", "asked_at", "id"],
                name="question_waiting",
                condition=Q(answered_at__isnull=True),
            ),
            models.Index(
                fields=["institution", "answered_at", "id"],
                name="question_answered",
                condition=Q(answered_at__isnull=False),
            ),
        ]


class PointsGrant(InstitutionModel):
    """The points an order gave its level 1 promoter, and what of them remains (domain.md §7)."""

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id")
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    paid = models.BigIntegerField()
    earned = models.BigIntegerField()
    remaining = models.BigIntegerField()
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "order_id", "promoter_id"], name="points_once_per_order"
            ),
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("earned")), name="points_remaining"
            ),
        ]


class Backtest(InstitutionModel):
    """A backtest too large for a request: the terms that it tries, how far its job is, and the
    answer (a `BacktestFacts`) when it has one. It moves no money and is removed after a month."""

    days = models.PositiveIntegerField()
    begun_from = models.PositiveIntegerField()
    terms = models.JSONField()
    state = models.CharField(max_length=8, default=BacktestState.QUEUED.value)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    answer = models.JSONField(null=True)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in BacktestState]),
                name="backtest_state",
            ),
            models.CheckConstraint(
                condition=Q(state="ready", answer__isnull=False)
                | (~Q(state="ready") & Q(answer__isnull=True)),
                name="backtest_ready_has_its_answer",
            ),
        ]
        indexes = [models.Index(fields=["institution", "asked_at"], name="backtest_asked")]
