"""Checkout: a phone number and nothing else; the order carries who brought it.

A typed phone number proves nobody: it signs nobody in and ties no browser to its account. The
buyer sees his order by its key, or on the browser that made it."""

from dataclasses import replace

from django.db import transaction
from django.http import HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kefen.catalog import queries as catalog
from kefen.catalog.models import Course, Status
from kefen.core.errors import InvalidInput, NumberConflict
from kefen.core.ids import is_code
from kefen.faces.web import problems, tokens
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.student import build, ways
from kefen.faces.web.student.paying import to_cashier
from kefen.faces.web.student.seeing import remember
from kefen.orders import actions as orders
from kefen.orders.contracts import LineRequest, PlacedOrder, PlaceOrder
from kefen.platform import clock
from kefen.platform.identity import actions as identity
from kefen.referrals import actions as referrals

_TEMPLATE = "web/student/checkout.html"


@require_http_methods(["GET", "POST"])
@school_page
def checkout(entry: Entry, course: str) -> HttpResponse:
    """The form, and placing the order that it asks for."""
    row = catalog.published(course)
    if row.status != Status.ON_SALE:
        status = 200 if entry.request.method == "GET" else 409
        return entry.show("web/student/course.html", build.course(entry, row), status=status)
    if entry.request.method == "GET":
        return entry.show(_TEMPLATE, build.checkout(entry, row, entry.query.get("r", "")))
    return _place(entry, row)


def _place(entry: Entry, row: Course) -> HttpResponse:
    values = entry.posted
    try:
        number = tokens.read_checkout(entry.school, row.code, values.get("number", ""))
        if values.get("terms") != "1":
            raise InvalidInput(field="terms", reason=_("the terms must be accepted"))
        way = ways.chosen(entry.request, values.get("channel", ""))
        placed = _order(entry, row, number)
    except NumberConflict:
        said = _("This form was used for another order already. Look it over and send it again.")
        return _again(entry, row, Form(values, {}, said), 409)
    except InvalidInput as refused:
        # What is not typed has no field to stand beside: it is said above the form.
        typed = {name: value for name, value in values.items() if name != "price"}
        form = problems.form_of(refused, {"terms": "", "phone": "", **typed})
        return _again(entry, row, form, 422)
    remember(entry, number)
    if placed.code_ignored:
        unknown = entry.request.session.get("unknown_code", {})
        entry.request.session["unknown_code"] = {**unknown, number: values["promoter_code"]}
    return to_cashier(entry, number, way, values.get("attribution", ""))


def _again(entry: Entry, row: Course, form: Form, status: int) -> HttpResponse:
    """The form once more, with what was typed and a number of its own."""
    screen = build.checkout(entry, row, form.values.get("attribution", ""), form)
    kept = {
        k: v for k, v in form.values.items() if k in ("phone", "promoter_code", "terms", "channel")
    }
    screen = replace(screen, form=replace(form, values=kept))
    entry.come_back = (
        f"{entry.address('checkout', row.code)}?{urlencode({'r': screen.attribution})}"
    )
    return entry.show(_TEMPLATE, screen, status=status)


@transaction.atomic
def _order(entry: Entry, row: Course, number: str) -> PlacedOrder:
    """The order, and who bought it. All of it or nothing.

    A code counts for later orders as well only where he who typed it is signed in as the student.
    The visits count for this order alone; whoever is signed in has his browser tied by
    `visits.tie_browser`, and by ordering again.
    """
    values = entry.posted
    account = identity.account_with_phone(values.get("phone", ""))
    visitors = tokens.visitors_of(entry.request, entry.school, values.get("attribution", ""))
    own = tokens.visitor_of(entry.request)
    proved = entry.account is not None and entry.account.id == account.id
    if own is not None and proved:
        referrals.identify(own, account.id)
    typed = values.get("promoter_code", "").strip()
    at = clock.now()
    price = catalog.by_codes([row.code])[row.code].at(at).list_price
    shown = values.get("price", str(price))
    if shown != str(price):
        raise InvalidInput(
            field="price", reason=_("it has changed since you looked; this is the new one")
        )
    line = LineRequest(number=1, course=row.code, quantity=1, paid=price)
    placed = orders.place_one(
        PlaceOrder(
            number=number,
            student=account.code,
            at=at,
            lines=[line],
            code=typed if typed and is_code(typed) else None,
            visitors=visitors,
            signed_in=None if entry.account is None else entry.account.id,
            code_once=not proved,
        )
    )
    if typed and not is_code(typed):
        placed = replace(placed, code_ignored=True)
    return placed
