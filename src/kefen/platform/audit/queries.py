"""Reads of the audit log."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kefen.platform.audit.models import PlatformRecord, Record
from kefen.platform.identity.contracts import ActorKind


def of_subject(subject: str) -> "QuerySet[Record]":
    """Everything noted about one subject, oldest first."""
    return Record.objects.filter(subject=subject).order_by("id")


def latest(limit: int = 100) -> "QuerySet[Record]":
    """The newest deeds of the institution in scope."""
    return Record.objects.order_by("-id")[:limit]


def listed() -> "QuerySet[Record]":
    """Everything noted, newest first, for lists."""
    return Record.objects.order_by("-id")


def between(since: datetime, until: datetime) -> "QuerySet[Record]":
    """Everything noted in [since, until), oldest first."""
    return Record.objects.filter(at__gte=since, at__lt=until).order_by("at", "id")


def verbs() -> list[str]:
    """Every verb that was noted, by name."""
    return list(Record.objects.order_by("verb").values_list("verb", flat=True).distinct())


def newest(verb: str) -> Record | None:
    """The newest deed of one kind."""
    return Record.objects.filter(verb=verb).order_by("-id").first()


def newest_by_people() -> datetime | None:
    """When somebody of the institution, or one of its promoters, last did something."""
    rows = Record.objects.filter(actor_user__isnull=False).exclude(actor_kind=ActorKind.PLATFORM)
    return rows.order_by("-at").values_list("at", flat=True).first()


def of_platform(institution: UUID | None = None) -> "QuerySet[PlatformRecord]":
    """The platform's log, newest first, or what it says of one institution."""
    found = PlatformRecord.objects.select_related("institution").order_by("-id")
    return found if institution is None else found.filter(institution_id=institution)


def platform_verbs() -> list[str]:
    """Every verb of the platform's log, by name."""
    return list(PlatformRecord.objects.order_by("verb").values_list("verb", flat=True).distinct())
