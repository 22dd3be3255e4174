"""From where somebody asks."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The network address: what the nearest proxy of ours was asked from, if there is one. Not
    checked to be one at all."""
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.PROXIES
    address: str = request.META.get("REMOTE_ADDR", "")
    return told[-trusted] if 0 < trusted <= len(told) else address
