"""A course's cover photo and its planned prices, each with a form of its own."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefen.catalog import actions
from kefen.catalog import queries as catalog
from kefen.catalog.contracts import LARGEST_PHOTO
from kefen.catalog.models import Course
from kefen.core.errors import DomainError, InvalidInput, NotFound
from kefen.faces.web import problems, typed
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator import course_build as build


@require_POST
@operator_page(may="courses")
def cover(entry: Entry, code: str) -> HttpResponse:
    """Show a photo, or the sign again."""
    row = catalog.page(code)
    try:
        if entry.posted.get("decision") == "drop":
            actions.drop_cover(row.code, actor=entry.actor)
            entry.say(_("The photo is gone; the sign is shown again."))
        else:
            actions.set_cover(row.code, _photo(entry), actor=entry.actor)
            entry.say(_("The photo is shown from now on; posters are drawn anew."))
    except DomainError as refusal:
        return _refused(entry, row, refusal, "photo")
    return entry.to("operator_course", row.code)


def _photo(entry: Entry) -> bytes:
    """What was sent. Raises InvalidInput for nothing, and for too much before it is read."""
    sent = entry.request.FILES.get("photo")
    if sent is None:
        raise InvalidInput(field="photo", reason=_("choose a file first"))
    return bytes(sent.read(LARGEST_PHOTO + 1))


@require_POST
@operator_page(may="courses")
def price(entry: Entry, code: str) -> HttpResponse:
    """Plan a price, or drop one that has not begun."""
    row, values = catalog.page(code), entry.posted
    try:
        if values.get("decision") == "drop":
            actions.drop_price(row.code, _identity(values.get("price", "")), actor=entry.actor)
            entry.say(_("The planned price is dropped."))
        else:
            starts_at = typed.local_instant(
                values.get("starts_at", ""), entry.school.zone, field="starts_at"
            )
            if starts_at is None:
                raise InvalidInput(field="starts_at", reason=_("write a day and a time"))
            amount = typed.amount(values.get("amount", ""), entry.school.currency)
            actions.plan_price(row.code, amount, starts_at, actor=entry.actor)
            entry.say(_("Planned. Orders placed before keep their price."))
    except DomainError as refusal:
        return _refused(entry, row, refusal, "price")
    return entry.to("operator_course", row.code)


def _refused(entry: Entry, row: Course, refusal: DomainError, which: str) -> HttpResponse:
    form = problems.form_of(refusal, entry.posted, entry.school.currency)
    screen = build.course(entry, row, lesson_form=form, refused=which)
    return entry.show("web/operator/course.html", screen, "courses", problems.status_of(refusal))


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(what="price") from error
