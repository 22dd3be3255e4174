"""Parts of files at rest: encrypted as personal data is, bound to their export, run and place."""

import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kefen.platform.exports import shelf
from kefen.platform.identity.personal import key_for, newest_key

_NONCE_BYTES = 12
_PURPOSE = b"export"


def _place(export: UUID, attempt: UUID, number: int) -> bytes:
    return export.bytes + attempt.bytes + number.to_bytes(4, "big")


def seal(content: bytes, export: UUID, attempt: UUID, number: int) -> bytes:
    """Encrypt one part for the institution in scope, or for the platform."""
    key_id, nonce = newest_key(), os.urandom(_NONCE_BYTES)
    box = AESGCM(key_for(key_id, shelf.owner(), _PURPOSE))
    return bytes([key_id]) + nonce + box.encrypt(nonce, content, _place(export, attempt, number))


def unseal(stored: bytes, export: UUID, attempt: UUID, number: int) -> bytes:
    """Decrypt what `seal` made. Raises InvalidTag for a part that was changed or moved."""
    nonce, rest = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
    box = AESGCM(key_for(stored[0], shelf.owner(), _PURPOSE))
    return box.decrypt(nonce, rest, _place(export, attempt, number))
