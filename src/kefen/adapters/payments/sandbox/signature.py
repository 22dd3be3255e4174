"""Signatures after the Standard Webhooks specification 1.0 (standardwebhooks.com).

Signed are id, timestamp and body, so that neither can be taken from another message. Freshness is
a matter of real time: the demo may push its clock ahead by weeks.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from django.conf import settings

from kefen.core.errors import BadSignature

CHANNEL = "sandbox"
TOLERANCE_SECONDS = 300
_VERSION = "v1"


def real_now() -> datetime:
    """The machine's own time, for what must not follow the demo's clock."""
    return datetime.fromtimestamp(time.time(), UTC)


def secret_of(institution: str) -> bytes:
    """The key between the channel and one institution."""
    purpose = f"kefen.sandbox.notifications:{institution}"
    return hmac.new(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


def sign(secret: bytes, event: str, timestamp: int, body: bytes) -> str:
    """One signature as it stands in the header `webhook-signature`."""
    signed = f"{event}.{timestamp}.".encode() + body
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return f"{_VERSION},{base64.b64encode(digest).decode()}"


def signed_headers(institution: str, event: str, body: bytes) -> dict[str, str]:
    """The three headers of a message that leaves now."""
    timestamp = int(time.time())
    return {
        "webhook-id": event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret_of(institution), event, timestamp, body),
    }


def verify(secret: bytes, headers: Mapping[str, str], body: bytes, *, now: float) -> str:
    """Check a message and answer its id. Several signatures, divided by spaces, may be given (a
    key is being changed); one that fits is enough. Raises BadSignature."""
    event = headers.get("webhook-id", "")
    try:
        timestamp = int(headers.get("webhook-timestamp", ""))
        given = [_digest(part) for part in headers.get("webhook-signature", "").split()]
    except (ValueError, binascii.Error) as error:
        raise BadSignature(channel=CHANNEL) from error
    wanted = _digest(sign(secret, event, timestamp, body))
    fits = any(hmac.compare_digest(wanted, digest) for digest in given if digest)
    if not event or not fits or abs(now - timestamp) > TOLERANCE_SECONDS:
        raise BadSignature(channel=CHANNEL)
    return event


def _digest(part: str) -> bytes:
    """The bytes of one `v1,<base64>`; empty for another version, which is not ours to judge."""
    version, _, encoded = part.partition(",")
    return base64.b64decode(encoded, validate=True) if version == _VERSION else b""
