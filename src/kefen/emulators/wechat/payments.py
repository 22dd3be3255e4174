"""Orders: placing, querying, closing, paying (facts: /v3/pay/transactions)."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from werkzeug.wrappers import Response

from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.wechat import accounts
from kefen.emulators.wechat.desk import (
    DAY,
    Desk,
    Refusal,
    alphanumeric,
    amount,
    beijing,
    body_of,
    invalid,
    malformed,
    missing,
    print_of,
    reply,
    stamp,
    text,
)

TRADE_TYPES = {"jsapi": "JSAPI", "native": "NATIVE", "h5": "MWEB", "app": "APP"}
UNPAID_DAYS = 7
H5_LASTS = 5 * 60
PREPAY_LASTS = 2 * 60 * 60
SPLIT_DAYS = 30
_WORDS = {
    "NOTPAY": "订单未支付",
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "CLOSED": "订单已关闭",
}


class Payments:
    """An order is kept under merchant and `out_trade_no`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[Route]:
        """The addresses of direct merchants."""
        base = "/v3/pay/transactions"
        for name in TRADE_TYPES:
            yield Route("POST", f"{base}/{name}", self._place, name)
        yield Route("GET", f"{base}/out-trade-no/<number>", self._query, "query")
        yield Route("GET", f"{base}/id/<transaction>", self._query_by_id, "query")
        yield Route("POST", f"{base}/out-trade-no/<number>/close", self._close, "close")

    # What the merchant asks for.

    def _place(self, call: Call) -> Response:
        body, merchant, trade = body_of(call), call.merchant, call.route.place
        number = alphanumeric(body, "out_trade_no", also="_-|*", longest=32)
        if len(number) < 6:
            raise malformed("参数 out_trade_no 至少 6 个字符")
        self._check_whose(body, merchant)
        order = call.books.get("order", f"{merchant['mchid']}:{number}")
        fingerprint = f"{trade} {print_of(body)}"
        if order is None:
            order = self._new(body, merchant, number, trade)
            order["fingerprint"] = fingerprint
            self.keep(order)
            self._desk.agenda.put(order["expires"], "expire order", order["key"])
        elif order["state"] in {"SUCCESS", "REFUND"}:
            raise Refusal(400, "ORDERPAID", "该订单已支付")
        elif order["state"] == "CLOSED":
            raise Refusal(400, "ORDER_CLOSED", "该订单已关闭")
        elif order["fingerprint"] != fingerprint:
            raise invalid("201 商户订单号重复")
        order["prepaid"] = self._desk.now()
        self.keep(order)
        return reply(self._cashier(call, order))

    def _check_whose(self, body: Document, merchant: Document) -> None:
        if text(body, "mchid", longest=32) != merchant["mchid"]:
            raise invalid("mchid 与签名所用的商户号不一致")
        if text(body, "appid", longest=32) != merchant["app_id"]:
            raise Refusal(400, "APPID_MCHID_NOT_MATCH", "appid 与 mchid 不匹配")

    def _new(self, body: Document, merchant: Document, number: str, trade: str) -> Document:
        now = self._desk.now()
        url = text(body, "notify_url", longest=255)
        if "?" in url or not url.startswith(("https://", "http://")):
            raise malformed("notify_url 须为可访问的地址，且不能携带参数")
        currency = text(body, "amount.currency", required=False) or "CNY"
        if currency != "CNY":
            raise malformed("amount.currency 仅支持 CNY")
        openid = text(body, "payer.openid", longest=128) if trade == "jsapi" else ""
        if trade == "h5":
            text(body, "scene_info.payer_client_ip", longest=45)
            text(body, "scene_info.h5_info.type", longest=32)
        settle = body.get("settle_info") or {}
        if not isinstance(settle, dict):
            raise malformed("参数 settle_info 不合法")
        return {
            "key": f"{merchant['mchid']}:{number}",
            "merchant": merchant["mchid"],
            "appid": body["appid"],
            "out_trade_no": number,
            "transaction_id": "",
            "prepay_id": f"wx{beijing(now):%d%H%M%S}{secrets.token_hex(13)}",
            "code": secrets.token_urlsafe(6).replace("-", "x"),
            "trade_type": TRADE_TYPES[trade],
            "state": "NOTPAY",
            "description": text(body, "description", longest=127),
            "attach": text(body, "attach", longest=128, required=False),
            "notify_url": url,
            "openid": openid,
            "total": amount(body, "amount.total"),
            "split": settle.get("profit_sharing") is True,
            "created": now,
            "expires": self._expiry(body, now),
            "paid": 0.0,
            "purse": "",
            "fee": 0,
            "fee_returned": 0,
            "refunded": 0,
            "frozen": 0,
            "shared": 0,
        }

    def _expiry(self, body: Document, now: float) -> float:
        latest = now + UNPAID_DAYS * DAY
        wanted = text(body, "time_expire", longest=64, required=False)
        if not wanted:
            return latest
        try:
            at = datetime.fromisoformat(wanted)
        except ValueError as wrong:
            raise malformed("time_expire 须遵循 rfc3339 格式") from wrong
        if at.tzinfo is None or at.timestamp() <= now:
            raise invalid("time_expire 须带时区，且晚于当前时间")
        return min(at.timestamp(), latest)

    def _cashier(self, call: Call, order: Document) -> Document:
        if order["trade_type"] == "NATIVE":
            return {"code_url": code_url(order)}
        if order["trade_type"] == "MWEB":
            host = call.request.host_url.rstrip("/")
            return {"h5_url": f"{host}/emulator/phone/h5?prepay_id={quote(order['prepay_id'])}"}
        return {"prepay_id": order["prepay_id"]}

    def _query(self, call: Call) -> Response:
        self._asks_for_himself(call)
        return reply(answer_of(self.of(call.merchant, call.args["number"])))

    def _query_by_id(self, call: Call) -> Response:
        self._asks_for_himself(call)
        return reply(answer_of(self.by_transaction(call.merchant, call.args["transaction"])))

    def _close(self, call: Call) -> Response:
        if text(body_of(call), "mchid", longest=32) != call.merchant["mchid"]:
            raise invalid("mchid 与签名所用的商户号不一致")
        order = self.of(call.merchant, call.args["number"])
        if order["state"] in {"SUCCESS", "REFUND"}:
            raise Refusal(400, "ORDERPAID", "订单已支付，不能关闭")
        order["state"] = "CLOSED"
        self.keep(order)
        return Response(status=204)

    def _asks_for_himself(self, call: Call) -> None:
        if call.request.args.get("mchid") != call.merchant["mchid"]:
            raise malformed("参数 mchid 缺失或与签名所用的商户号不一致")

    # What others need.

    def of(self, merchant: Document, number: str) -> Document:
        """The merchant's order of this number."""
        found = self._desk.books.get("order", f"{merchant['mchid']}:{number}")
        if found is None:
            raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
        return found

    def by_transaction(self, merchant: Document, transaction: str) -> Document:
        """The merchant's paid order with the channel's number."""
        found = self._desk.books.first("order", transaction_id=transaction) if transaction else None
        if found is None or found["merchant"] != merchant["mchid"]:
            raise missing("微信支付订单号不存在")
        return found

    def keep(self, order: Document) -> None:
        """Write it; while something is frozen, it is found by its purse."""
        order["purse"] = f"frozen:{order['merchant']}" if order["frozen"] else ""
        self._desk.books.put("order", order["key"], order)

    def pay(self, order: Document, openid: str) -> None:
        """The student pays. Raises Refusal where he cannot."""
        if order["state"] != "NOTPAY":
            raise invalid(_WORDS[order["state"]])
        if order["openid"] and openid and openid != order["openid"]:
            raise invalid("支付者与下单时的 openid 不一致")
        now = self._desk.now()
        fee = accounts.fee_of(order["total"])
        order.update(
            state="SUCCESS",
            paid=now,
            openid=order["openid"] or openid or f"o{secrets.token_hex(13)}",
            transaction_id=self._desk.number("transaction", "4200000000", now),
            fee=fee,
            frozen=order["total"] - fee if order["split"] else 0,
        )
        self.keep(order)
        self._book(order, fee)
        if order["split"]:
            self._desk.agenda.put(now + SPLIT_DAYS * DAY, "release order", order["key"])
        self._desk.tell(
            order["merchant"],
            order["notify_url"],
            "TRANSACTION.SUCCESS",
            "transaction",
            answer_of(order),
        )

    def _book(self, order: Document, fee: int) -> None:
        for name, kind, value in (
            ("交易", "交易", order["total"]),
            ("扣除交易手续费", "交易", -fee),
        ):
            accounts.move(
                self._desk,
                accounts.Movement(
                    order["merchant"], order["transaction_id"], name, kind, order["out_trade_no"]
                ),
                value,
            )

    # What passes with time.

    def expire(self, key: str) -> None:
        """Nobody paid in time."""
        order = self._desk.books.get("order", key)
        if order is not None and order["state"] == "NOTPAY":
            order["state"] = "CLOSED"
            self.keep(order)

    def release(self, key: str) -> None:
        """Thirty days are over: what was not shared is the merchant's."""
        order = self._desk.books.get("order", key)
        if order is not None and order["split"]:
            order.update(frozen=0, finished=True)
            self.keep(order)


def code_url(order: Document) -> str:
    """What a Native order's code says."""
    return f"weixin://wxpay/bizpayurl?pr={order['code']}"


def answer_of(order: Document) -> Document:
    """An order as the API and its notice tell it."""
    told = {
        "appid": order["appid"],
        "mchid": order["merchant"],
        "out_trade_no": order["out_trade_no"],
        "trade_state": order["state"],
        "trade_state_desc": _WORDS[order["state"]],
        "amount": {"total": order["total"], "currency": "CNY"},
    }
    if order["attach"]:
        told["attach"] = order["attach"]
    if order["paid"]:
        told |= {
            "transaction_id": order["transaction_id"],
            "trade_type": order["trade_type"],
            "bank_type": "OTHERS",
            "success_time": stamp(order["paid"]),
            "payer": {"openid": order["openid"]},
            "amount": {
                "total": order["total"],
                "payer_total": order["total"],
                "currency": "CNY",
                "payer_currency": "CNY",
            },
        }
    return told
