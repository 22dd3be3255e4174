"""Exports and the sealed parts of their files."""

from django.db import models
from django.db.models import F, Q

from kefen.core.ids import uuid7
from kefen.platform.exports.contracts import Format, State
from kefen.platform.tenancy.base import InstitutionModel, belongs_to


class ExportFields(models.Model):
    """One file that somebody asked for.

    `party` is whose it is: empty for the institution's own people, `promoter:<code>` for one
    promoter. `attempt` names the run that writes; a run that finds another name there stops, so
    that two runs never make one file. `reason` is a code, `detail` what a refusal said.
    """

    kind = models.CharField(max_length=32)
    parameters = models.JSONField(default=dict)
    format = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Format])
    party = models.CharField(max_length=80, default="", blank=True)
    language = models.CharField(max_length=16, default="", blank=True)
    actor_kind = models.CharField(max_length=16)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    state = models.CharField(
        max_length=8,
        choices=[(one.value, one.value) for one in State],
        default=State.QUEUED.value,
    )
    attempt = models.UUIDField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    file_name = models.CharField(max_length=120, default="", blank=True)
    size = models.PositiveBigIntegerField(default=0)
    reason = models.CharField(max_length=16, default="", blank=True)
    detail = models.TextField(default="", blank=True)
    moved_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Export(ExportFields, InstitutionModel):
    """A file of an institution."""

    class Meta:
        indexes = [
            models.Index(fields=["institution", "party", "asked_at", "id"], name="export_of")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in State]), name="export_state_known"
            ),
            models.CheckConstraint(
                condition=Q(format__in=[one.value for one in Format]), name="export_format_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(expires_at__isnull=False, ready_at__isnull=False, done=F("total")),
                name="export_ready_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(reason=""), name="export_failed_says_why"
            ),
        ]


class Part(InstitutionModel):
    """A piece of a file, encrypted; `attempt` is the run that wrote it."""

    export_id = models.UUIDField()
    export = belongs_to("exports.Export", "export_id", "parts")
    attempt = models.UUIDField()
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "export_id", "attempt", "number"], name="export_part_once"
            )
        ]


class PlatformExport(ExportFields):
    """A file of the platform's own people; shared, because it belongs to no institution."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="platform_export_asked")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in State]),
                name="platform_export_state_known",
            ),
            models.CheckConstraint(
                condition=Q(format__in=[one.value for one in Format]),
                name="platform_export_format_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(expires_at__isnull=False, ready_at__isnull=False, done=F("total")),
                name="platform_export_ready_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(reason=""), name="platform_export_failed_says_why"
            ),
        ]


class PlatformPart(models.Model):
    """A piece of a file of the platform, encrypted; as `Part`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    export = models.ForeignKey(PlatformExport, on_delete=models.CASCADE, related_name="parts")
    attempt = models.UUIDField()
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["export", "attempt", "number"], name="platform_export_part_once"
            )
        ]
