"""Cover photos of courses, and what messengers show beside a page that is passed on."""

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from kefen.catalog import queries as catalog
from kefen.core.errors import NotFound
from kefen.faces.web import courses, posters
from kefen.faces.web.entry import Entry, school_page

_YEAR = 365 * 86_400
_HOUR = 3600
_SIZES = {"wide": True, "small": False}


@require_safe
@school_page
def photo(entry: Entry, course: str, size: str, digest: str) -> HttpResponse:  # noqa: ARG001 - the scope is enough
    """A photo by what it shows: another one has another address, so this one may be kept."""
    row = catalog.page(course)
    if size not in _SIZES or not row.cover_digest or row.cover_digest != digest:
        raise NotFound(what="cover")
    return _picture(catalog.cover_photo(row.id, wide=_SIZES[size]), _YEAR, immutable=True)


@require_safe
@school_page
def course_cover(entry: Entry, course: str) -> HttpResponse:  # noqa: ARG001 - the scope is enough
    """The cover of a course, for messengers that show a card."""
    row = catalog.published(course)
    card = courses.card(row)
    cover = posters.Cover(card.glyph, card.tone, row.cover_digest)
    pixels = catalog.cover_photo(row.id) if row.cover_digest else b""
    return _picture(posters.draw_cover(cover, pixels), _HOUR)


@require_safe
@school_page
def school_cover(entry: Entry) -> HttpResponse:
    """The school's sign, for messengers that show a card."""
    return _picture(posters.draw_cover(posters.Cover(entry.school.name[:1], 0)), _HOUR)


def _picture(jpeg: bytes, seconds: int, *, immutable: bool = False) -> HttpResponse:
    """A picture for everybody, that a machine on the way may keep for a while."""
    response = HttpResponse(jpeg, content_type="image/jpeg")
    kept = {"immutable": True} if immutable else {}
    patch_cache_control(response, public=True, max_age=seconds, **kept)
    return response
