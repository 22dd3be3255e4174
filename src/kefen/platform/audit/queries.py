"""Reads of the audit log."""

from datetime import datetime

from django.db.models import QuerySet

from kefen.platform.audit.models import Record


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
