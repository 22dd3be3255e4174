"""Reads of links, touches and attributions."""

from uuid import UUID

from kefen.catalog import queries as catalog
from kefen.core.errors import UnknownLink
from kefen.platform.tenancy import scope
from kefen.promoters import queries as promoters
from kefen.referrals.contracts import LinkRecord
from kefen.referrals.models import Attribution, Link, ShortCode


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
        course=None
        if row.course_id is None
        else catalog.by_ids([row.course_id])[row.course_id],
        session_id=row.session_id,
        label=row.label,
    )


def attributions(ids: set[UUID]) -> dict[UUID, Attribution]:
    """Stored decisions by id."""
    return {row.id: row for row in Attribution.objects.filter(id__in=ids)}
