"""From an order to the channel's cashier and back."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kefen.core.errors import ChannelError, NotFound, OrderNotOpen
from kefen.faces.web import tokens
from kefen.faces.web.entry import Entry
from kefen.orders import actions as orders

CHANNEL = "sandbox"


def to_cashier(entry: Entry, number: str, token: str = "") -> HttpResponse:
    """Where the student pays; the way back opens the order without a cookie, and the visit goes
    on to what is bought next. An order that cannot be paid now is kept, and its page says why."""
    key = tokens.order_key(entry.school, number)
    back = f"{settings.PUBLIC_URL.rstrip('/')}{entry.address('order', number)}"
    known = {"k": key}
    if tokens.read_arrival(entry.school, token) is not None:
        known["r"] = token
    query = {**known, "back": "1"}
    try:
        cashier = orders.open_cashier(
            number, orders.PayBy(CHANNEL), return_url=f"{back}?{urlencode(query)}"
        )
    except OrderNotOpen:
        return entry.to("order", number, **known)
    except (ChannelError, NotFound):  # NotFound: no channel collects here
        entry.say(
            _("The payment channel cannot be reached. Your order is kept: try to pay in a moment."),
            tone="amber",
        )
        return entry.to("order", number, **known)
    return HttpResponseRedirect(cashier.url)
