"""Who may see an order: by its key, by this browser, by his account."""

from typing import Final

from django.http import HttpResponse

from kefen.core.errors import NotFound
from kefen.faces.web import tokens
from kefen.faces.web.entry import Entry
from kefen.orders import queries
from kefen.orders.models import Order

MINE: Final = "orders"
_REMEMBERED: Final = 50


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
