"""Profit sharing of one payment (facts: /v3/profitsharing/orders).

While a split is under way, its shares are `pending` on the order: still frozen, no longer free.
"""

from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Response

from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.wechat import accounts, people
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
from kefen.emulators.wechat.payments import SPLIT_DAYS, Payments
from kefen.emulators.wechat.receivers import TYPES, is_receiver

EARLIEST = 60  # seconds after the payment
RECEIVERS_PER_SPLIT = 50
SPLITS_PER_ORDER = 50
PERSONAL_MONTH = 200_000_00
PLACE = "splits"


class Splits:
    """A split is kept under merchant and `out_order_no`; a release of the rest is one too."""

    def __init__(self, desk: Desk, payments: Payments) -> None:
        self._desk, self._payments = desk, payments

    def routes(self) -> Iterable[Route]:
        """The addresses of direct merchants."""
        base = "/v3/profitsharing"
        yield Route("POST", f"{base}/orders", self._split, PLACE)
        yield Route("POST", f"{base}/orders/unfreeze", self._unfreeze, "unfreeze")
        yield Route("GET", f"{base}/orders/<number>", self._query, "split_query")
        yield Route("GET", f"{base}/transactions/<transaction>/amounts", self._left, "amounts")
        yield Route("GET", f"{base}/merchant-configs/<mchid>", self._config, "merchant_configs")

    # What the merchant asks for.

    def _split(self, call: Call) -> Response:
        body = body_of(call)
        number = self._number(body)
        found = call.books.get("split", f"{call.merchant['mchid']}:{number}")
        if found is not None:
            if found["fingerprint"] != print_of(body):
                raise invalid("分账单号已存在，且请求参数与之前不一致")
            return reply(answer_of(found))
        order = self._order(body, call.merchant)
        shares = self._shares(call, body)
        unfreeze = body.get("unfreeze_unsplit")
        if not isinstance(unfreeze, bool):
            raise malformed("参数 unfreeze_unsplit 缺失")
        total = sum(one["amount"] for one in shares)
        self._check_amounts(call.merchant, order, total)
        split = self._new(order, number, shares, unfreeze=unfreeze)
        split["fingerprint"] = print_of(body)
        order["shared"] += total
        order["pending"] = order.get("pending", 0) + total
        self._keep(split, order)
        delay = self._desk.delay(PLACE, call.mentioned)
        self._desk.agenda.put(self._desk.now() + delay, "settle split", split["key"])
        return reply(answer_of(split))

    def _number(self, body: Document) -> str:
        return alphanumeric(body, "out_order_no", also="_-|*@", longest=64)

    def _order(self, body: Document, merchant: Document) -> Document:
        order = self._payments.by_transaction(merchant, text(body, "transaction_id", longest=32))
        now = self._desk.now()
        if not order["split"]:
            raise invalid("非分账订单不支持分账")
        if now < order["paid"] + EARLIEST:
            raise invalid("订单处理中，暂时不可分账，请稍后再试")
        if order.get("finished") or now > order["paid"] + SPLIT_DAYS * DAY:
            raise invalid("分账订单已完结，不能再分账")
        if order["refunded"] >= order["total"]:
            raise invalid("订单已全额退款，不能分账")
        if self._desk.books.count("split", order=order["key"]) >= SPLITS_PER_ORDER:
            raise invalid("单笔订单分账次数已达到 50 次上限")
        return order

    def _shares(self, call: Call, body: Document) -> list[Document]:
        wanted = body.get("receivers")
        if not isinstance(wanted, list) or not 1 <= len(wanted) <= RECEIVERS_PER_SPLIT:
            raise malformed("参数 receivers 须有 1 到 50 个接收方")
        shares = [self._share(call, one) for one in wanted]
        if len({(one["type"], one["account"]) for one in shares}) < len(shares):
            raise malformed("同一个接收方在一次分账请求中只能出现一次")
        return shares

    def _share(self, call: Call, wanted: Any) -> Document:
        if not isinstance(wanted, dict) or text(wanted, "type") not in TYPES:
            raise malformed("参数 receivers.type 不合法")
        account = text(wanted, "account", longest=64)
        if not is_receiver(call.books, call.merchant["mchid"], wanted["type"], account):
            raise invalid("分账接收方尚未添加，请先添加分账接收方")
        name = text(wanted, "name", longest=1024, required=False)
        if name and people.name_differs(call.books, account, self._desk.open_name(call, name)):
            raise invalid("分账接收方姓名与其实名信息不一致")
        return {
            "type": wanted["type"],
            "account": account,
            "amount": amount(wanted, "amount"),
            "description": text(wanted, "description", longest=80),
            "result": "PENDING",
            "detail_id": self._desk.number("share", "3601", self._desk.now()),
        }

    def _check_amounts(self, merchant: Document, order: Document, total: int) -> None:
        ceiling = order["total"] * merchant["split_maximum_bps"] // 10_000
        if order["shared"] + total > ceiling:
            raise Refusal(403, "RULE_LIMIT", "分账金额超出最大分账比例限制")
        if total > order["frozen"] - order.get("pending", 0):
            raise Refusal(403, "NOT_ENOUGH", "分账金额超出订单剩余待分金额")

    def _new(
        self, order: Document, number: str, shares: list[Document], *, unfreeze: bool
    ) -> Document:
        now = self._desk.now()
        return {
            "key": f"{order['merchant']}:{number}",
            "merchant": order["merchant"],
            "order": order["key"],
            "transaction_id": order["transaction_id"],
            "out_order_no": number,
            "order_id": self._desk.number("split", "300", now),
            "state": "PROCESSING",
            "unfreeze": unfreeze,
            "created": now,
            "month": f"{beijing(now):%Y-%m}",
            "receivers": [
                {**one, "create_time": stamp(now), "finish_time": stamp(now)} for one in shares
            ],
        }

    def _keep(self, split: Document, order: Document) -> None:
        self._payments.keep(order)
        self._desk.books.put("split", split["key"], split)

    def _unfreeze(self, call: Call) -> Response:
        body = body_of(call)
        number = self._number(body)
        note = text(body, "description", longest=80)
        order = self._payments.by_transaction(
            call.merchant, text(body, "transaction_id", longest=32)
        )
        found = call.books.get("split", f"{call.merchant['mchid']}:{number}")
        if found is not None:
            # As the channel does: a used number answers, and releases nothing.
            return reply(answer_of(found))
        if not order["split"]:
            raise invalid("非分账订单不支持解冻")
        if self._desk.now() < order["paid"] + EARLIEST:
            raise invalid("订单处理中，暂时不可解冻，请稍后再试")
        if order.get("pending"):
            raise invalid("分账处理中，请稍后再解冻")
        rest = {
            "type": "MERCHANT_ID",
            "account": order["merchant"],
            "amount": order["frozen"],
            "description": note,
            "result": "SUCCESS",
            "detail_id": self._desk.number("share", "3601", self._desk.now()),
        }
        split = self._new(order, number, [rest] if order["frozen"] else [], unfreeze=True)
        order.update(frozen=0, finished=True)
        self._keep(split, order)
        self._desk.agenda.put(self._desk.now(), "settle split", split["key"])
        return reply(answer_of(split))

    def _query(self, call: Call) -> Response:
        split = call.books.get("split", f"{call.merchant['mchid']}:{call.args['number']}")
        if split is None or split["transaction_id"] != call.request.args.get("transaction_id"):
            raise missing("分账单不存在")
        return reply(answer_of(split))

    def _left(self, call: Call) -> Response:
        order = self._payments.by_transaction(call.merchant, call.args["transaction"])
        left = order["frozen"] - order.get("pending", 0)
        return reply({"transaction_id": order["transaction_id"], "unsplit_amount": left})

    def _config(self, call: Call) -> Response:
        if call.args["mchid"] != call.merchant["mchid"]:
            raise Refusal(403, "NO_AUTH", "无权查询该商户的分账配置")
        return reply(
            {"sub_mchid": call.args["mchid"], "max_ratio": call.merchant["split_maximum_bps"]}
        )

    # What passes with time.

    def settle(self, key: str) -> None:
        """Each receiver gets his share, or a reason why not; what fails stays frozen."""
        split = self._desk.books.get("split", key)
        order = self._desk.books.get("order", split["order"]) if split else None
        if split is None or order is None or split["state"] == "FINISHED":
            return
        for share in split["receivers"]:
            if share["result"] == "PENDING":
                self._settle_share(split, order, share)
            share["finish_time"] = stamp(self._desk.now())
        split["state"] = "FINISHED"
        if split["unfreeze"]:
            order.update(frozen=0, finished=True)
        self._keep(split, order)

    def _settle_share(self, split: Document, order: Document, share: Document) -> None:
        order["pending"] -= share["amount"]
        if reason := self._why_not(split, share):
            share.update(result="CLOSED", fail_reason=reason)
            order["shared"] -= share["amount"]
            return
        share["result"] = "SUCCESS"
        order["frozen"] -= share["amount"]
        accounts.move(
            self._desk,
            accounts.Movement(
                split["merchant"], split["order_id"], "分账", "分账", split["out_order_no"]
            ),
            -share["amount"],
        )
        if share["type"] == "PERSONAL_OPENID":
            key = f"{share['account']}:{split['month']}"
            got = self._desk.books.get("month", key) or {"amount": 0}
            self._desk.books.put("month", key, {"amount": got["amount"] + share["amount"]})

    def _why_not(self, split: Document, share: Document) -> str:
        mentioned = f"{split['key']} {share['account']} {share['detail_id']}"
        if struck := self._desk.faults.take("receiver_fails", PLACE, mentioned):
            return str(struck.get("reason", "ACCOUNT_ABNORMAL"))
        books = self._desk.books
        if not is_receiver(books, split["merchant"], share["type"], share["account"]):
            return "NO_RELATION"
        if share["type"] != "PERSONAL_OPENID":
            return ""
        if people.is_unverified(books, share["account"]):
            return "RECEIVER_REAL_NAME_NOT_VERIFIED"
        if people.is_blocked(books, share["account"]):
            return "ACCOUNT_ABNORMAL"
        got = books.get("month", f"{share['account']}:{split['month']}") or {"amount": 0}
        return "RECEIVER_RECEIPT_LIMIT" if got["amount"] + share["amount"] > PERSONAL_MONTH else ""


def answer_of(split: Document) -> Document:
    """A split as the API tells it."""
    return {
        "transaction_id": split["transaction_id"],
        "out_order_no": split["out_order_no"],
        "order_id": split["order_id"],
        "state": split["state"],
        "receivers": split["receivers"],
    }
