"""From an order to the channel's cashier and back.

A channel shows its own page, or gives a text that is scanned as a code, or wants to be called from
within its app. Codes and calls stand on a page of ours (`cashier`), which needs no script to be
read and hears of the payment by itself.
"""

import json
import secrets
from typing import Any, Final

import segno
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kefen.core.errors import ChannelError, ChannelRejected, NotFound, OrderNotOpen
from kefen.faces.web import tokens
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.network import client_address
from kefen.faces.web.student import build
from kefen.faces.web.student.screens import PayScreen
from kefen.faces.web.student.seeing import to_order, visible
from kefen.faces.web.student.ways import Way
from kefen.orders import actions as orders
from kefen.platform.identity import proofs
from kefen.platform.identity.personal import seal, unseal
from kefen.platform.merchants import queries as merchants
from kefen.ports import registry
from kefen.ports.payments import Cashier, Method

_CASHIER: Final = "cashier"
_PAYER: Final = "payer"
_ASKED: Final = "payer_asked"
_REMEMBERED: Final = 5


def to_cashier(entry: Entry, number: str, way: Way | None, token: str = "") -> HttpResponse:
    """Where the student pays; the way back opens the order without a cookie, and the visit goes
    on to what is bought next. An order that cannot be paid now is kept, and its page says why."""
    known = {"k": tokens.order_key(entry.school, number)}
    if tokens.read_arrival(entry.school, token) is not None:
        known["r"] = token
    if way is None:
        entry.say(_("The school takes no payments here yet. Your order is kept."), tone="amber")
        return entry.to("order", number, **known)
    payer = _payer(entry) if way.method is Method.IN_APP else ""
    if payer is None:
        return _ask_who(entry, number, way, token)
    back = f"{settings.PUBLIC_URL.rstrip('/')}{entry.address('order', number)}"
    by = orders.PayBy(way.channel, way.method, payer, client_address(entry.request))
    try:
        cashier = orders.open_cashier(
            number, by, return_url=f"{back}?{urlencode({**known, 'back': '1'})}"
        )
    except OrderNotOpen:
        return entry.to("order", number, **known)
    except (ChannelError, NotFound):  # NotFound: the account was closed a moment ago
        entry.say(
            _("The payment channel cannot be reached. Your order is kept: try to pay in a moment."),
            tone="amber",
        )
        return entry.to("order", number, **known)
    if cashier.url:
        return HttpResponseRedirect(cashier.url)
    _remember(entry, number, way, cashier)
    return entry.to("order_cashier", number, **known)


def _remember(entry: Entry, number: str, way: Way, cashier: Cashier) -> None:
    """What this browser needs to pay by; it may be looked at again, on this browser alone."""
    shown = {
        "channel": way.channel,
        "code": cashier.code,
        "bridge": dict(cashier.bridge),
        "stand_in": cashier.stand_in,
    }
    mine = f"{entry.school.slug}/{number}"
    before = entry.request.session.get(_CASHIER, {})
    kept = [(key, value) for key, value in before.items() if key != mine]
    entry.request.session[_CASHIER] = dict([*kept, (mine, shown)][-_REMEMBERED:])


@require_safe
@school_page
def cashier(entry: Entry, number: str) -> HttpResponse:
    """The code to scan, or the call to the app; once it is paid, the order."""
    row = visible(entry, number)
    shown: dict[str, Any] | None = entry.request.session.get(_CASHIER, {}).get(
        f"{entry.school.slug}/{number}"
    )
    if shown is None:
        return to_order(entry, number)
    screen = PayScreen(
        currency=row.currency,
        number=number,
        state=row.state,
        total=row.total,
        channel=shown["channel"],
        code=_drawn(shown["code"]),
        bridge=json.dumps(shown["bridge"]) if shown["bridge"] else "",
        stand_in=shown["stand_in"],
        key=tokens.order_key(entry.school, number),
        attribution=build.carried(entry, build.arrivals(entry, entry.query.get("r", ""))),
        live=build.live_of(entry, row),
    )
    return entry.show("web/student/cashier.html", screen)


def _drawn(code: str) -> str:
    """The code as a picture inside the page, black on white in every theme."""
    if not code:
        return ""
    made = segno.make(code, error="m", micro=False)
    return made.svg_inline(scale=6, border=4, dark="#000", light="#fff", omitsize=True)


def _payer(entry: Entry) -> str | None:
    """Who pays, by his openid at the app that collects; None while nobody asked WeChat."""
    kept = entry.request.session.get(_PAYER, {}).get(entry.school.slug)
    return None if kept is None else unseal(bytes.fromhex(kept))


def _ask_who(entry: Entry, number: str, way: Way, token: str) -> HttpResponse:
    """WeChat takes payments from somebody whom it knows: ask it, silently, who this is. Where the
    app that collects is not the one that signs in, nobody can be asked: by a code then."""
    app, account = proofs.wechat_app(), merchants.account(way.channel)
    if app is None or account is None or account.settings.get("app_id") != app.app_id:
        return to_cashier(entry, number, Way(way.channel, Method.CODE), token)
    state = secrets.token_urlsafe(24)
    entry.request.session[_ASKED] = {
        "slug": entry.school.slug,
        "state": state,
        "number": number,
        "channel": way.channel,
        "token": token,
    }
    back = settings.PUBLIC_URL.rstrip("/") + entry.address("payer_back")
    return HttpResponseRedirect(
        registry.wechat().authorize_url(app, return_url=back, state=state, silent=True)
    )


@require_safe
@school_page
def payer_back(entry: Entry) -> HttpResponse:
    """From WeChat, which says who pays; nobody is signed in by it."""
    asked = entry.request.session.pop(_ASKED, None) or {}
    known = asked.get("slug") == entry.school.slug
    if not known or not constant_time_compare(entry.query.get("state", ""), asked["state"]):
        entry.say(_("WeChat's answer does not belong to this page. Try again."), tone="amber")
        return entry.to("my_orders")
    number, way = asked["number"], Way(asked["channel"], Method.IN_APP)
    visible(entry, number)
    app = proofs.wechat_app()
    if app is None:
        return to_order(entry, number)
    try:
        openid = registry.wechat().payer(app, entry.query.get("code", "")[:500])
    except ChannelRejected:
        return to_cashier(entry, number, Way(way.channel, Method.CODE), asked["token"])
    payers = entry.request.session.get(_PAYER, {})
    entry.request.session[_PAYER] = {**payers, entry.school.slug: seal(openid).hex()}
    return to_cashier(entry, number, way, asked["token"])
