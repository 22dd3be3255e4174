"""Refunds (facts: /v3/refund/domestic/refunds)."""

from collections.abc import Iterable

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
    body_of,
    invalid,
    missing,
    print_of,
    reply,
    stamp,
    text,
)
from kefen.emulators.wechat.payments import Payments

REFUNDS_PER_ORDER = 50
REFUND_DAYS = 365
PLACE = "refunds"


class Refunds:
    """A refund is kept under merchant and `out_refund_no`."""

    def __init__(self, desk: Desk, payments: Payments) -> None:
        self._desk, self._payments = desk, payments

    def routes(self) -> Iterable[Route]:
        """The addresses of direct merchants."""
        base = "/v3/refund/domestic/refunds"
        yield Route("POST", base, self._ask, PLACE)
        yield Route("GET", f"{base}/<number>", self._query, "refund_query")

    def _ask(self, call: Call) -> Response:
        body, merchant = body_of(call), call.merchant
        number = alphanumeric(body, "out_refund_no", also="_-|*@", longest=64)
        key = f"{merchant['mchid']}:{number}"
        refund = call.books.get("refund", key)
        if refund is not None:
            if refund["fingerprint"] != print_of(body):
                raise invalid("订单金额或退款金额与之前请求不一致，请核实后再试")
            return reply(answer_of(refund))
        order = self._order(body, merchant)
        refund = self._new(body, order, number)
        refund["fingerprint"] = print_of(body)
        order["refunded"] += refund["amount"]
        self._take(order, refund)
        order["state"] = "REFUND"
        self._payments.keep(order)
        call.books.put("refund", key, refund)
        delay = self._desk.delay(PLACE, call.mentioned)
        self._desk.agenda.put(self._desk.now() + delay, "settle refund", key)
        return reply(answer_of(refund))

    def _order(self, body: Document, merchant: Document) -> Document:
        transaction = text(body, "transaction_id", longest=32, required=False)
        if transaction:
            order = self._payments.by_transaction(merchant, transaction)
        else:
            order = self._payments.of(merchant, text(body, "out_trade_no", longest=32))
        if not order["paid"]:
            raise missing("订单未支付，不能退款")
        if self._desk.now() > order["paid"] + REFUND_DAYS * DAY:
            raise invalid("订单已超过可退款的最大期限")
        return order

    def _new(self, body: Document, order: Document, number: str) -> Document:
        wanted = amount(body, "amount.refund")
        if amount(body, "amount.total") != order["total"]:
            raise invalid("订单金额与原订单不一致")
        if text(body, "amount.currency") != "CNY":
            raise invalid("退款币种与原订单不一致")
        if order["refunded"] + wanted > order["total"]:
            raise invalid("申请退款金额大于订单可退金额")
        if len(self._of(order)) >= REFUNDS_PER_ORDER:
            raise invalid("退款单数已达到 50 笔上限")
        now = self._desk.now()
        return {
            "key": f"{order['merchant']}:{number}",
            "merchant": order["merchant"],
            "order": order["key"],
            "out_refund_no": number,
            "refund_id": self._desk.number("refund", "50300000000", now),
            "out_trade_no": order["out_trade_no"],
            "transaction_id": order["transaction_id"],
            "state": "PROCESSING",
            "amount": wanted,
            "total": order["total"],
            "openid": order["openid"],
            "reason": text(body, "reason", longest=80, required=False),
            "notify_url": text(body, "notify_url", required=False) or "",
            "created": now,
            "succeeded": 0.0,
        }

    def _of(self, order: Document) -> list[Document]:
        return self._desk.books.find("refund", order=order["key"])

    def _take(self, order: Document, refund: Document) -> None:
        """Take the money where the rules say: from the frozen money while a split is open, from
        what is available otherwise."""
        fee = accounts.fee_back(order, order["refunded"])
        own = refund["amount"] - fee
        if order["split"] and not order.get("finished"):
            if own > order["frozen"] - order.get("pending", 0):
                raise Refusal(403, "NOT_ENOUGH", "剩余待分金额不足，请先解冻剩余资金再退款")
            order["frozen"] -= own
        elif own > accounts.available(self._desk.books, order["merchant"]):
            raise Refusal(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
        order["fee_returned"] += fee
        refund["fee"] = fee
        self._book(refund, -1)

    def _book(self, refund: Document, direction: int) -> None:
        for name, value in (("退款", refund["amount"]), ("退还交易手续费", -refund["fee"])):
            accounts.move(
                self._desk,
                accounts.Movement(
                    refund["merchant"], refund["refund_id"], name, "退款", refund["out_refund_no"]
                ),
                direction * value,
            )

    def _query(self, call: Call) -> Response:
        key = f"{call.merchant['mchid']}:{call.args['number']}"
        refund = call.books.get("refund", key)
        if refund is None:
            raise missing("退款单不存在")
        return reply(answer_of(refund))

    def settle(self, key: str) -> None:
        """The refund arrives, or a fault says that it cannot."""
        refund = self._desk.books.get("refund", key)
        if refund is None:
            return
        state = "SUCCESS"
        if self._desk.faults.take("refund_abnormal", PLACE, key):
            state = "ABNORMAL"
        elif self._desk.faults.take("refund_closed", PLACE, key):
            state = "CLOSED"
            self._give_up(refund)
        refund.update(state=state, succeeded=self._desk.now() if state == "SUCCESS" else 0.0)
        self._desk.books.put("refund", key, refund)
        self._desk.tell(
            refund["merchant"], refund["notify_url"], f"REFUND.{state}", "refund", notice_of(refund)
        )

    def _give_up(self, refund: Document) -> None:
        """A closed refund never was: the money is back with the merchant."""
        order = self._desk.books.get("order", refund["order"])
        if order is None:
            return
        order["refunded"] -= refund["amount"]
        order["fee_returned"] -= refund["fee"]
        if order["split"] and not order.get("finished"):
            order["frozen"] += refund["amount"] - refund["fee"]
        if order["refunded"] == 0:
            order["state"] = "SUCCESS"
        self._payments.keep(order)
        self._book(refund, 1)


def answer_of(refund: Document) -> Document:
    """A refund as the API tells it."""
    told = {
        "refund_id": refund["refund_id"],
        "out_refund_no": refund["out_refund_no"],
        "transaction_id": refund["transaction_id"],
        "out_trade_no": refund["out_trade_no"],
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": stamp(refund["created"]),
        "status": refund["state"],
        "funds_account": "AVAILABLE",
        "amount": {
            "total": refund["total"],
            "refund": refund["amount"],
            "payer_total": refund["total"],
            "payer_refund": refund["amount"],
            "settlement_total": refund["total"],
            "settlement_refund": refund["amount"],
            "discount_refund": 0,
            "currency": "CNY",
        },
    }
    if refund["succeeded"]:
        told["success_time"] = stamp(refund["succeeded"])
    return told


def notice_of(refund: Document) -> Document:
    """A refund as its notice tells it."""
    told = {
        "mchid": refund["merchant"],
        "out_trade_no": refund["out_trade_no"],
        "transaction_id": refund["transaction_id"],
        "out_refund_no": refund["out_refund_no"],
        "refund_id": refund["refund_id"],
        "refund_status": refund["state"],
        "user_received_account": "支付用户零钱",
        "amount": {
            "total": refund["total"],
            "refund": refund["amount"],
            "payer_total": refund["total"],
            "payer_refund": refund["amount"],
        },
    }
    if refund["succeeded"]:
        told["success_time"] = stamp(refund["succeeded"])
    return told
