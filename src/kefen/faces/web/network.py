"""From where somebody asks."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from kefen.platform.identity.acting import Origin

# Kept of an address: the network of a city's or a company's gateway, not one household.
_KEPT_BITS = {4: 24, 6: 48}
_DEVICES = (
    ("MicroMessenger", "WeChat"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def client_address(request: HttpRequest) -> str:
    """The network address: what the nearest proxy of ours was asked from, if there is one. Not
    checked to be one at all."""
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.PROXIES
    address: str = request.META.get("REMOTE_ADDR", "")
    return told[-trusted] if 0 < trusted <= len(told) else address


def origin_of(request: HttpRequest) -> Origin:
    """From where somebody acts, as the audit log keeps it: masked to the network, and the kind of
    device, both as far as they are told."""
    agent = request.headers.get("User-Agent", "")
    found = [name for mark, name in _DEVICES if mark in agent]
    return Origin(network_of(client_address(request)), " ".join(found[:2]))


def network_of(address: str) -> str:
    """The network of an address, empty for what is none."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((known, _KEPT_BITS[known.version]), strict=False))
