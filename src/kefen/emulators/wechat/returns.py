"""Taking shares back from merchants (facts: /v3/profitsharing/return-orders)."""

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

RETURN_DAYS = 180
RETURNS_PER_SPLIT = 50


class Returns:
    """A return is kept under merchant and `out_return_no`. It is done at once, or refused."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[Route]:
        """The addresses of direct merchants."""
        base = "/v3/profitsharing/return-orders"
        yield Route("POST", base, self._ask, "returns")
        yield Route("GET", f"{base}/<number>", self._query, "return_query")

    def _ask(self, call: Call) -> Response:
        body = body_of(call)
        number = alphanumeric(body, "out_return_no", also="_-|*@", longest=64)
        key = f"{call.merchant['mchid']}:{number}"
        found = call.books.get("return", key)
        if found is not None:
            if found["fingerprint"] != print_of(body):
                raise invalid("回退单号已存在，且请求参数与之前不一致")
            return reply(answer_of(found))
        split = self._split(call, body)
        receiver = text(body, "return_mchid", longest=32)
        wanted = amount(body, "amount")
        self._check(call.merchant, split, receiver, wanted)
        now = self._desk.now()
        done = {
            "merchant": call.merchant["mchid"],
            "split": split["key"],
            "order_id": split["order_id"],
            "out_order_no": split["out_order_no"],
            "out_return_no": number,
            "return_id": self._desk.number("return", "301", now),
            "return_mchid": receiver,
            "amount": wanted,
            "description": text(body, "description", longest=80),
            "result": "SUCCESS",
            "create_time": stamp(now),
            "finish_time": stamp(now),
            "fingerprint": print_of(body),
        }
        call.books.put("return", key, done)
        accounts.move(
            self._desk,
            accounts.Movement(done["merchant"], done["return_id"], "分账回退", "分账", number),
            wanted,
        )
        return reply(answer_of(done))

    def _split(self, call: Call, body: Document) -> Document:
        order_id = text(body, "order_id", longest=64, required=False)
        if order_id:
            found = call.books.first("split", order_id=order_id)
        else:
            number = text(body, "out_order_no", longest=64)
            found = call.books.get("split", f"{call.merchant['mchid']}:{number}")
        if found is None or found["merchant"] != call.merchant["mchid"]:
            raise missing("分账单不存在")
        return found

    def _check(self, merchant: Document, split: Document, receiver: str, wanted: int) -> None:
        got = sum(
            one["amount"]
            for one in split["receivers"]
            if one["type"] == "MERCHANT_ID"
            and one["account"] == receiver
            and one["result"] == "SUCCESS"
        )
        if not got or receiver == merchant["mchid"]:
            raise invalid("只支持向商户类型的分账接收方回退")
        if receiver not in merchant["returns_from"]:
            raise Refusal(403, "NO_AUTH", "回退方未开通分账回退功能")
        if self._desk.now() > split["created"] + RETURN_DAYS * DAY:
            raise invalid("已超过 180 天，不能回退")
        earlier = self._desk.books.find("return", split=split["key"])
        if len(earlier) >= RETURNS_PER_SPLIT:
            raise invalid("单笔分账回退次数已达到 50 次上限")
        back = sum(one["amount"] for one in earlier if one["return_mchid"] == receiver)
        if back + wanted > got:
            raise Refusal(403, "NOT_ENOUGH", "回退金额超出分账金额")

    def _query(self, call: Call) -> Response:
        found = call.books.get("return", f"{call.merchant['mchid']}:{call.args['number']}")
        if found is None or found["out_order_no"] != call.request.args.get("out_order_no"):
            raise missing("回退单不存在")
        return reply(answer_of(found))


def answer_of(done: Document) -> Document:
    """A return as the API tells it."""
    names = ("order_id", "out_order_no", "out_return_no", "return_id", "return_mchid", "amount")
    more = ("description", "result", "create_time", "finish_time")
    return {name: done[name] for name in (*names, *more)}
