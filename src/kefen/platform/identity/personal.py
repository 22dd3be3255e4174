"""Personal data at rest: AES-256-GCM with key ids, a key per institution, a blind index.

A stored value is `key id (1 byte) + nonce (12) + ciphertext and tag`. Keys come from
`settings.PERSONAL_DATA_KEYS` (the first encrypts, all decrypt) and are narrowed to the
institution by HKDF, so that one institution's key opens nothing of another's.

Whoever runs the installation reads none of it: while one of the platform's staff acts, a field
gives what is masked, whatever asked for it; only `lifted` lets it through, and only a reveal that
is open uses that (compliance/actions/reveal.py).
"""

import hashlib
import hmac
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

from kefen.core.errors import InvariantBroken
from kefen.platform.identity import acting
from kefen.platform.identity.contracts import ActorKind
from kefen.platform.tenancy.scope import institution_id

_NONCE_BYTES = 12
# Where those are who belong to no institution: the platform's own people.
PLATFORM = UUID(int=0)

if TYPE_CHECKING:
    _TextField = models.Field[str, str]
    _BytesField = models.Field[bytes, bytes]
else:
    _TextField = _BytesField = models.Field

_lifted: ContextVar[bool] = ContextVar("kefen_lifted", default=False)


@lru_cache(maxsize=1024)
def key_for(key_id: int, institution: UUID, purpose: bytes) -> bytes:
    """The key with this id, narrowed to one institution and one purpose."""
    keys: dict[int, bytes] = settings.PERSONAL_DATA_KEYS
    if key_id not in keys:
        raise InvariantBroken(invariant=f"personal data key {key_id} is not configured")
    return HKDF(hashes.SHA256(), 32, salt=institution.bytes, info=purpose).derive(keys[key_id])


def newest_key() -> int:
    """The id of the key that encrypts."""
    keys: dict[int, bytes] = settings.PERSONAL_DATA_KEYS
    return next(iter(keys))


def seal(text: str, place: UUID | None = None) -> bytes:
    """Encrypt `text` for the institution in scope, or for another place."""
    return seal_bytes(text.encode(), place)


def seal_bytes(content: bytes, place: UUID | None = None) -> bytes:
    """Encrypt `content` for the institution in scope, or for another place."""
    key_id, nonce, place = newest_key(), os.urandom(_NONCE_BYTES), place or institution_id()
    box = AESGCM(key_for(key_id, place, b"personal"))
    return bytes([key_id]) + nonce + box.encrypt(nonce, content, place.bytes)


def unseal(stored: bytes, place: UUID | None = None) -> str:
    """Decrypt what `seal` made. Raises InvariantBroken for an unknown key, InvalidTag for
    anything that was changed or belongs to another institution."""
    return unseal_bytes(stored, place).decode()


def unseal_bytes(stored: bytes, place: UUID | None = None) -> bytes:
    """Decrypt what `seal_bytes` made; raises as `unseal` does."""
    place = place or institution_id()
    nonce, rest = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
    box = AESGCM(key_for(stored[0], place, b"personal"))
    return box.decrypt(nonce, rest, place.bytes)


def blind_index(text: str, place: UUID | None = None) -> bytes:
    """A keyed digest by which an encrypted value can be found but not read."""
    key = key_for(min(settings.PERSONAL_DATA_KEYS), place or institution_id(), b"index")
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Masked(str):
    """What is shown of personal data to whom it is not shown; never written back."""

    __slots__ = ()


@contextmanager
def lifted() -> Iterator[None]:
    """Give what is read in this block in full, also to the platform's staff: for the one reading
    of a reveal that is open, and nothing else."""
    token = _lifted.set(True)
    try:
        yield
    finally:
        _lifted.reset(token)


def _withheld(text: str) -> str:
    """`text` as it may be read by whoever acts."""
    is_platform = acting.current().actor.kind is ActorKind.PLATFORM
    return Masked(masked(text)) if is_platform and not _lifted.get() else text


class PersonalField(_TextField):
    """A text that is personal data: encrypted in the column, plain only in memory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - as Django calls it
        return "bytea"

    def from_db_value(self, value: Any, *_: Any) -> str:
        return "" if value is None or len(value) == 0 else _withheld(unseal(bytes(value)))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, bytes):
            return value
        if isinstance(value, Masked):
            raise InvariantBroken(invariant="what was read masked is never written back")
        return seal(value) if value else b""


class SealedBytesField(_BytesField):
    """A file: encrypted in the column, plain only in memory."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - as Django calls it
        return "bytea"

    def from_db_value(self, value: Any, *_: Any) -> bytes:
        return unseal_bytes(bytes(value))

    def get_prep_value(self, value: Any) -> bytes:
        return seal_bytes(value)


def masked_name(name: str) -> str:
    """李** for 李小明, A** for Alice; nothing for nothing."""
    return f"{name[0]}**" if name else ""


def masked_id_number(number: str) -> str:
    """1****************X for an ID number: enough to know one's own."""
    return f"{number[:1]}{'*' * (len(number) - 2)}{number[-1:]}" if number else ""


def masked_phone(phone: str) -> str:
    """138****5678 for 13812345678, 91****67 for 91234567: four figures or more stay unsaid."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"{phone[:2]}****{phone[-2:]}" if len(phone) >= 8 else "****"


def masked_email(email: str) -> str:
    """s****@example.org for shen@example.org."""
    name, _, host = email.partition("@")
    return f"{name[:1]}****@{host}"


_ID_NUMBER = re.compile(r"\d{17}[0-9Xx]")
_FIGURES = re.compile(r"\+?[0-9]{8,30}")


def masked(text: str) -> str:
    """Any personal text, masked as what it looks like; nothing for nothing."""
    if _ID_NUMBER.fullmatch(text):
        return masked_id_number(text)
    if _FIGURES.fullmatch(text):
        return masked_phone(text)
    return masked_email(text) if "@" in text else masked_name(text)


def masked_contact(contact: str) -> str:
    """Where somebody is reached, an e-mail address or a phone number; nothing for nothing."""
    if not contact:
        return ""
    return masked_email(contact) if "@" in contact else masked_phone(contact)


def masked_account(account: str) -> str:
    """**** 0016 for a card, an id or a phone number, s****@example.org for an e-mail address."""
    if "@" in account:
        return masked_email(account)
    return f"**** {account[-4:]}" if len(account) >= 8 else "****"
