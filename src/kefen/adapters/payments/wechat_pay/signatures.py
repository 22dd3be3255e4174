"""Whether WeChat signed something, now, with a key that this merchant knows.

The SDK looks neither at the time nor, for a serial that it does not know, at whether it should ask
the network: anybody could make it do so.
"""

import base64
import binascii
import re
import time
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

TOLERANCE_SECONDS: Final = 300
_ALGORITHM: Final = "WECHATPAY2-SHA256-RSA2048"


def real_seconds() -> float:
    """The world's time, by which signatures grow stale, whatever a demo's clock says."""
    return time.time()


def is_signed(
    keys: Mapping[str, RSAPublicKey], headers: Mapping[str, str], body: bytes, *, now: float
) -> bool:
    """Whether the body is signed by one of the keys, not long ago and not in the future.

    Header names are in lower case. WeChat's probes (`WECHATPAY/SIGNTEST/…`) are not signed.
    """
    timestamp, serial = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-serial", "")
    nonce = headers.get("wechatpay-nonce", "")
    if headers.get("wechatpay-signature-type", _ALGORITHM) != _ALGORITHM or not nonce:
        return False
    if not re.fullmatch(r"[0-9]{1,12}", timestamp) or abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    key = keys.get(serial) or keys.get(serial.upper().lstrip("0"))
    try:
        signature = base64.b64decode(headers.get("wechatpay-signature", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return key is not None and _fits(key, signature, b"%b\n%b\n%b\n", timestamp, nonce, body)


def _fits(
    key: RSAPublicKey, signature: bytes, shape: bytes, timestamp: str, nonce: str, body: bytes
) -> bool:
    try:
        key.verify(
            signature, shape % (timestamp.encode(), nonce.encode(), body), PKCS1v15(), SHA256()
        )
    except InvalidSignature:
        return False
    return True
