"""Reads of the audit log."""

from django.db.models import QuerySet

from kefen.platform.audit.models import Record


def of_subject(subject: str) -> "QuerySet[Record]":
    """Everything noted about one subject, oldest first."""
    return Record.objects.filter(subject=subject).order_by("id")


def latest(limit: int = 100) -> "QuerySet[Record]":
    """The newest deeds of the institution in scope."""
    return Record.objects.order_by("-id")[:limit]
