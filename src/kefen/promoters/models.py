"""Promoters, and who may become one without waiting."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kefen.core.states import PromoterStatus
from kefen.core.terms import PromoterKind
from kefen.platform.tenancy.base import InstitutionModel, belongs_to

KINDS = [kind.value for kind in PromoterKind]
STATUSES = [status.value for status in PromoterStatus]


class Promoter(InstitutionModel):
    """A person enrolled to promote. `code` is what may be typed at checkout and never changes.

    `inviter` is the one person who may earn level 2 by him; there is no chain beyond it.
    """

    code = models.CharField(max_length=64)
    account_id = models.UUIDField(null=True)
    account = belongs_to("identity.Account", "account_id", optional=True)
    nickname = models.CharField(max_length=40, default="", blank=True)
    kind = models.CharField(max_length=16)
    group = models.TextField(null=True)  # noqa: DJ001 - no group is not a group ""
    inviter_id = models.UUIDField(null=True)
    inviter = belongs_to("promoters.Promoter", "inviter_id", related_name="invited", optional=True)
    status = models.CharField(max_length=16)
    active_from = models.DateTimeField(null=True)
    active_to = models.DateTimeField(null=True)
    applied_at = models.DateTimeField()
    # What a lecturer teaches, what a channel is: for whoever decides.
    about = models.CharField(max_length=300, default="", blank=True)
    agreed_at = models.DateTimeField(null=True)
    agreement_version = models.CharField(max_length=16, default="", blank=True)
    adult_declared = models.BooleanField(default=False)
    decision_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="promoter_code"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="promoter_kind"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="promoter_status"),
            models.CheckConstraint(
                condition=Q(inviter_id__isnull=True) | ~Q(inviter_id=F("id")),
                name="promoter_not_own_inviter",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["applied", "rejected"]) | Q(active_from__isnull=False),
                name="promoter_enrolled_since",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(decision_reason=""),
                name="promoter_rejected_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "inviter_id"], name="promoter_inviter"),
            models.Index(fields=["institution", "applied_at", "id"], name="promoter_applied"),
            models.Index(
                fields=["institution", "status", "applied_at", "id"], name="promoter_by_status"
            ),
            models.Index(
                fields=["institution", "group", "applied_at", "id"], name="promoter_by_group"
            ),
            models.Index(fields=["institution", "account_id"], name="promoter_account"),
        ]


class Admission(InstitutionModel):
    """Which kinds of applicants begin at once, without anybody's decision. One row for an
    institution, or none: then students do (queries.py)."""

    automatic = ArrayField(models.CharField(max_length=16), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution"], name="admission_one"),
            models.CheckConstraint(
                condition=Q(automatic__contained_by=KINDS), name="admission_kinds"
            ),
        ]
