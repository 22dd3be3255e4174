"""看课: a visit that came by a link saw a page. Noted by the page itself, from the token that the
visit carries, so that neither a cookie nor a script is needed."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponseBase

from kefen.faces.web import tokens
from kefen.faces.web.entry import Entry
from kefen.platform import clock
from kefen.referrals import actions as referrals

_OK = 200


def noted(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A decorator of a page that links lead to; a page that was not shown counts for nothing."""

    @wraps(view)
    def run(entry: Entry, **arguments: str) -> HttpResponseBase:
        response = view(entry, **arguments)
        token = entry.query.get("r", "")
        if token and entry.request.method == "GET" and response.status_code == _OK:
            arrival = tokens.read_arrival(entry.school, token)
            if arrival is not None:
                referrals.record_landing(arrival.visitor, arrival.at, at=clock.now())
        return response

    return run
