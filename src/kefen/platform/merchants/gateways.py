"""Which addresses may stand for a channel.

In production only the channel's own, over HTTPS: a gateway that can be named freely would be asked
with real keys and believed with real money. A demo or a test (`STAND_INS`) may name an emulator.
"""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

from kefen.core.errors import InvalidInput


def is_stand_in(gateway: str) -> bool:
    """Whether this is an address of a machine at hand, and not of a channel."""
    parts = urlsplit(gateway)
    if parts.scheme != "https":
        return True
    host = parts.hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".test"))


def check(gateway: str) -> None:
    """Raises InvalidInput for what cannot be a channel's address here."""
    parts = urlsplit(gateway)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise InvalidInput(field="gateway", reason="an address like https://host is needed")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput(field="gateway", reason="names and passwords do not belong in it")
    if is_stand_in(gateway) and not settings.STAND_INS:
        raise InvalidInput(
            field="gateway",
            reason="a channel is reached over https at its own host; emulators are for the demo",
        )
