"""Signals, what they hold, how far the scan came, and what is usual at the institution."""

from django.db import models
from django.db.models import F, Q

from kefen.core.risk import Kind, Limits, State
from kefen.platform.tenancy.base import InstitutionModel, belongs_to

KINDS = [kind.value for kind in Kind]
STATES = [state.value for state in State]
DEFAULT = Limits()


class Signal(InstitutionModel):
    """Something odd about a promoter's clicks or orders. `subject_id` is the link, the order or
    the promoter; `finding` tells one window or month of it from the next, so that the same finding
    is one row however often it is seen. `evidence` holds counts, never anybody's data.

    `held_at`: its commissions were held, if any could be. Nothing here is ever removed.
    """

    kind = models.CharField(max_length=24)
    subject = models.CharField(max_length=16)
    subject_id = models.UUIDField()
    finding = models.CharField(max_length=32, default="", blank=True)
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    order_id = models.UUIDField(null=True)
    order = belongs_to("orders.Order", "order_id", optional=True)
    link_id = models.UUIDField(null=True)
    link = belongs_to("referrals.Link", "link_id", optional=True)
    score = models.PositiveSmallIntegerField()
    evidence = models.JSONField()
    wants_hold = models.BooleanField()
    happened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, db_default="open")
    reason = models.CharField(max_length=200, db_default="", blank=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind", "subject_id", "finding"], name="signal_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="signal_kind"),
            models.CheckConstraint(
                condition=Q(subject="link", link_id__isnull=False, subject_id=F("link_id"))
                | Q(subject="order", order_id__isnull=False, subject_id=F("order_id"))
                | Q(subject="promoter", subject_id=F("promoter_id")),
                name="signal_subject",
            ),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=100), name="signal_score"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (
                    Q(state__in=["watching", "released", "rejected"], decided_at__isnull=False)
                    & ~Q(reason="")
                ),
                name="signal_decided_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "state", "id"], name="signal_state"),
            models.Index(fields=["institution", "kind", "id"], name="signal_kind_newest"),
            models.Index(fields=["institution", "promoter_id", "id"], name="signal_promoter"),
            models.Index(
                fields=["institution", "order_id"],
                name="signal_order",
                condition=Q(order_id__isnull=False),
            ),
            models.Index(
                fields=["institution", "id"],
                name="signal_to_hold",
                condition=Q(wants_hold=True, held_at__isnull=True),
            ),
        ]


class Hold(InstitutionModel):
    """A commission that is held for a signal; it is let go when no signal wants it held."""

    append_only = True

    signal_id = models.UUIDField()
    signal = belongs_to("risk.Signal", "signal_id", related_name="holds")
    commission_id = models.UUIDField()
    commission = belongs_to("commissions.Commission", "commission_id")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "signal_id", "commission_id"], name="hold_once"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "commission_id"], name="hold_commission"),
        ]


class Progress(InstitutionModel):
    """How far the scan came: the newest click and commission that it saw. Whoever scans, holds or
    decides has this row to himself."""

    touch_id = models.UUIDField(null=True)
    commission_id = models.UUIDField(null=True)
    scanned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="risk_progress_one")]


class Threshold(InstitutionModel):
    """What is usual at the institution (core/risk.py, Limits): one row, changes in the audit log;
    without one the defaults count."""

    usual_link = models.PositiveIntegerField(default=DEFAULT.usual_link)
    usual_network = models.PositiveIntegerField(default=DEFAULT.usual_network)
    usual_automated = models.PositiveIntegerField(default=DEFAULT.usual_automated)
    usual_refunds = models.PositiveSmallIntegerField(default=DEFAULT.usual_refunds)
    show_at = models.PositiveSmallIntegerField(default=DEFAULT.show_at)
    hold_at = models.PositiveSmallIntegerField(default=DEFAULT.hold_at)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution"], name="risk_threshold_one"),
            models.CheckConstraint(
                condition=Q(usual_link__gte=1, usual_network__gte=1, usual_automated__gte=1),
                name="risk_threshold_usual",
            ),
            models.CheckConstraint(
                condition=Q(usual_refunds__lte=99), name="risk_threshold_refunds"
            ),
            models.CheckConstraint(
                condition=Q(show_at__gte=1, show_at__lte=F("hold_at"), hold_at__lte=101),
                name="risk_threshold_scores",
            ),
        ]
