"""The channel's notifications as JSON, written on its side and read on ours."""

import json
from datetime import datetime
from typing import Any

from kefen.core.errors import InvalidInput
from kefen.ports.payments import ChannelEvent, EventKind

_TEXTS = ("id", "institution", "type", "subject", "order", "currency", "at", "reason")


def write(institution: str, event: ChannelEvent) -> str:
    """The body of a notification."""
    return json.dumps(
        {
            "id": event.event,
            "institution": institution,
            "type": event.kind.value,
            "subject": event.subject,
            "order": event.order,
            "amount": event.amount,
            "currency": event.currency,
            "at": event.at.isoformat(),
            "reason": event.reason,
            "until": None if event.until is None else event.until.isoformat(),
            "url": event.url,
            "channel_number": event.channel_number,
        },
        ensure_ascii=False,
    )


def read(institution: str, body: bytes) -> ChannelEvent:
    """The event in a body. Raises InvalidInput for anything that `write` would not write."""
    content = _object(body)
    if content["institution"] != institution:
        raise InvalidInput(field="institution", reason="it is meant for another institution")
    amount = content.get("amount")
    if type(amount) is not int or amount < 0:
        raise InvalidInput(field="amount", reason="it is a whole number of minor units")
    try:
        kind, at = EventKind(content["type"]), datetime.fromisoformat(content["at"])
        until = _until(content)
    except ValueError as error:
        raise InvalidInput(field="body", reason=str(error)) from error
    if at.tzinfo is None or (until is not None and until.tzinfo is None):
        raise InvalidInput(field="at", reason="it needs an offset")
    if not 1 <= len(content["id"]) <= 128 or not 1 <= len(content["subject"]) <= 64:
        raise InvalidInput(field="body", reason="id and subject are 1 to 128 and 1 to 64 letters")
    return ChannelEvent(
        event=content["id"],
        kind=kind,
        subject=content["subject"],
        order=content["order"],
        amount=amount,
        currency=content["currency"],
        at=at,
        reason=content["reason"],
        until=until,
        url=_text(content, "url", 500),
        channel_number=_text(content, "channel_number", 64),
    )


def _until(content: dict[str, Any]) -> datetime | None:
    """Until when the receiver of a payout may confirm; only of one that waits for him."""
    until = content.get("until")
    if content["type"] != EventKind.PAYOUT_WAITING:
        return None
    return datetime.fromisoformat(until if isinstance(until, str) else "")


def _text(content: dict[str, Any], name: str, length: int) -> str:
    """A text that an older or a hand-written notification may lack."""
    text = content.get(name, "")
    if not isinstance(text, str) or "\0" in text or len(text) > length:
        raise InvalidInput(field=name, reason=f"it is a text of at most {length} letters")
    return text


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(field="body", reason="it is not JSON") from error
    if not isinstance(content, dict):
        raise InvalidInput(field="body", reason="it is not an object")
    for name in _TEXTS:
        # PostgreSQL's text has no room for NUL, and nothing here needs one.
        if not isinstance(content.get(name), str) or "\0" in content[name]:
            raise InvalidInput(field=name, reason="it is a text")
    if len(content["order"]) > 64:
        raise InvalidInput(field="order", reason="it has at most 64 letters")
    return content
