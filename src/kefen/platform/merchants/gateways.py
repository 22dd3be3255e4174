"""Which addresses may stand for a channel.

Only those that the channel publishes, letter by letter: a gateway that can be named freely would
be asked with real keys and believed with real money. A demo or a test (`STAND_INS`) may name the
channel's own place for trying, or an emulator on this machine.
"""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from kefen.core.errors import InvalidInput
from kefen.ports.merchants import Channel

_LOOPBACK: Final = ipaddress.IPv6Address("::1")
_LOOPBACKS: Final = ipaddress.IPv4Network("127.0.0.0/8")


def is_stand_in(gateway: str) -> bool:
    """Whether this is an emulator on this machine, named so plainly that no resolver decides."""
    host = host_of(gateway)
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address == _LOOPBACK or address in _LOOPBACKS


def host_of(gateway: str) -> str:
    """The machine that an address names, without its port; empty for what is no address."""
    try:
        return urlsplit(gateway).hostname or ""
    except ValueError:
        return ""


def is_published(channel: Channel, gateway: str) -> bool:
    """Whether the channel says that it is reached there."""
    return gateway in (channel.gateway, *channel.gateways)


def check(channel: Channel, gateway: str) -> None:
    """Raises InvalidInput for what is not the channel's address here."""
    if is_published(channel, gateway):
        return
    if not settings.STAND_INS:
        raise InvalidInput(
            field="gateway", reason="only an address that the channel publishes is possible"
        )
    if gateway in channel.trial_gateways or _is_emulator(gateway):
        return
    raise InvalidInput(
        field="gateway", reason="the channel's own address or an emulator on this machine is needed"
    )


def _is_emulator(gateway: str) -> bool:
    if not is_stand_in(gateway):
        return False
    parts = urlsplit(gateway)
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in {"http", "https"} and plain and "@" not in parts.netloc
