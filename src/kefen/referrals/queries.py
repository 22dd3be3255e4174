"""Reads of links, touches and attributions."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from kefen.catalog import queries as catalog
from kefen.core.errors import UnknownLink
from kefen.platform.tenancy import scope
from kefen.promoters import queries as promoters
from kefen.referrals.contracts import LinkRecord
from kefen.referrals.models import Attribution, Link, ShortCode, Tie, Touch


def institution_of_code(short_code: str) -> UUID:
    """The institution whose link this short code is. Raises UnknownLink."""
    found = ShortCode.objects.filter(code=short_code).values_list("institution_id", flat=True)
    for institution_id in found:
        return institution_id
    raise UnknownLink(link=short_code)


def link_by_code(short_code: str) -> LinkRecord:
    """The link with this short code, of the institution in scope. Raises UnknownLink."""
    row = Link.objects.filter(short_code=short_code).first()
    if row is None:
        raise UnknownLink(link=short_code)
    return LinkRecord(
        id=row.id,
        institution_id=scope.institution_id(),
        short_code=row.short_code,
        promoter=promoters.by_ids([row.promoter_id])[row.promoter_id],
        course=None if row.course_id is None else catalog.by_ids([row.course_id])[row.course_id],
        session_id=row.session_id,
        label=row.label,
    )


def links_of(promoter_id: UUID) -> "QuerySet[Link]":
    """A promoter's links, newest first, with course and session at hand."""
    found = Link.objects.filter(promoter_id=promoter_id).select_related("course", "session")
    return found.order_by("-created_at", "-id")


def own_link(promoter_id: UUID, short_code: str) -> Link:
    """A promoter's own link, with course and session. Raises UnknownLink for anybody else's."""
    row = links_of(promoter_id).filter(short_code=short_code).first()
    if row is None:
        raise UnknownLink(link=short_code)
    return row


def clicks_by_link(promoter_id: UUID) -> dict[UUID, int]:
    """How many visits came through each link of a promoter, by link id."""
    found = Touch.objects.filter(promoter_id=promoter_id, link_id__isnull=False)
    return dict(found.values_list("link_id").annotate(number=Count("id")).order_by())


def attributions(ids: set[UUID]) -> dict[UUID, Attribution]:
    """Stored decisions by id."""
    return {row.id: row for row in Attribution.objects.filter(id__in=ids)}


def latest_touch(visitor: UUID, *, at: datetime | None = None) -> Touch | None:
    """The newest visit of a visitor, or the one at an instant."""
    found = Touch.objects.filter(visitor_id=visitor)
    if at is not None:
        found = found.filter(at=at)
    return found.order_by("-id").first()


def clicks(
    promoter_ids: Iterable[UUID] | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[UUID, int]:
    """How many visits came through each promoter's links, by promoter id."""
    found = Touch.objects.filter(visitor_id__isnull=False)
    if promoter_ids is not None:
        found = found.filter(promoter_id__in=list(promoter_ids))
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return dict(found.values_list("promoter_id").annotate(number=Count("id")).order_by())


def newest_clicks(limit: int) -> "QuerySet[Touch]":
    """The newest visits, with promoter and course at hand."""
    visits = Touch.objects.filter(visitor_id__isnull=False)
    return visits.select_related("promoter", "course").order_by("-id")[:limit]


def touches_by_id(ids: Iterable[UUID]) -> dict[UUID, Touch]:
    """Touches by id, for showing the evidence of a decision."""
    return {row.id: row for row in Touch.objects.filter(id__in=list(ids))}


def visitors_of(student_id: UUID) -> list[UUID]:
    """The visitors that a student is tied to, in the order in which he was."""
    found = Tie.objects.filter(student_id=student_id).order_by("at", "id")
    return list(found.values_list("visitor_id", flat=True))
