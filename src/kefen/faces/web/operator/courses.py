"""Courses in the console: list, editor, live schedule, on sale and off."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kefen.catalog import actions
from kefen.catalog import queries as catalog
from kefen.catalog.models import Course
from kefen.compliance import actions as compliance
from kefen.core.errors import DomainError, InvalidInput, NotFound
from kefen.faces.web import posters, problems
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator import course_build as build
from kefen.faces.web.operator import course_form, course_posters
from kefen.faces.web.templatetags.kefen import major

_COURSE = "web/operator/course.html"
_SALE = "web/operator/course_sale.html"


@require_safe
@operator_page()
def listed(entry: Entry) -> HttpResponse:
    """Every course."""
    return entry.show("web/operator/courses.html", build.listed(entry), "courses")


@require_http_methods(["GET", "POST"])
@operator_page(may="courses")
def new(entry: Entry) -> HttpResponse:
    """A new course; it is a draft until somebody puts it on sale."""
    if entry.request.method == "GET":
        return entry.show(_COURSE, build.new(entry), "courses")
    values = entry.posted
    code = values.get("code", "").strip()
    try:
        wanted = course_form.course(values, entry.school, code)
        actions.add_course(wanted, draft=True, actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, values, entry.school.currency)
        status = problems.status_of(refusal)
        return entry.show(_COURSE, build.new(entry, form), "courses", status)
    entry.say(_("The draft is kept. Add live lessons, then put it on sale."))
    return entry.to("operator_course", code)


@require_http_methods(["GET", "POST"])
@operator_page()
def course(entry: Entry, code: str) -> HttpResponse:
    """One course: everybody looks, who may changes."""
    row = catalog.page(code)
    if entry.request.method == "GET":
        return entry.show(_COURSE, build.course(entry, row), "courses")
    values = entry.posted
    if values.get("price_was") and values["price_was"] == values.get("list_price"):
        # Not typed: a planned price that began while the form was open stays.
        values = {**values, "list_price": major(row.price, entry.school.currency)}
    try:
        wanted = course_form.course(values, entry.school, row.code)
        changed = actions.change_course(wanted, actor=entry.actor)
        compliance.look_at(f"course:{row.code}")
    except DomainError as refusal:
        form = problems.form_of(refusal, values, entry.school.currency)
        status = problems.status_of(refusal)
        return entry.show(_COURSE, build.course(entry, row, form), "courses", status)
    if changed:
        entry.say(_("Saved. Posters are drawn anew; orders already placed keep their terms."))
    else:
        entry.say(_("Nothing was changed."))
    return entry.to("operator_course", row.code)


@require_http_methods(["GET", "POST"])
@operator_page(may="courses")
def sale(entry: Entry, code: str) -> HttpResponse:
    """On sale or off it: first what follows, then the deed."""
    row = catalog.page(code)
    if entry.request.method == "GET":
        return entry.show(_SALE, build.sale(entry, row), "courses")
    wanted = entry.posted.get("decision", "")
    try:
        if wanted == "on":
            actions.put_on_sale(row.code, actor=entry.actor)
            entry.say(_("The course is on sale."))
        elif wanted == "off":
            actions.take_off_sale(row.code, actor=entry.actor)
            entry.say(_("The course is off sale. Links to it go on counting."))
        else:
            raise InvalidInput(field="decision", reason=_("choose one of the list"))
    except DomainError as refusal:
        form = problems.form_of(refusal, {}, entry.school.currency)
        status = problems.status_of(refusal)
        return entry.show(_SALE, build.sale(entry, row, form), "courses", status)
    return entry.to("operator_course", row.code)


@require_POST
@operator_page(may="courses")
def lesson_add(entry: Entry, code: str) -> HttpResponse:
    """One more live lesson."""
    row = catalog.page(code)
    try:
        actions.schedule(
            row.id, [course_form.lesson(entry.posted, entry.school)], actor=entry.actor
        )
    except DomainError as refusal:
        return _refused(entry, row, refusal, "new")
    entry.say(_("The lesson is in the schedule."))
    return entry.to("operator_course", row.code)


@require_POST
@operator_page(may="courses")
def lesson(entry: Entry, code: str, id: str) -> HttpResponse:  # noqa: A002 - the address's word
    """Move a lesson, or take it out."""
    row, found = catalog.page(code), catalog.session(_identity(id))
    if found.course_id != row.id:
        raise NotFound(what="session")
    try:
        if entry.posted.get("decision") == "drop":
            actions.drop_lesson(found.id, actor=entry.actor)
            entry.say(_("The lesson is out of the schedule."))
        else:
            wanted = course_form.lesson(entry.posted, entry.school)
            actions.move_lesson(found.id, wanted, actor=entry.actor)
            compliance.look_at(f"lesson:{found.id}")
            entry.say(_("The lesson is moved; students see the new time at once."))
    except DomainError as refusal:
        return _refused(entry, row, refusal, id)
    return entry.to("operator_course", row.code)


def _refused(entry: Entry, row: Course, refusal: DomainError, which: str) -> HttpResponse:
    form = problems.form_of(refusal, entry.posted, entry.school.currency)
    screen = build.course(entry, row, lesson_form=form, refused=which)
    return entry.show(_COURSE, screen, "courses", problems.status_of(refusal))


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(what="session") from error


@require_safe
@operator_page()
def poster(entry: Entry, code: str, look: str) -> HttpResponse:
    """A look at a poster of the course."""
    if look not in posters.LOOKS:
        raise NotFound(what="poster")
    picture = course_posters.picture(entry, catalog.page(code), look)
    return HttpResponse(picture, content_type="image/jpeg")
