"""The audit log of an institution."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate

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
