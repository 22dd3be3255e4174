"""Reads of links, touches and attributions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, QuerySet

from kefen.catalog import queries as catalog
from kefen.core.errors import NotFound, UnknownLink
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.queries import current
from kefen.promoters import queries as promoters
from kefen.referrals.contracts import LinkRecord
from kefen.referrals.models import Attribution, Binding, Landing, Link, ShortCode, Tie, Touch


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


def bound_to(promoter_id: UUID, at: datetime) -> "QuerySet[Binding]":
    """The students reserved for a promoter at an instant, whose time ends soonest first."""
    found = Binding.objects.filter(promoter_id=promoter_id, starts_at__lte=at, ends_at__gt=at)
    return found.filter(replaced_at=None).order_by("ends_at", "id")


def binding(binding_id: UUID) -> Binding:
    """A reservation of a student. Raises NotFound."""
    row = Binding.objects.select_related("promoter").filter(id=binding_id).first()
    if row is None:
        raise NotFound(what="binding")
    return row


def count_of_course(course_id: UUID) -> int:
    """How many links lead to a course."""
    return Link.objects.filter(course_id=course_id).count()


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
    return dict(found.values_list("promoter_id").annotate(number=Count("*")).order_by())


def landings(
    *, since: datetime, until: datetime | None = None, promoter_id: UUID | None = None
) -> int:
    """How many visits saw a page since an instant, or in [since, until), of everybody or of one
    promoter."""
    found = Landing.objects.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    if promoter_id is not None:
        found = found.filter(promoter_id=promoter_id)
    return found.count()


def visits(since: datetime, until: datetime) -> int:
    """How many visits came through links in [since, until)."""
    found = Touch.objects.filter(visitor_id__isnull=False, at__gte=since, at__lt=until)
    return found.count()


def landed_at(touch_ids: Iterable[UUID]) -> datetime | None:
    """When the first of some visits saw a page."""
    found = Landing.objects.filter(touch_id__in=list(touch_ids)).aggregate(at=Min("at"))
    at: datetime | None = found["at"]
    return at


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


_CLICKS = """
SELECT t.course_id, t.link_id, (t.at AT TIME ZONE %(zone)s)::date AS day,
       grouping(t.course_id, t.link_id) > 0, count(*)
  FROM referrals_touch t
 WHERE t.institution_id = %(institution)s AND t.promoter_id = %(promoter)s
   AND t.at >= %(since)s AND t.at < %(until)s AND t.visitor_id IS NOT NULL
 GROUP BY GROUPING SETS ((t.course_id, t.link_id), (day))
"""


@dataclass(frozen=True, slots=True)
class Clicks:
    """Visits through a promoter's links: by (course id, link id) and by day."""

    by_link: dict[tuple[UUID | None, UUID | None], int]
    by_day: dict[date, int]


def clicks_of(promoter_id: UUID, since: datetime, until: datetime) -> Clicks:
    """A promoter's visits in [since, until) by link, and by day of the institution's calendar; one
    query. A visit noted without its link counts for its course."""
    parameters: dict[str, Any] = {
        "institution": scope.institution_id(),
        "zone": current().zone.key,
        "promoter": promoter_id,
        "since": since,
        "until": until,
    }
    found = Clicks({}, {})
    with connection.cursor() as cursor:
        cursor.execute(_CLICKS, parameters)
        for course, link, day, is_day, number in cursor.fetchall():
            if is_day:
                found.by_day[day] = number
            else:
                found.by_link[course, link] = number
    return found


def links_by_id(ids: Iterable[UUID]) -> dict[UUID, Link]:
    """Links by id."""
    return {row.id: row for row in Link.objects.filter(id__in=list(ids))}


def visits_in_order() -> "QuerySet[Touch]":
    """All visits through links, in order of arrival."""
    return Touch.objects.filter(visitor_id__isnull=False).order_by("id")
