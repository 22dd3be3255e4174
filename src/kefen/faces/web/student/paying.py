"""From an order to the channel's cashier and back."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from kefen.core.errors import ChannelUnavailable, NotFound
from kefen.faces.web import tokens
from kefen.faces.web.entry import Entry
from kefen.orders import actions as orders

CHANNEL = "sandbox"


def to_cashier(entry: Entry, number: str) -> HttpResponse:
    """Where the student pays; the way back opens the order without a cookie.

    Raises ChannelUnavailable where no channel collects, and what `open_cashier` raises.
    """
    query = urlencode({"k": tokens.order_key(entry.school, number), "back": "1"})
    back = f"{settings.PUBLIC_URL.rstrip('/')}{entry.address('order', number)}?{query}"
    try:
        url = orders.open_cashier(number, channel=CHANNEL, return_url=back)
    except NotFound as error:
        raise ChannelUnavailable(channel=CHANNEL) from error
    return HttpResponseRedirect(url)
