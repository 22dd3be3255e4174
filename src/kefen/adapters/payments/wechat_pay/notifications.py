"""What WeChat tells: signed, and encrypted with the merchant's own key (API v3 密钥)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from wechatpayv3.utils import aes_decrypt  # type: ignore[import-untyped]

from kefen.adapters.payments.wechat_pay import events
from kefen.adapters.payments.wechat_pay.account import Account
from kefen.adapters.payments.wechat_pay.account import read as read_account
from kefen.adapters.payments.wechat_pay.connection import TIMEOUT, Connection, Timeout
from kefen.adapters.payments.wechat_pay.numbers import CHANNEL
from kefen.adapters.payments.wechat_pay.signatures import is_signed, real_seconds
from kefen.core.errors import BadSignature, InvalidInput
from kefen.ports.merchants import Merchants
from kefen.ports.payments import Acknowledgement, ChannelEvent, EventKind

_ALGORITHM: Final = "AEAD_AES_256_GCM"
_SEALED: Final = "ciphertext"


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What is around the encrypted content."""

    number: str
    kind: str
    written_at: datetime
    content: Mapping[str, Any]


class Notified:
    """The part of the adapter that hears. Each verb reads the institution's account anew."""

    name = CHANNEL
    # WeChat reads the status alone; 204 says that there is nothing more to read.
    acknowledgement = Acknowledgement(status=204, body="")

    def __init__(
        self,
        merchants: Merchants,
        *,
        notify_url: Callable[[], str] = str,
        timeout: Timeout = TIMEOUT,
    ) -> None:
        """`notify_url` is where the institution in scope hears from WeChat."""
        self._merchants = merchants
        self._notify_url = notify_url
        self._timeout = timeout

    def account(self, institution: str) -> Account:
        """The institution's merchant number. Raises NotFound, InvalidInput."""
        return read_account(self._merchants(institution))

    def connection(self, institution: str) -> Connection:
        """Its way to WeChat. Raises NotFound, InvalidInput."""
        return Connection(self.account(institution), self._timeout)

    def read_notification(
        self, institution: str, headers: Mapping[str, str], body: bytes
    ) -> ChannelEvent:
        """Verify and translate a notification. Raises BadSignature, InvalidInput, NotFound."""
        account = self.account(institution)
        if not is_signed(account.keys, headers, body, now=real_seconds()):
            raise BadSignature(channel=CHANNEL)
        try:
            return _translated(account, body)
        except InvalidInput as error:
            # Sealed for another merchant: WeChat wrote it, and not to this institution.
            if error.params.get("field") == _SEALED:
                raise BadSignature(channel=CHANNEL) from error
            raise

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        """Translate a body that was verified before. Raises InvalidInput, NotFound."""
        return _translated(self.account(institution), body)


def _translated(account: Account, body: bytes) -> ChannelEvent:
    envelope = _opened(account, body)
    about, content = envelope.kind, envelope.content
    event: ChannelEvent | None = None
    if about.startswith("TRANSACTION."):
        event = _or_foreign(lambda: events.payment(content, account, event=envelope.number))
    elif about.startswith("REFUND."):
        event = _or_foreign(
            lambda: events.refund(
                content, account, event=envelope.number, told_at=envelope.written_at
            )
        )
    elif about.startswith("MCHTRANSFER.BILL."):
        event = _or_foreign(lambda: events.transfer(content, account, event=envelope.number))
    return event or _other(envelope)


def _or_foreign(read: Callable[[], ChannelEvent | None]) -> ChannelEvent | None:
    """What another system does under the same merchant number is not ours to judge."""
    try:
        return read()
    except InvalidInput as error:
        if error.params.get("field") == "number":
            return None
        raise


def _other(envelope: _Envelope) -> ChannelEvent:
    return ChannelEvent(
        event=envelope.number,
        kind=EventKind.OTHER,
        subject=envelope.number[:64],
        order="",
        amount=0,
        currency=events.CURRENCY,
        at=envelope.written_at,
        reason=envelope.kind[:64],
    )


def _opened(account: Account, body: bytes) -> _Envelope:
    outside = _object(body, "body")
    resource = events.mapping(outside, "resource")
    if resource.get("algorithm") != _ALGORITHM:
        raise InvalidInput(field="algorithm", reason=f"{_ALGORITHM} is needed")
    number = events.text(outside, "id")
    if not 1 <= len(number) <= 128:
        raise InvalidInput(field="id", reason="it has 1 to 128 letters")
    try:
        opened = aes_decrypt(
            nonce=events.text(resource, "nonce"),
            ciphertext=_long(resource, "ciphertext"),
            associated_data=events.text(resource, "associated_data", ""),
            apiv3_key=account.api_v3_key,
        )
    except (ValueError, OverflowError) as error:
        raise InvalidInput(field=_SEALED, reason="it cannot be opened") from error
    if opened is None:
        raise InvalidInput(field=_SEALED, reason="it was not written with this key")
    return _Envelope(
        number=number,
        kind=events.text(outside, "event_type"),
        written_at=events.instant(outside, "create_time"),
        content=_object(opened, "content"),
    )


def _long(content: Mapping[str, Any], name: str) -> str:
    found = content.get(name)
    if not isinstance(found, str):
        raise InvalidInput(field=name, reason="it is a text")
    return found


def _object(text: bytes | str, field: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(field=field, reason="it is not JSON") from error
    if not isinstance(content, dict):
        raise InvalidInput(field=field, reason="it is not an object")
    return content
