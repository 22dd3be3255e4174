"""Reads of the audit log."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Collate

from kefen.platform.audit.models import PlatformRecord, Record
from kefen.platform.identity.contracts import ActorKind
from kefen.platform.tenancy.scope import institution_id

NEWEST_FIRST: Final = ("-at", "-id")
# From one to the next by an index: as many look-ups as there are verbs, however many rows.
_VERBS: Final = """
WITH RECURSIVE found (verb) AS (
  (SELECT verb FROM audit_record WHERE institution_id = %(institution)s ORDER BY verb LIMIT 1)
  UNION ALL
  SELECT (SELECT r.verb FROM audit_record r
           WHERE r.institution_id = %(institution)s AND r.verb > found.verb ORDER BY r.verb LIMIT 1)
    FROM found WHERE found.verb IS NOT NULL)
SELECT verb FROM found WHERE verb IS NOT NULL ORDER BY verb
"""
# The same for what stands before the colon of subjects; ";" is the letter behind it.
_KINDS: Final = """
WITH RECURSIVE found (subject) AS (
  (SELECT subject COLLATE "C" FROM audit_record WHERE institution_id = %(institution)s
    ORDER BY subject COLLATE "C" LIMIT 1)
  UNION ALL
  SELECT (SELECT r.subject COLLATE "C" FROM audit_record r
           WHERE r.institution_id = %(institution)s
             AND r.subject COLLATE "C" >= split_part(found.subject, ':', 1) || ';'
           ORDER BY r.subject COLLATE "C" LIMIT 1)
    FROM found WHERE found.subject IS NOT NULL)
SELECT DISTINCT split_part(subject, ':', 1) FROM found WHERE subject IS NOT NULL
"""


def of_subject(subject: str) -> "QuerySet[Record]":
    """Everything noted about one subject, oldest first."""
    return Record.objects.filter(subject=subject).order_by("id")


def latest(limit: int = 100) -> "QuerySet[Record]":
    """The newest deeds of the institution in scope."""
    return Record.objects.order_by("-id")[:limit]


def listed(
    *,
    who: UUID | None = None,
    verb: str = "",
    about: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> "QuerySet[Record]":
    """What was noted, newest first: by one person, of one kind of deed, in [since, until), about
    something whose number or code begins so (`order:` and the like may stand before it)."""
    found = Record.objects.order_by(*NEWEST_FIRST)
    if who is not None:
        found = found.filter(actor_user=who)
    if verb:
        found = found.filter(verb=verb)
    if not about.isascii():
        return found.none()  # numbers and codes are
    if about:
        found = found.annotate(bare=Collate("subject", "C")).filter(_begins(about))
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found


def _begins(text: str) -> Q:
    """Ranges of an index: nothing but plain comparisons is handed to it."""
    wanted = Q()
    for start in (text, *(f"{kind}:{text}" for kind in _column(_KINDS))):
        wanted |= Q(bare__gte=start, bare__lt=start[:-1] + chr(ord(start[-1]) + 1))
    return wanted


def _column(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"institution": institution_id()})
        return [value for (value,) in cursor.fetchall()]


def between(since: datetime, until: datetime) -> "QuerySet[Record]":
    """Everything noted in [since, until), oldest first."""
    return Record.objects.filter(at__gte=since, at__lt=until).order_by("at", "id")


def verbs() -> list[str]:
    """Every verb that was noted, by name."""
    return _column(_VERBS)


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
