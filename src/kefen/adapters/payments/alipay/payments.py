"""Collecting and giving back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from kefen.adapters.payments.alipay import notifications, numbers
from kefen.adapters.payments.alipay.client import NAME, Refused, ask, page
from kefen.adapters.payments.alipay.wire_format import CURRENCY, fen, instant, yuan
from kefen.core.errors import ChannelRejected, ChannelUnavailable, NotFound
from kefen.ports.merchants import Merchants
from kefen.ports.payments import (
    Acknowledgement,
    Cashier,
    ChannelEvent,
    Collect,
    EventKind,
    GiveBack,
    Method,
)

_PAGES = {
    Method.PAGE: ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    Method.MOBILE: ("alipay.trade.wap.pay", "QUICK_WAP_PAY"),
}
# Letters that Alipay does not take in the name of what is sold.
_SUBJECT = str.maketrans(dict.fromkeys("/=&\"'<>\\\n\r\t", " "))


class Payments:
    """As a payment channel."""

    name = NAME
    methods: tuple[Method, ...] = (Method.PAGE, Method.MOBILE, Method.CODE)
    acknowledgement = Acknowledgement(body="success")

    def __init__(self, merchants: Merchants) -> None:
        """`merchants` finds the institutions' accounts at Alipay."""
        self._merchants = merchants

    def collect(self, request: Collect) -> Cashier:
        """The address of Alipay's page, or the code of an order; Alipay opens one trade for a
        number however often it is asked. An address is not asked for, it is written and signed
        here: what is wrong with it, the student's browser is told."""
        merchant = self._merchants(request.institution)
        if request.currency != CURRENCY or request.amount < 1:
            raise rejected("Alipay collects yuan, and at least one fen")
        content = {
            "out_trade_no": numbers.written(request.order),
            "total_amount": yuan(request.amount),
            "subject": request.subject.translate(_SUBJECT)[:256].strip() or "-",
        }
        if request.split:
            content |= {"extend_params": {"royalty_freeze": "true"}}  # type: ignore[dict-item]
        if request.method is Method.CODE:
            try:
                told = ask(
                    merchant,
                    "alipay.trade.precreate",
                    content,
                    notify_url=request.notify_url,
                )
            except Refused as refusal:
                raise refusal.rejected() from None
            code = str(told.get("qr_code", ""))
            parts = urlsplit(merchant.gateway)
            phone = f"{parts.scheme}://{parts.netloc}/emulator/phone?code={quote(code, safe='')}"
            return Cashier(code=code, stand_in=phone if merchant.stand_in else "")
        if request.method not in _PAGES:
            raise rejected("Alipay has no such way of paying")
        method, product = _PAGES[request.method]
        return Cashier(
            url=page(
                merchant,
                method,
                content | {"product_code": product},
                notify_url=request.notify_url,
                return_url=request.return_url,
            )
        )

    def close(self, institution: str, order: str) -> None:
        """Close the trade. A cashier that nobody opened has no trade; Alipay counts its time from
        when the page is opened, so a payment may still come, and is a late one then."""
        content = {"out_trade_no": numbers.written(order)}
        try:
            ask(self._merchants(institution), "alipay.trade.close", content)
        except Refused as refusal:
            if refusal.is_missing() or refusal.sub_code == "ACQ.TRADE_HAS_CLOSE":
                return
            if self._is_closed_unpaid(institution, order):
                return
            raise refusal.rejected() from None

    def give_back(self, request: GiveBack) -> None:
        """Ask for a refund; asked again under the same number, Alipay answers as before."""
        if request.currency != CURRENCY or request.amount < 1:
            raise rejected("Alipay refunds yuan, and at least one fen")
        content = _payment(request.order, request.channel_number) | {
            "out_request_no": numbers.written(request.refund),
            "refund_amount": yuan(request.amount),
            "refund_reason": request.reason[:100] or "-",
        }
        merchant = self._merchants(request.institution)
        try:
            ask(merchant, "alipay.trade.refund", content, moves=request.refund)
        except Refused as refusal:
            raise refusal.rejected() from None

    def query_payment(self, institution: str, order: str) -> ChannelEvent | None:
        """The payment of an order, None if it is not paid. A trade that was refunded whole is
        closed, and was paid."""
        told = self._trade(institution, order)
        if told is None or not told.get("send_pay_date"):
            return None
        status = told.get("trade_status")
        if status not in {"TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED"}:
            return None
        return notifications.payment(told, paid_at="send_pay_date")

    def query_refund(
        self, institution: str, refund: str, *, order: str = "", channel_number: str = ""
    ) -> ChannelEvent | None:
        """The result of a refund. Alipay says nothing of a number that it never got, and of one
        that it did not refund: either may be sent again."""
        content: dict[str, Any] = _payment(order, channel_number) | {
            "out_request_no": numbers.written(refund),
            "query_options": ["gmt_refund_pay"],
        }
        try:
            told = ask(self._merchants(institution), "alipay.trade.fastpay.refund.query", content)
        except Refused as refusal:
            if refusal.is_missing():
                raise NotFound(what=f"refund {refund}") from None
            raise refusal.rejected() from None
        status = str(told.get("refund_status") or "")
        if not status:
            raise NotFound(what=f"refund {refund}")
        if status != "REFUND_SUCCESS":
            return None
        return ChannelEvent(
            event=f"refunded-{refund}",
            kind=EventKind.REFUND_SUCCEEDED,
            subject=refund,
            order=numbers.read(told.get("out_trade_no", "")) or order,
            amount=fen(told.get("refund_amount")),
            currency=CURRENCY,
            at=instant(told.get("gmt_refund_pay")),
            channel_number=str(told.get("trade_no", "")),
        )

    def read_notification(
        self,
        institution: str,
        headers: Mapping[str, str],  # noqa: ARG002 - all that is signed stands in the body
        body: bytes,
    ) -> ChannelEvent:
        """Verify and translate a notification."""
        parameters = notifications.verify(self._merchants(institution), body)
        return self._event(institution, parameters)

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        """Translate a body that was verified before."""
        parameters = notifications.form(body)
        notifications.check_addressee(self._merchants(institution), parameters)
        return self._event(institution, parameters)

    def _event(self, institution: str, parameters: Mapping[str, str]) -> ChannelEvent:
        """A refund's notification names the sum of all refunds of its order, so that the refund
        itself is asked for."""
        refund = notifications.refund_number(parameters)
        if not refund:
            return notifications.read(parameters)
        order = numbers.read(parameters.get("out_trade_no", ""))
        try:
            event = self.query_refund(institution, refund, order=order)
        except NotFound:
            event = None
        if event is None:
            raise ChannelUnavailable(channel=NAME)
        return event

    def _trade(self, institution: str, order: str) -> dict[str, Any] | None:
        content = {"out_trade_no": numbers.written(order)}
        try:
            return ask(self._merchants(institution), "alipay.trade.query", content)
        except Refused as refusal:
            if refusal.is_missing():
                return None
            raise refusal.rejected() from None

    def _is_closed_unpaid(self, institution: str, order: str) -> bool:
        told = self._trade(institution, order)
        if told is None:
            return True
        return told.get("trade_status") == "TRADE_CLOSED" and not told.get("send_pay_date")


def rejected(reason: str) -> ChannelRejected:
    """What Alipay would refuse, refused before it is asked."""
    return ChannelRejected(channel=NAME, reason=reason)


def _payment(order: str, channel_number: str) -> dict[str, Any]:
    """A payment by Alipay's number of it, or else by ours."""
    if channel_number:
        return {"trade_no": channel_number}
    return {"out_trade_no": numbers.written(order)}
