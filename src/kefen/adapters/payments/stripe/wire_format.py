"""Stripe's objects and notifications in our words.

One event tells one thing: a payment is told by `charge.succeeded`, because the charge is what
refunds, transfers and bills name; the session's and the intent's own events say the same again and
are only kept.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from kefen.adapters.payments.stripe import account
from kefen.core.errors import InvalidInput
from kefen.ports.payments import ChannelEvent, EventKind

_REFUND_EVENTS: Final = frozenset(
    {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"}
)
_TRANSFER_EVENTS: Final = frozenset({"transfer.created", "transfer.reversed"})


def read(institution: str, body: bytes) -> ChannelEvent:
    """The event in a notification. Raises InvalidInput for what Stripe would not write."""
    content = _content(body)
    try:
        found, kind, number = content["data"]["object"], content["type"], content["id"]
        at = _time(content["created"])
        event = _translate(institution, kind, found, number)
        checked = event or _other(number, kind, found, at)
        _check(checked)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InvalidInput(field="body", reason="it is not an event of Stripe") from error
    return checked


def payment(found: Mapping[str, Any], event: str) -> ChannelEvent:
    """A charge that succeeded."""
    return _event(EventKind.PAYMENT_SUCCEEDED, found, event, order=account.order_of(found))


def refund(found: Mapping[str, Any], event: str) -> ChannelEvent | None:
    """A refund with a result; None while it is under way."""
    kinds = {
        "succeeded": EventKind.REFUND_SUCCEEDED,
        "failed": EventKind.REFUND_FAILED,
        "canceled": EventKind.REFUND_FAILED,
    }
    kind = kinds.get(str(found["status"]))
    if kind is None:
        return None
    failed = kind is EventKind.REFUND_FAILED
    why = str(found.get("failure_reason") or found["status"]) if failed else ""
    return _event(kind, found, event, order=account.order_of(found), reason=why)


def payout(found: Mapping[str, Any], event: str) -> ChannelEvent | None:
    """A transfer to a promoter, which is final at once; one that was taken back whole failed, one
    that was taken back in part is for a person to look at."""
    if found["reversed"]:
        return _event(EventKind.PAYOUT_FAILED, found, event, reason="the transfer was reversed")
    return None if found["amount_reversed"] else _event(EventKind.PAYOUT_SUCCEEDED, found, event)


def _translate(
    institution: str, kind: str, found: Mapping[str, Any], event: str
) -> ChannelEvent | None:
    meanings: tuple[tuple[bool, str, Callable[..., ChannelEvent | None]], ...] = (
        (kind == "charge.succeeded", account.PAYMENT, payment),
        (kind in _REFUND_EVENTS, account.REFUND, refund),
        (kind in _TRANSFER_EVENTS, account.PAYOUT, payout),
    )
    for fits, what, meaning in meanings:
        if fits and account.is_ours(found, institution, what):
            return meaning(found, event)
    return None


def _event(
    kind: EventKind, found: Mapping[str, Any], event: str, *, order: str = "", reason: str = ""
) -> ChannelEvent:
    return ChannelEvent(
        event=event,
        kind=kind,
        subject=account.number_of(found),
        order=order,
        amount=found["amount"],
        currency=str(found["currency"]).upper(),
        at=_time(found["created"]),
        reason=reason,
        channel_number=str(found["id"]),
    )


def _other(event: str, kind: str, found: Mapping[str, Any], at: datetime) -> ChannelEvent:
    """Kept as it came: events that we do not need, of objects that we did not ask for."""
    amount, currency = found.get("amount"), found.get("currency")
    named = str(found.get("id") or event)
    return ChannelEvent(
        event=event,
        kind=EventKind.OTHER,
        subject=named[:64],
        order="",
        amount=amount if type(amount) is int and amount >= 0 else 0,
        currency=currency.upper()[:3] if isinstance(currency, str) else "",
        at=at,
        reason=kind[:100],
        channel_number=named[:64],
    )


def _check(event: ChannelEvent) -> None:
    if type(event.amount) is not int or event.amount < 0:
        raise ValueError("the amount is not a whole number of minor units")
    if not 1 <= len(event.event) <= 128 or not 1 <= len(event.subject) <= 64:
        raise ValueError("id and subject are 1 to 128 and 1 to 64 letters")
    if len(event.order) > 64 or len(event.channel_number) > 64:
        raise ValueError("numbers have at most 64 letters")
    if "\0" in f"{event.event}{event.subject}{event.order}{event.reason}{event.currency}":
        raise ValueError("there is no room for NUL")


def _content(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(field="body", reason="it is not JSON") from error
    if not isinstance(content, dict) or content.get("object") != "event":
        raise InvalidInput(field="body", reason="it is not an event of Stripe")
    if not isinstance(content.get("id"), str) or not isinstance(content.get("type"), str):
        raise InvalidInput(field="body", reason="an event has an id and a type")
    return content


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
