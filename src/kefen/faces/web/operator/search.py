"""Finding an order, a promoter or a course from anywhere in the console. Each kind shows a few: the
lists have the rest. Phone numbers are encrypted, so only a whole one finds anybody, and only for
roles whose work it is."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from django.http import HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from kefen.catalog import queries as catalog
from kefen.core.states import PromoterStatus
from kefen.faces.web import names
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator.search_screens import Hit, SearchScreen
from kefen.faces.web.student.build import state_of
from kefen.orders import queries as orders
from kefen.orders.models import Order
from kefen.platform.identity import queries as identity
from kefen.platform.identity import rights
from kefen.platform.identity.contracts import AccountFacts
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter

_FEW: Final = 6
_LONGEST: Final = 64
_PHONE: Final = re.compile(r"\+?\d{8,15}")
_BUYERS, _PROMOTERS = "refund", "promoters"
"""The deeds whose roles may look people up by their phone numbers."""


@require_safe
@operator_page()
def search(entry: Entry) -> HttpResponse:
    """What the typed text finds; a page of its own, from which the dialog takes the results."""
    text = entry.query.get("q", "").replace("\x00", "").strip()[:_LONGEST]
    may = rights.deeds_of(entry.role)
    hits = tuple(_hits(entry, text, may)) if text else ()
    screen = SearchScreen(text, hits, by_phone=bool({_BUYERS, _PROMOTERS} & may))
    return entry.show("web/operator/search.html", screen, "search")


def _hits(entry: Entry, text: str, may: frozenset[str]) -> Iterator[Hit]:
    person = _person(text) if {_BUYERS, _PROMOTERS} & may else None
    found = list(orders.numbered_like(text)[:_FEW])
    if person is not None and _BUYERS in may:
        found += orders.of_student(person.id)[:_FEW]
    yield from _orders(entry, found)
    people = promoters.named_like(text, limit=_FEW)
    if person is not None and _PROMOTERS in may:
        his = promoters.of_account(person.id)
        people += [] if his is None or his in people else [his]
    yield from (_promoter(entry, one) for one in people)
    for course in catalog.by_ids(catalog.titled_like(text)[:_FEW]).values():
        url = f"{entry.address('operator_orders')}?{urlencode({'q': course.title})}"
        yield Hit("course", course.title, course.code, url)


def _person(text: str) -> AccountFacts | None:
    """Whose phone number was typed, if it is one."""
    bare = re.sub(r"[\s-]", "", text)
    return identity.account_by_phone(bare) if _PHONE.fullmatch(bare) else None


def _orders(entry: Entry, found: Sequence[Order]) -> Iterator[Hit]:
    rows = orders.by_ids(row.id for row in found)
    buyers = names.students(row.student_id for row in rows.values())
    for row in rows.values():
        lines = list(row.lines.all())
        state = state_of(row, row.total, sum(line.refunded for line in lines))
        titles = "、".join(line.course.title for line in lines)
        note = f"{buyers.get(row.student_id, '')} · {titles}"
        yield Hit("order", row.number, note, entry.address("operator_order", row.number), state)


def _promoter(entry: Entry, row: Promoter) -> Hit:
    address = entry.address("operator_promoter", row.code)
    state = PromoterStatus(row.status).value
    return Hit("promoter", names.promoter_name(row), row.code, address, state)
