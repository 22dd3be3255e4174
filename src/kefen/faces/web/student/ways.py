"""How the student can pay: the channels of the school, each in the way that fits what he holds in
his hands."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.http import HttpRequest

from kefen.core.errors import InvalidInput
from kefen.platform.merchants import queries as merchants
from kefen.ports import registry
from kefen.ports.payments import Method


class Device(StrEnum):
    """Where the page is looked at; WeChat opens neither other apps nor its own H5 cashier."""

    COMPUTER = "computer"
    PHONE = "phone"
    WECHAT = "wechat"


@dataclass(frozen=True, slots=True)
class Way:
    """A channel, and how it shows itself here."""

    channel: str
    method: Method


_BEST: Final = {
    Device.COMPUTER: (Method.PAGE, Method.CODE),
    Device.PHONE: (Method.MOBILE, Method.PAGE, Method.CODE),
    Device.WECHAT: (Method.IN_APP, Method.PAGE, Method.CODE),
}
# WeChat shows no page of Alipay's.
_BLOCKED: Final = {Device.WECHAT: frozenset({"alipay"})}
_PLAYGROUND: Final = "sandbox"


def device_of(request: HttpRequest) -> Device:
    """What the browser says of itself; whoever lies sees another cashier and nothing else."""
    agent = request.headers.get("User-Agent", "")
    if "MicroMessenger" in agent:
        return Device.WECHAT
    return Device.PHONE if "Mobi" in agent else Device.COMPUTER


def offered(request: HttpRequest) -> tuple[Way, ...]:
    """The ways to pay at the school in scope, real channels before the sandbox."""
    device = device_of(request)
    found = []
    for channel in sorted(merchants.collecting(), key=lambda name: name == _PLAYGROUND):
        able = registry.payments(channel).methods
        best = next((method for method in _BEST[device] if method in able), None)
        if best is not None and channel not in _BLOCKED.get(device, ()):
            found.append(Way(channel, best))
    return tuple(found)


def chosen(request: HttpRequest, channel: str) -> Way | None:
    """The way by its channel; the first for whoever named none, None where there is none at all.

    Raises InvalidInput for a channel that is not offered.
    """
    ways = offered(request)
    if not channel:
        return ways[0] if ways else None
    for way in ways:
        if way.channel == channel:
            return way
    raise InvalidInput(field="channel", reason="one of the ways to pay is needed")
