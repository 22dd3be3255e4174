"""What a promoter passes on: posters, links, ready texts."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from kefen.catalog import queries as catalog
from kefen.core.errors import InvalidInput, NotFound
from kefen.faces.web import posters as drawn
from kefen.faces.web import problems
from kefen.faces.web.entry import Entry, promoter_page
from kefen.faces.web.promoter import links as link_page
from kefen.faces.web.promoter import posters
from kefen.referrals import actions as referrals
from kefen.referrals import queries


@require_safe
@promoter_page
def poster(entry: Entry, course: str) -> HttpResponse:
    """The poster of a course; one that nobody can buy has none and offers others."""
    row = catalog.page(course)
    if not posters.has_poster(row):
        screen = posters.no_poster(entry, row)
        return entry.show("web/promoter/no_poster.html", screen, "courses", 404)
    link = posters.link_for(entry, row)
    posters.poster_of(entry, row, link)  # words that may not be published are said here, in words
    return entry.show("web/promoter/poster.html", posters.sheet(entry, row, link), "courses")


@require_safe
@promoter_page
def picture(entry: Entry, link: str, look: str) -> HttpResponse:
    """The picture itself, for the promoter whose link is on it."""
    own = queries.own_link(entry.me.id, link)
    if own.course is None or not posters.has_poster(own.course) or look not in drawn.LOOKS:
        raise NotFound(what="poster")
    return HttpResponse(posters.picture(entry, own.course, own, look), content_type="image/jpeg")


@require_http_methods(["GET", "POST"])
@promoter_page
def links(entry: Entry) -> HttpResponse:
    """All own links with their visits, and a new one for a channel."""
    if entry.request.method == "GET":
        return entry.show("web/promoter/links.html", link_page.links(entry), "courses")
    values = entry.posted
    try:
        made = referrals.make_link(
            entry.me.id, label=values.get("label", ""), **_target(values.get("target", ""))
        )
    except InvalidInput as refusal:
        form = problems.form_of(refusal, values, entry.school.currency)
        screen = link_page.links(entry, form)
        return entry.show("web/promoter/links.html", screen, "courses", 422)
    return entry.to("promoter_links", made=made.short_code)


def _target(wanted: str) -> dict[str, UUID]:
    """Where a new link leads, from the choice of the form. Raises InvalidInput, NotFound."""
    kind, _, name = wanted.partition(":")
    if kind == "course":
        row = catalog.page(name)
    elif kind == "session":
        row = catalog.session(_uuid(name)).course
    elif wanted == "school":
        return {}
    else:
        raise InvalidInput(field="target", reason="choose one of the list")
    if not posters.has_poster(row):
        raise NotFound(what="course")
    return {"course_id": row.id} | ({"session_id": _uuid(name)} if kind == "session" else {})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput(field="target", reason="choose one of the list") from error
