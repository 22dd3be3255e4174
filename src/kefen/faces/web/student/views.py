"""What students see: the school, a course, their orders."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from kefen.catalog import queries as catalog
from kefen.catalog.models import Status
from kefen.core.errors import ChannelError, OrderNotOpen
from kefen.core.states import OrderState
from kefen.faces.web import landings
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.student import build, ways
from kefen.faces.web.student.paying import to_cashier
from kefen.faces.web.student.seeing import numbers_of, to_order, visible
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.platform import jobs


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
    row = catalog.published(course)
    return entry.show("web/student/course.html", build.course(entry, row))


@require_safe
@school_page
def course_trial(entry: Entry, course: str) -> HttpResponse:
    """The trial lesson, for everybody. Without one the course itself."""
    row = catalog.published(course)
    lesson = build.trial_of(row)
    if lesson is None or row.status != Status.ON_SALE:
        return entry.show("web/student/course.html", build.course(entry, row))
    return entry.show("web/student/trial.html", build.trial(entry, row, lesson))


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
    channel = queries.channel_under_way(number) if came_back else None
    if channel is not None:
        # Its notice may be late or lost: ask now instead of by the clock.
        jobs.enqueue("payments.ask", once=True, order=number, channel=channel)
    unknown = entry.request.session.get("unknown_code", {}).get(number, "")
    screen = build.order(entry, row, confirming=channel is not None, unknown_code=unknown)
    return entry.show("web/student/order.html", screen)


@require_POST
@school_page
def order_pay(entry: Entry, number: str) -> HttpResponse:
    """To the cashier again; one that took the money says so."""
    row = visible(entry, number)
    if row.state != OrderState.PLACED:
        return to_order(entry, number)
    way = ways.chosen(entry.request, entry.posted.get("channel", ""))
    return to_cashier(entry, number, way, entry.query.get("r", ""))


@require_POST
@school_page
def order_cancel(entry: Entry, number: str) -> HttpResponse:
    """Give an unpaid order up."""
    visible(entry, number)
    if queries.channel_under_way(number) is not None:
        return to_order(entry, number, back="1")
    try:
        orders.shut_and_cancel(number)
    except (OrderNotOpen, ChannelError):
        return to_order(entry, number, back="1")
    return to_order(entry, number)


@require_safe
@school_page
def my_orders(entry: Entry) -> HttpResponse:
    """Own orders."""
    return entry.show("web/student/my_orders.html", build.my_orders(entry, numbers_of(entry)))
