"""Alipay's notifications: a form, signed over all its parameters, answered with `success`.

Alipay repeats one for about 25 hours, with the time of the first try: older ones are refused.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl

from kefen.adapters.payments.alipay import numbers
from kefen.adapters.payments.alipay.client import NAME, Client
from kefen.adapters.payments.alipay.wire_format import CURRENCY, fen, instant, real_now, since_1970
from kefen.core.errors import BadSignature, InvalidInput
from kefen.ports.merchants import Merchant
from kefen.ports.payments import ChannelEvent, EventKind

OLDEST = timedelta(hours=26)
EARLIEST = timedelta(minutes=5)
TRANSFER_CHANGED = "alipay.fund.trans.order.changed"
_PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
_PAYOUT_KINDS = {
    "SUCCESS": EventKind.PAYOUT_SUCCEEDED,
    "FAIL": EventKind.PAYOUT_FAILED,
    "CLOSED": EventKind.PAYOUT_FAILED,
    "REFUND": EventKind.PAYOUT_FAILED,
}


def form(body: bytes) -> dict[str, str]:
    """The parameters of a body. Raises InvalidInput."""
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=100,
        )
    except ValueError as error:
        raise InvalidInput(field="body", reason="it is not a form") from error
    parameters = dict(pairs)
    if len(parameters) != len(pairs) or any("\0" in value for _, value in pairs):
        raise InvalidInput(field="body", reason="a parameter stands twice or is no text")
    return parameters


def verify(merchant: Merchant, body: bytes) -> dict[str, str]:
    """The parameters of a notification that Alipay signed for this account, lately. Raises
    BadSignature, InvalidInput."""
    parameters = form(body)
    signed = {
        name: value for name, value in parameters.items() if name not in {"sign", "sign_type"}
    }
    text = "&".join(f"{name}={value}" for name, value in sorted(signed.items()))
    genuine = parameters.get("sign_type") == "RSA2" and Client(merchant).fits(
        text, parameters.get("sign", "")
    )
    if not genuine or not _is_fresh(parameters):
        raise BadSignature(channel=NAME)
    check_addressee(merchant, parameters)
    return parameters


def check_addressee(merchant: Merchant, parameters: Mapping[str, str]) -> None:
    """Raises InvalidInput for what is meant for another account."""
    names = ("app_id",) if "msg_method" in parameters else ("app_id", "seller_id")
    for name in names:
        if parameters.get(name) != merchant.settings.get(name):
            raise InvalidInput(field=name, reason="it is meant for another account")


def _is_fresh(parameters: Mapping[str, str]) -> bool:
    """By the world's time: a demo may push its own clock ahead by weeks."""
    try:
        if "utc_timestamp" in parameters:
            sent = since_1970(parameters["utc_timestamp"])
        else:
            sent = instant(parameters.get("notify_time", ""))
    except InvalidInput:
        return False
    return -EARLIEST <= real_now() - sent <= OLDEST


def refund_number(parameters: Mapping[str, str]) -> str:
    """Our number of the refund that a notification is about, if it is about one."""
    if parameters.get("refund_fee") and parameters.get("gmt_refund"):
        return numbers.read(parameters.get("out_biz_no", ""))
    return ""


def read(parameters: Mapping[str, str]) -> ChannelEvent:
    """A notification that is not about a refund, in our words. Raises InvalidInput."""
    if parameters.get("msg_method") == TRANSFER_CHANGED:
        try:
            content = json.loads(parameters.get("biz_content", ""), parse_float=str, parse_int=str)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(field="biz_content", reason="it is not JSON") from error
        if not isinstance(content, dict):
            raise InvalidInput(field="biz_content", reason="it is not an object")
        event = payout(content)
        if event is not None:
            return event
    elif parameters.get("trade_status") in _PAID:
        return payment(parameters, paid_at="gmt_payment")
    return _other(parameters)


def payment(told: Mapping[str, object], *, paid_at: str) -> ChannelEvent:
    """A payment, as notifications and answers tell it; `paid_at` names its time."""
    order, trade = numbers.read(_text(told, "out_trade_no")), _text(told, "trade_no")
    return ChannelEvent(
        event=f"paid-{trade}",
        kind=EventKind.PAYMENT_SUCCEEDED,
        subject=order,
        order=order,
        amount=fen(told.get("total_amount")),
        currency=CURRENCY,
        at=instant(told.get(paid_at)),
        channel_number=trade,
    )


def payout(told: Mapping[str, object]) -> ChannelEvent | None:
    """What became of a transfer; None while it is under way."""
    status = str(told.get("status", ""))
    kind = _PAYOUT_KINDS.get(status)
    if kind is None:
        return None
    reason = ""
    if kind is EventKind.PAYOUT_FAILED:
        words = (told.get("fail_reason") or told.get("sub_order_fail_reason"), status)
        reason = str(next(word for word in (*words, "") if word))[:200]
    number, channel_number = _text(told, "out_biz_no"), str(told.get("order_id") or "")[:64]
    return ChannelEvent(
        event=f"transfer-{number}-{status.lower()}",
        kind=kind,
        subject=numbers.read(number),
        order="",
        amount=fen(told.get("trans_amount")),
        currency=CURRENCY,
        at=instant(told.get("pay_date") or told.get("order_date")),
        reason=reason,
        channel_number=channel_number,
    )


def _other(parameters: Mapping[str, str]) -> ChannelEvent:
    """Something to keep and not to act on, such as a cashier that was closed unpaid."""
    order = numbers.read(parameters.get("out_trade_no") or "-")[:64]
    told = parameters.get("notify_time", "")
    return ChannelEvent(
        event=_text(parameters, "notify_id"),
        kind=EventKind.OTHER,
        subject=order,
        order=order if "out_trade_no" in parameters else "",
        amount=fen(parameters.get("total_amount") or "0"),
        currency=CURRENCY,
        at=instant(told) if told else since_1970(parameters.get("utc_timestamp", "")),
        reason=parameters.get("trade_status", parameters.get("msg_method", ""))[:100],
        channel_number=parameters.get("trade_no", "")[:64],
    )


def _text(told: Mapping[str, object], name: str) -> str:
    text = told.get(name)
    if not isinstance(text, str) or not 1 <= len(text) <= 64:
        raise InvalidInput(field=name, reason="it is a text of 1 to 64 letters")
    return text
