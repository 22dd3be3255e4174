"""Collecting and giving back.

An order has one `out_trade_no` for each way of paying, and a further one for each time that it was
closed and opened again (`numbers`): whoever asks for the order looks at all that WeChat has.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final
from urllib.parse import quote, urlencode

from wechatpayv3 import WeChatPayType  # type: ignore[import-untyped]

from kefen.adapters.payments.wechat_pay import events
from kefen.adapters.payments.wechat_pay.account import Account
from kefen.adapters.payments.wechat_pay.connection import (
    Answer,
    Connection,
    NotThere,
    Refused,
    Send,
    rejected,
)
from kefen.adapters.payments.wechat_pay.notifications import Notified
from kefen.adapters.payments.wechat_pay.numbers import (
    ATTEMPTS,
    CHANNEL,
    METHODS,
    write_number,
    write_trade,
)
from kefen.adapters.payments.wechat_pay.signatures import real_seconds
from kefen.core.errors import (
    ChannelUnavailable,
    InvalidInput,
    NotFound,
    OutcomeUnknown,
)
from kefen.ports.payments import Cashier, ChannelEvent, Collect, GiveBack, Method

_TYPES: Final = {
    Method.IN_APP: WeChatPayType.JSAPI,
    Method.CODE: WeChatPayType.NATIVE,
    Method.MOBILE: WeChatPayType.H5,
}
_OPEN: Final = "NOTPAY"
_CLOSED: Final = {"CLOSED", "REVOKED"}
_PAID: Final = {"SUCCESS", "REFUND"}
_ORDER_PAID: Final = {"ORDERPAID", "ORDER_PAID"}
_ORDER_CLOSED: Final = {"ORDER_CLOSED", "ORDERCLOSED"}
_LONGEST_SUBJECT: Final = 127
# What divides values and lines of a bill, in which the description stands again.
_IN_A_BILL: Final = str.maketrans(dict.fromkeys("`\r\n", " "))
_LONGEST_REASON: Final = 80


class Payments(Notified):
    """The part of the adapter that collects."""

    methods: tuple[Method, ...] = METHODS

    def collect(self, request: Collect) -> Cashier:
        """Open a cashier: the same order in the same way opens the same one. What WeChat calls
        another request (the student's network address changed on the way) is closed and opened
        anew; another amount is refused. Other ways are closed before: each is a trade of its own
        at WeChat, which would take the money once more."""
        _check(request)
        connection = self.connection(request.institution)
        others = [method for method in METHODS if method is not request.method]
        if _close(connection, request.order, others):
            raise rejected("the order is paid")
        for attempt in range(ATTEMPTS):
            number = write_trade(request.order, request.method, attempt)
            try:
                return _cashier(connection, request, _opened(connection, request, number))
            except Refused as refusal:
                _make_way(connection, request, number, refusal)
            except NotThere as nowhere:
                raise rejected("WeChat does not know this merchant or app") from nowhere
        raise rejected(f"the order was closed {ATTEMPTS} times")

    def close(self, institution: str, order: str) -> None:
        """Let nobody pay the order any more, in any way."""
        if _close(self.connection(institution), order, METHODS):
            raise rejected("the order is paid")

    def give_back(self, request: GiveBack) -> None:
        """Ask for a refund, under its number; what WeChat has already stays as it is."""
        if request.currency != events.CURRENCY:
            raise rejected(f"WeChat gives back {events.CURRENCY} only")
        connection = self.connection(request.institution)
        number, payment = write_number(request.refund), request.channel_number
        total = request.total
        if not payment or not total:
            paid = self.query_payment(request.institution, request.order)
            if paid is None:
                raise rejected("the order is not paid here")
            payment, total = payment or paid.channel_number, total or paid.amount
        amount = {"refund": request.amount, "total": total, "currency": request.currency}
        try:
            connection.move(
                request.refund,
                lambda: connection.client.refund(
                    out_refund_no=number,
                    amount=amount,
                    transaction_id=payment,
                    reason=request.reason[:_LONGEST_REASON] or None,
                    notify_url=request.notify_url,
                ),
            )
        except (Refused, NotThere) as refusal:
            _refused_refund(connection, request, number, refusal)

    def query_payment(self, institution: str, order: str) -> ChannelEvent | None:
        """The payment of an order in whichever way; None if it is not paid."""
        connection = self.connection(institution)
        for _, known in _trades(connection, order):
            event = understood(partial(events.payment, known, connection.account))
            if event is not None:
                return event
        return None

    def query_refund(
        self,
        institution: str,
        refund: str,
        *,
        order: str = "",  # noqa: ARG002 - the number alone finds it here
        channel_number: str = "",  # noqa: ARG002
    ) -> ChannelEvent | None:
        """The result of a refund; None while it is under way. Raises NotFound."""
        connection = self.connection(institution)
        known = found(
            connection,
            f"refund {refund}",
            lambda: connection.client.query_refund(write_number(refund)),
        )
        return understood(lambda: events.refund(known, connection.account))


def found(connection: Connection, what: str, send: Send) -> Answer:
    """The answer to a query. Raises NotFound, ChannelUnavailable, ChannelRejected."""
    try:
        return connection.ask(send)
    except NotThere:
        raise NotFound(what=what) from None
    except Refused as refusal:
        raise refusal.rejected() from refusal


def understood(read: Callable[[], ChannelEvent | None]) -> ChannelEvent | None:
    """A signed answer that makes no sense is asked for again, not believed."""
    try:
        return read()
    except InvalidInput as error:
        raise ChannelUnavailable(channel=CHANNEL) from error


def _trades(
    connection: Connection, order: str, methods: Sequence[Method] = METHODS
) -> Iterator[tuple[str, Answer]]:
    """All that WeChat has of an order: by way of paying, then by attempt while those before are
    closed."""
    for method in methods:
        for attempt in range(ATTEMPTS):
            number = write_trade(order, method, attempt)
            try:
                known = connection.ask(partial(connection.client.query, out_trade_no=number))
            except NotThere:
                break
            except Refused as refusal:
                raise refusal.rejected() from refusal
            yield number, known
            if known.get("trade_state") not in _CLOSED:
                break


def _close(connection: Connection, order: str, methods: Sequence[Method]) -> bool:
    """Close what an order can be paid by in these ways; answers whether it is paid in one of
    them, after all others were closed. Raises ChannelRejected, ChannelUnavailable."""
    paid = False
    for number, known in list(_trades(connection, order, methods)):
        state = known.get("trade_state")
        if state in _PAID:
            paid = True
        elif state not in _CLOSED:
            try:
                connection.ask(partial(connection.client.close, number))
            except NotThere:
                continue
            except Refused as refusal:
                if refusal.code in _ORDER_PAID:  # at this moment
                    paid = True
                elif refusal.code not in _ORDER_CLOSED:
                    raise refusal.rejected() from refusal
    return paid


def _check(request: Collect) -> None:
    if request.method not in METHODS:
        raise rejected(f"WeChat does not collect by {request.method}")
    if request.currency != events.CURRENCY:
        raise rejected(f"WeChat collects {events.CURRENCY} only")
    if request.method is Method.IN_APP and not request.payer:
        raise rejected("the student's openid is needed inside WeChat")
    if request.method is Method.MOBILE and not request.client_address:
        raise rejected("the student's network address is needed in a phone's browser")


def _opened(connection: Connection, request: Collect, number: str) -> Answer:
    payer, scene = None, None
    if request.method is Method.IN_APP:
        payer = {"openid": request.payer}
    elif request.method is Method.MOBILE:
        scene = {"payer_client_ip": request.client_address, "h5_info": {"type": "Wap"}}
    return connection.ask(
        lambda: connection.client.pay(
            description=request.subject.translate(_IN_A_BILL)[:_LONGEST_SUBJECT],
            out_trade_no=number,
            amount={"total": request.amount, "currency": request.currency},
            payer=payer,
            scene_info=scene,
            settle_info={"profit_sharing": True} if request.split else None,
            time_expire=None if request.until is None else events.written(request.until),
            notify_url=request.notify_url,
            pay_type=_TYPES[request.method],
        )
    )


def _make_way(connection: Connection, request: Collect, number: str, refusal: Refused) -> None:
    """See that a number that was refused is closed, so that the next one can be opened. Raises
    ChannelRejected where it is paid, was never given, or is about another amount."""
    if refusal.code in _ORDER_CLOSED:
        return
    try:
        known = connection.ask(partial(connection.client.query, out_trade_no=number))
        if known.get("trade_state") in _CLOSED:
            return
        amount = known.get("amount")
        same = isinstance(amount, dict) and amount.get("total") == request.amount
        if known.get("trade_state") != _OPEN or not same:
            raise refusal.rejected()
        connection.ask(partial(connection.client.close, number))
    except (NotThere, Refused):
        raise refusal.rejected() from refusal


def _cashier(connection: Connection, request: Collect, answer: Answer) -> Cashier:
    account = connection.account
    if request.method is Method.CODE:
        code = _place(answer, "code_url")
        return Cashier(code=code, stand_in=_phone(account, "pay", {"code": code}))
    if request.method is Method.MOBILE:
        url = _place(answer, "h5_url")
        joint = "&" if "?" in url else "?"
        return Cashier(url=f"{url}{joint}redirect_url={quote(request.return_url, safe='')}")
    call = bridge(connection, _place(answer, "prepay_id"))
    return Cashier(bridge=call, stand_in=_phone(account, "sheet", call))


def _phone(account: Account, page: str, query: Mapping[str, str]) -> str:
    """The phone of an emulator; WeChat has none."""
    return f"{account.gateway}/emulator/phone/{page}?{urlencode(query)}" if account.stand_in else ""


def bridge(
    connection: Connection, prepay: str, *, at: int | None = None, nonce: str = ""
) -> dict[str, str]:
    """What `WeixinJSBridge.invoke("getBrandWCPayRequest", …)` is called with, signed."""
    account = connection.account
    stamp, once = str(int(real_seconds()) if at is None else at), nonce or uuid.uuid4().hex.upper()
    package = f"prepay_id={prepay}"
    return {
        "appId": account.app_id,
        "timeStamp": stamp,
        "nonceStr": once,
        "package": package,
        "signType": "RSA",
        "paySign": connection.sign(account.app_id, stamp, once, package),
    }


def _place(answer: Answer, name: str) -> str:
    found = answer.get(name)
    if not isinstance(found, str) or not found:
        raise ChannelUnavailable(channel=CHANNEL)
    return found


def _refused_refund(
    connection: Connection, request: GiveBack, number: str, refusal: Refused | NotThere
) -> None:
    """A no is final only when WeChat has no such refund, or another one, under the number."""
    reason = refusal.rejected() if isinstance(refusal, Refused) else rejected("no such payment")
    try:
        known = connection.ask(lambda: connection.client.query_refund(number))
    except NotThere:
        raise reason from refusal
    except (Refused, ChannelUnavailable) as unclear:
        raise OutcomeUnknown(channel=CHANNEL, number=request.refund) from unclear
    amount = known.get("amount")
    if not isinstance(amount, dict) or amount.get("refund") != request.amount:
        raise reason from refusal
