"""Collecting and giving back."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from kefen.adapters.payments.alipay import notifications, numbers
from kefen.adapters.payments.alipay.client import NAME, Refused, ask, page
from kefen.adapters.payments.alipay.wire_format import (
    BEIJING,
    CURRENCY,
    WRITTEN_TIME,
    fen,
    instant,
    yuan,
)
from kefen.core.errors import ChannelRejected, ChannelUnavailable, NotFound
from kefen.ports.merchants import Merchant, Merchants
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
_WAS_PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED"})
# How often an order may be opened at Alipay after its trade was closed there.
_OPENINGS = 9
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
        """The address of Alipay's page, or the code of an order. A page's address is signed here,
        and Alipay hears of it when the student comes; all of them open the same trade."""
        merchant = self._merchants(request.institution)
        if request.currency != CURRENCY or request.amount < 1:
            raise rejected("Alipay collects yuan, and at least one fen")
        if request.method not in self.methods:
            raise rejected("Alipay has no such way of paying")
        content: dict[str, Any] = {
            "out_trade_no": self._to_open(merchant, request),
            "total_amount": yuan(request.amount),
            "subject": request.subject.translate(_SUBJECT)[:256].strip() or "-",
        }
        if request.until is not None:
            # A page to which nobody came yet cannot be closed: it dies by itself.
            content["time_expire"] = request.until.astimezone(BEIJING).strftime(WRITTEN_TIME)
        if request.split:
            content["extend_params"] = {"royalty_freeze": "true"}
        if request.method is Method.CODE:
            return _code(merchant, content, request.notify_url)
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
        """Close the trade of an order. Where nobody came to the cashier yet there is none, and
        Alipay cannot be told to begin none: such a payment may still come, as a late one, until
        the time is over that the cashier was opened for."""
        merchant = self._merchants(institution)
        for opening in range(1, _OPENINGS + 1):
            try:
                content = {"out_trade_no": numbers.written(order, opening)}
                ask(merchant, "alipay.trade.close", content)
            except Refused as refusal:
                if refusal.is_missing():
                    return
                told = _trade(merchant, numbers.written(order, opening))
                if not _is_closed_unpaid(told):
                    raise refusal.rejected() from None
            else:
                return

    def give_back(self, request: GiveBack) -> None:
        """Ask for a refund; asked again under the same number, Alipay answers as before."""
        if request.currency != CURRENCY or request.amount < 1:
            raise rejected("Alipay refunds yuan, and at least one fen")
        merchant = self._merchants(request.institution)
        payment = _payment(merchant, request.order, request.channel_number)
        content = payment | {
            "out_request_no": numbers.written(request.refund),
            "refund_amount": yuan(request.amount),
            "refund_reason": request.reason[:100] or "-",
        }
        try:
            ask(merchant, "alipay.trade.refund", content, moves=request.refund)
        except Refused as refusal:
            raise refusal.rejected() from None

    def query_payment(self, institution: str, order: str) -> ChannelEvent | None:
        """The payment of an order, None if it is not paid. A trade that was refunded whole is
        closed, and was paid."""
        for told in _trades(self._merchants(institution), order):
            if told.get("send_pay_date") and told.get("trade_status") in _WAS_PAID:
                return notifications.payment(told, paid_at="send_pay_date")
        return None

    def query_refund(
        self, institution: str, refund: str, *, order: str = "", channel_number: str = ""
    ) -> ChannelEvent | None:
        """The result of a refund. Alipay says nothing of a number that it never got, and of one
        that it did not refund: either may be sent again."""
        merchant = self._merchants(institution)
        content = _payment(merchant, order, channel_number) | {
            "out_request_no": numbers.written(refund),
            "query_options": ["gmt_refund_pay"],
        }
        try:
            told = ask(merchant, "alipay.trade.fastpay.refund.query", content)
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
        merchant = self._merchants(institution)
        parameters = notifications.form(body)
        notifications.check_addressee(merchant, parameters)
        return self._event(institution, parameters)

    def _event(self, institution: str, parameters: Mapping[str, str]) -> ChannelEvent:
        """A refund's notification names the sum of all refunds of its order, so that the refund
        itself is asked for."""
        refund = notifications.refund_number(parameters)
        if not refund:
            return notifications.read(parameters)
        trade = parameters.get("trade_no", "")
        try:
            event = self.query_refund(institution, refund, channel_number=trade)
        except NotFound:
            event = None
        if event is None:
            raise ChannelUnavailable(channel=NAME)
        return event

    def _to_open(self, merchant: Merchant, request: Collect) -> str:
        """The number of the trade to be opened: a new one where the last was closed. Raises
        ChannelRejected where there is nothing to open."""
        opening = 1
        for told in _trades(merchant, request.order):
            if not _is_closed_unpaid(told):
                if told.get("trade_status") != "WAIT_BUYER_PAY":
                    raise rejected("the order is paid")
                if fen(told.get("total_amount")) != request.amount:
                    raise rejected("the order number exists with another amount")
                break
            opening += 1
        if opening > _OPENINGS:
            raise rejected("the order was opened and closed too often")
        return numbers.written(request.order, opening)


def rejected(reason: str) -> ChannelRejected:
    """What Alipay would refuse, refused before it is asked."""
    return ChannelRejected(channel=NAME, reason=reason)


def _code(merchant: Merchant, content: dict[str, Any], notify_url: str) -> Cashier:
    try:
        told = ask(merchant, "alipay.trade.precreate", content, notify_url=notify_url)
    except Refused as refusal:
        raise refusal.rejected() from None
    code = str(told.get("qr_code", ""))
    parts = urlsplit(merchant.gateway)
    phone = f"{parts.scheme}://{parts.netloc}/emulator/phone?code={quote(code, safe='')}"
    return Cashier(code=code, stand_in=phone if merchant.stand_in else "")


def _trades(merchant: Merchant, order: str) -> Iterator[dict[str, Any]]:
    """The trades of an order, as often as it was opened; the next follows one that was closed."""
    for opening in range(1, _OPENINGS + 1):
        told = _trade(merchant, numbers.written(order, opening))
        if told is None:
            return
        yield told
        if not _is_closed_unpaid(told):
            return


def _trade(merchant: Merchant, number: str) -> dict[str, Any] | None:
    try:
        return ask(merchant, "alipay.trade.query", {"out_trade_no": number})
    except Refused as refusal:
        if refusal.is_missing():
            return None
        raise refusal.rejected() from None


def _is_closed_unpaid(told: dict[str, Any] | None) -> bool:
    return (
        told is not None
        and told.get("trade_status") == "TRADE_CLOSED"
        and not told.get("send_pay_date")
    )


def _payment(merchant: Merchant, order: str, channel_number: str) -> dict[str, Any]:
    """A payment by Alipay's number of it, or else by ours of the trade that was opened last."""
    if channel_number:
        return {"trade_no": channel_number}
    last = numbers.written(order)
    for told in _trades(merchant, order):
        last = str(told.get("out_trade_no", last))
    return {"out_trade_no": last}
