"""WeChat's answers and notifications in the ports' words.

A notification's content and the answer to a query have the same fields, so that both are read here.
Raises InvalidInput for what WeChat would not write.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from kefen.adapters.payments.wechat_pay.account import Account
from kefen.adapters.payments.wechat_pay.numbers import read_bill, read_number, read_trade
from kefen.core.errors import InvalidInput
from kefen.ports.payments import ChannelEvent, EventKind

Content = Mapping[str, Any]
CONFIRM_WITHIN: Final = timedelta(hours=24)
CURRENCY: Final = "CNY"
_BEIJING: Final = timezone(timedelta(hours=8))
_OVERDUE: Final = "OVERDUE"
_PAID: Final = {"SUCCESS", "REFUND"}
_REFUNDS: Final = {
    "SUCCESS": EventKind.REFUND_SUCCEEDED,
    "CLOSED": EventKind.REFUND_FAILED,
    # WeChat has it still: somebody settles it at the merchant console, and then it succeeds.
    "ABNORMAL": EventKind.REFUND_STUCK,
}
_TRANSFERS: Final = {
    "WAIT_USER_CONFIRM": EventKind.PAYOUT_WAITING,
    "SUCCESS": EventKind.PAYOUT_SUCCEEDED,
    "FAIL": EventKind.PAYOUT_FAILED,
    "CANCELLED": EventKind.PAYOUT_CANCELLED,
}


def payment(content: Content, account: Account, *, event: str = "") -> ChannelEvent | None:
    """A transaction; None if it is not paid."""
    check_meant(content, account)
    if text(content, "trade_state") not in _PAID:
        return None
    order, channel_number = ours(read_trade, content, "out_trade_no"), number(content)
    amount = mapping(content, "amount")
    return ChannelEvent(
        event=event or f"payment:{channel_number}",
        kind=EventKind.PAYMENT_SUCCEEDED,
        subject=order,
        order=order,
        amount=whole(amount, "total"),
        currency=text(amount, "currency", CURRENCY),
        at=instant(content, "success_time"),
        channel_number=channel_number,
    )


def refund(
    content: Content, account: Account, *, event: str = "", told_at: datetime | None = None
) -> ChannelEvent | None:
    """A refund; None while it is under way. A notification without success has no time but its
    own (`told_at`)."""
    check_meant(content, account)
    state = text(content, "refund_status", "") or text(content, "status")
    if state not in _REFUNDS:
        return None
    amount, arrived = mapping(content, "amount"), state == "SUCCESS"
    at = told_at if told_at and not arrived else None
    return ChannelEvent(
        event=event or f"refund:{text(content, 'refund_id')}:{state}",
        kind=_REFUNDS[state],
        subject=ours(read_number, content, "out_refund_no"),
        order=ours(read_trade, content, "out_trade_no"),
        amount=whole(amount, "refund"),
        currency=text(amount, "currency", CURRENCY),
        at=at or instant(content, "success_time" if arrived else "create_time"),
        reason=_REFUND_REASONS.get(state, ""),
        channel_number=text(content, "refund_id"),
    )


_REFUND_REASONS: Final = {
    "CLOSED": "the refund was closed",
    "ABNORMAL": "the account that paid cannot take it back; see the merchant console",
}


def transfer(
    content: Content, account: Account, *, event: str = "", url: str = ""
) -> ChannelEvent | None:
    """A transfer to somebody's balance; None while it is under way."""
    check_meant(content, account)
    state, reason = text(content, "state"), text(content, "fail_reason", "")
    if state not in _TRANSFERS:
        return None
    kind, asked_at = _TRANSFERS[state], instant(content, "create_time")
    waits = kind is EventKind.PAYOUT_WAITING
    if kind is EventKind.PAYOUT_FAILED and reason.startswith(_OVERDUE):
        kind = EventKind.PAYOUT_EXPIRED
    channel_number = text(content, "transfer_bill_no")
    changed = "create_time" if waits or "update_time" not in content else "update_time"
    return ChannelEvent(
        event=event or f"transfer:{channel_number}:{state}",
        kind=kind,
        subject=ours(read_bill, content, "out_bill_no"),
        order="",
        amount=whole(content, "transfer_amount"),
        currency=CURRENCY,
        at=instant(content, changed),
        reason=reason or ("" if state in {"WAIT_USER_CONFIRM", "SUCCESS"} else state),
        until=asked_at + CONFIRM_WITHIN if waits else None,
        url=url if waits else "",
        channel_number=channel_number,
    )


def check_meant(content: Content, account: Account) -> None:
    """What is about another merchant or another app is not ours. Raises InvalidInput."""
    merchant = content.get("mchid", content.get("mch_id", account.merchant_id))
    if merchant != account.merchant_id:
        raise InvalidInput(field="mchid", reason="it is meant for another merchant number")
    if content.get("appid", account.app_id) != account.app_id:
        raise InvalidInput(field="appid", reason="it is meant for another app")


def ours(read: Callable[[str], str], content: Content, name: str) -> str:
    """A number of ours in WeChat's writing."""
    return read(text(content, name))


def number(content: Content) -> str:
    """WeChat's number of a payment."""
    return text(content, "transaction_id")


def text(content: Content, name: str, default: str | None = None) -> str:
    """A text that PostgreSQL can keep; without a default it must be there."""
    found = content.get(name, default)
    if found is None and default is not None:
        found = default
    if not isinstance(found, str) or "\0" in found or len(found) > 500:
        raise InvalidInput(field=name, reason="it is a text")
    return found


def whole(content: Content, name: str) -> int:
    """An amount in fen."""
    found = content.get(name)
    if type(found) is not int or found < 0:
        raise InvalidInput(field=name, reason="it is a whole number of fen")
    return found


def mapping(content: Content, name: str) -> Content:
    """An object in the content."""
    found = content.get(name)
    if not isinstance(found, dict):
        raise InvalidInput(field=name, reason="it is an object")
    return found


def written(at: datetime) -> str:
    """A time as WeChat reads it: Beijing's, with its offset."""
    return at.astimezone(_BEIJING).isoformat(timespec="seconds")


def instant(content: Content, name: str) -> datetime:
    """A time with its offset."""
    try:
        found = datetime.fromisoformat(text(content, name))
    except ValueError as error:
        raise InvalidInput(field=name, reason="it is no time") from error
    if found.tzinfo is None:
        raise InvalidInput(field=name, reason="it needs an offset")
    return found
