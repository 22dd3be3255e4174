"""What students see: the school, a course, their orders."""

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from kefen.catalog import queries as catalog
from kefen.catalog.models import Status
from kefen.core.errors import NotFound
from kefen.core.states import OrderState
from kefen.faces.web import courses, landings, posters, tokens
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.student import build
from kefen.faces.web.student.paying import CHANNEL, to_cashier
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.orders.models import Order
from kefen.platform import jobs

MINE = "orders"
_REMEMBERED = 50


@require_safe
@school_page
@landings.noted
def school(entry: Entry) -> HttpResponse:
    """The school with its courses."""
    return entry.show("web/student/school.html", build.school(entry))


@require_safe
@school_page
@landings.noted
def course(entry: Entry, course: str) -> HttpResponse:
    """A course; whoever carries no visit in the address gets it there, so that a copied address
    and cleared cookies keep it."""
    row = catalog.page(course)
    return entry.show("web/student/course.html", build.course(entry, row))


@require_safe
@school_page
def course_trial(entry: Entry, course: str) -> HttpResponse:
    """The trial lesson, for everybody. Without one the course itself."""
    row = catalog.page(course)
    lesson = build.trial_of(row)
    if lesson is None or row.status != Status.ON_SALE:
        return entry.show("web/student/course.html", build.course(entry, row))
    return entry.show("web/student/trial.html", build.trial(entry, row, lesson))


@require_safe
@school_page
def course_cover(entry: Entry, course: str) -> HttpResponse:  # noqa: ARG001 - the scope is enough
    """The cover of a course, for messengers that show a card."""
    card = courses.card(catalog.page(course))
    return _cover(posters.Cover(card.glyph, card.tone))


@require_safe
@school_page
def school_cover(entry: Entry) -> HttpResponse:
    """The school's sign, for messengers that show a card."""
    return _cover(posters.Cover(entry.school.name[:1], 0))


def _cover(cover: posters.Cover) -> HttpResponse:
    """A picture for everybody, that a machine on the way may keep for an hour."""
    response = HttpResponse(posters.draw_cover(cover), content_type="image/jpeg")
    patch_cache_control(response, public=True, max_age=3600)
    return response


def to_order(entry: Entry, number: str, **query: str) -> HttpResponse:
    """To an order's page; the visit that led to it goes along."""
    if "r" in entry.query:
        query["r"] = entry.query["r"]
    return entry.to("order", number, **query)


def remember(entry: Entry, number: str) -> None:
    """This browser may see this order."""
    known = [f"{entry.school.slug}/{number}", *entry.request.session.get(MINE, [])]
    entry.request.session[MINE] = list(dict.fromkeys(known))[:_REMEMBERED]


def numbers_of(entry: Entry) -> list[str]:
    """The orders of this school that were made or opened on this browser."""
    prefix = f"{entry.school.slug}/"
    known = entry.request.session.get(MINE, [])
    return [one.removeprefix(prefix) for one in known if one.startswith(prefix)]


def visible(entry: Entry, number: str) -> Order:
    """An order that whoever is here may see: by its key, by this browser, by his account.

    Raises NotFound for everybody else, as if there were none.
    """
    row = queries.by_number(number)
    if tokens.opens_order(entry.school, number, entry.query.get("k", "")):
        if number not in numbers_of(entry):
            remember(entry, number)
        return row
    mine = entry.account is not None and row.student_id == entry.account.id
    if not mine and number not in numbers_of(entry):
        raise NotFound(what="order")
    return row


@require_safe
@school_page
def order(entry: Entry, number: str) -> HttpResponse:
    """One order. Back from the cashier it waits for the channel's word."""
    if "k" in entry.query and number in numbers_of(entry):
        # Known on this browser: an address that is passed on from here opens it for nobody else.
        kept = {"back": "1"} if "back" in entry.query else {}
        return to_order(entry, number, **kept)
    row = visible(entry, number)
    came_back = "back" in entry.query and row.state == OrderState.PLACED
    confirming = came_back and queries.payment_is_under_way(number, CHANNEL)
    if confirming:
        # Its notice may be late or lost: ask now instead of by the clock.
        jobs.enqueue("payments.ask", once=True, order=number, channel=CHANNEL)
    unknown = entry.request.session.get("unknown_code", {}).get(number, "")
    screen = build.order(entry, row, confirming=confirming, unknown_code=unknown)
    return entry.show("web/student/order.html", screen)


@require_POST
@school_page
def order_pay(entry: Entry, number: str) -> HttpResponse:
    """To the cashier again; one that took the money says so."""
    row = visible(entry, number)
    if row.state != OrderState.PLACED:
        return to_order(entry, number)
    return to_cashier(entry, number, entry.query.get("r", ""))


@require_POST
@school_page
def order_cancel(entry: Entry, number: str) -> HttpResponse:
    """Give an unpaid order up."""
    visible(entry, number)
    if queries.payment_is_under_way(number, CHANNEL):
        return to_order(entry, number, back="1")
    orders.cancel(number)
    return to_order(entry, number)


@require_safe
@school_page
def my_orders(entry: Entry) -> HttpResponse:
    """Own orders."""
    return entry.show("web/student/my_orders.html", build.my_orders(entry, numbers_of(entry)))
