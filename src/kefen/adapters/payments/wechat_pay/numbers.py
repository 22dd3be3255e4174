"""Our numbers as WeChat takes them, and back.

Ours are 1 to 64 of `A-Z a-z 0-9 . _ -`; a number that cannot be written is refused, never cut.

- A payment's `out_trade_no` is 6 to 32 of letters, digits and `_-*`, and belongs to one way of
  paying: asked for again in another way it is refused, and once closed it cannot be opened again.
  So ours is followed by `*`, one letter for the way and the attempt, and zeros up to 6 places.
- Numbers of refunds and splits are up to 64 of `A-Z a-z 0-9 _ - | * @`.
- A transfer's `out_bill_no` is up to 32 letters and digits; the rare `Z` marks what is neither.

`.` is written `*` where that is allowed.
"""

import re
import string
from typing import Final

from kefen.core.errors import ChannelRejected, InvalidInput
from kefen.ports.payments import Method

CHANNEL: Final = "wechat_pay"
METHODS: Final = (Method.IN_APP, Method.CODE, Method.MOBILE)
# How often an order may be closed and opened again in one way of paying.
ATTEMPTS: Final = 20
_OURS: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PLACES: Final = string.ascii_uppercase + string.ascii_lowercase + string.digits
_SHORTEST_TRADE: Final = 6
_LONGEST_TRADE: Final = 32
_LONGEST_BILL: Final = 32
_MARKED: Final = {"Z": "ZZ", "_": "ZU", "-": "ZH", ".": "ZD"}
_UNMARKED: Final = {marked: plain for plain, marked in _MARKED.items()}


def write_trade(order: str, method: Method, attempt: int = 0) -> str:
    """The `out_trade_no` of an order in one way of paying. Raises ChannelRejected."""
    place = _PLACES[METHODS.index(method) * ATTEMPTS + attempt]
    number = f"{_plain(order).replace('.', '*')}*{place}".ljust(_SHORTEST_TRADE, "0")
    return _fitting(order, number, _LONGEST_TRADE)


def read_trade(number: str) -> str:
    """The order of an `out_trade_no`. Raises InvalidInput if it is none of ours."""
    written, _, tail = number.rpartition("*")
    order = written.replace("*", ".")
    places = _PLACES[: len(METHODS) * ATTEMPTS]
    if tail[:1] not in places or not tail or not _OURS.fullmatch(order):
        raise _foreign(number)
    method, attempt = divmod(places.index(tail[0]), ATTEMPTS)
    if "." in number or write_trade(order, METHODS[method], attempt) != number:
        raise _foreign(number)
    return order


def write_number(number: str) -> str:
    """A refund's or a split's number as WeChat takes it. Raises ChannelRejected."""
    return _plain(number).replace(".", "*")


def read_number(number: str) -> str:
    """What `write_number` wrote. Raises InvalidInput."""
    plain = number.replace("*", ".")
    if "." in number or not _OURS.fullmatch(plain):
        raise _foreign(number)
    return plain


def write_bill(number: str) -> str:
    """A transfer's `out_bill_no`. Raises ChannelRejected."""
    written = "".join(_MARKED.get(letter, letter) for letter in _plain(number))
    return _fitting(number, written, _LONGEST_BILL)


def read_bill(number: str) -> str:
    """What `write_bill` wrote. Raises InvalidInput."""
    if not re.fullmatch(r"(?:[A-Ya-z0-9]|Z[ZUHD]){1,32}", number):
        raise _foreign(number)
    return re.sub(r"Z[ZUHD]", lambda marked: _UNMARKED[marked[0]], number)


def _plain(number: str) -> str:
    if not _OURS.fullmatch(number):
        raise ChannelRejected(channel=CHANNEL, reason=f"the number {number[:70]!r} cannot be sent")
    return number


def _fitting(ours: str, written: str, longest: int) -> str:
    if len(written) > longest:
        reason = f"the number {ours} takes {len(written)} places, WeChat allows {longest}"
        raise ChannelRejected(channel=CHANNEL, reason=reason)
    return written


def _foreign(number: str) -> InvalidInput:
    return InvalidInput(field="number", reason=f"{number[:70]!r} was not given by us")
