"""The audit log of an institution, and the platform's own."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate

from kefen.core.ids import uuid7
from kefen.platform.tenancy.base import InstitutionModel


class Record(InstitutionModel):
    """One deed. `details` names amounts, codes and before/after, never personal data."""

    append_only = True

    verb = models.CharField(max_length=64)
    subject = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=16)
    actor_user = models.UUIDField(null=True)
    details = models.JSONField(default=dict)
    # From where, as coarse as it may be kept: a network, a kind of device.
    network = models.CharField(max_length=49, default="")
    device = models.CharField(max_length=40, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["institution", "subject", "id"], name="audit_subject"),
            models.Index(fields=["institution", "at", "id"], name="audit_at"),
            models.Index(fields=["institution", "verb", "at", "id"], name="audit_verb"),
            models.Index(
                fields=["institution", "actor_user", "at", "id"],
                name="audit_person",
                condition=Q(actor_user__isnull=False),
            ),
            # What is typed is how a subject begins; "C" makes that a range in every database.
            models.Index(F("institution"), Collate("subject", "C"), name="audit_subject_begins"),
        ]


class PlatformRecord(models.Model):
    """One deed of the platform's people, or one done to an institution's limits, state or licence,
    once more where they look for it: shared by all, so that the whole platform's log is read
    without walking through every institution. `institution` is empty for what concerns none.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey(
        "tenancy.Institution", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    verb = models.CharField(max_length=64)
    subject = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=16)
    actor_user = models.UUIDField(null=True)
    details = models.JSONField(default=dict)
    network = models.CharField(max_length=49, default="")
    device = models.CharField(max_length=40, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["institution", "id"], name="platform_audit_institution"),
            models.Index(fields=["verb", "id"], name="platform_audit_verb"),
            models.Index(fields=["actor_user", "id"], name="platform_audit_actor"),
            models.Index(fields=["at"], name="platform_audit_at"),
        ]
