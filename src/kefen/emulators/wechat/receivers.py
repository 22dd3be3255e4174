"""Who may receive shares (facts: /v3/profitsharing/receivers)."""

from collections.abc import Iterable

from werkzeug.wrappers import Response

from kefen.emulators.frame.books import Books, Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.wechat import people
from kefen.emulators.wechat.desk import Desk, body_of, invalid, malformed, reply, text

TYPES = ("MERCHANT_ID", "PERSONAL_OPENID")
RELATIONS = {
    "SERVICE_PROVIDER",
    "STORE",
    "STAFF",
    "STORE_OWNER",
    "PARTNER",
    "HEADQUARTER",
    "BRAND",
    "DISTRIBUTOR",
    "USER",
    "SUPPLIER",
    "CUSTOM",
}
RECEIVERS_PER_MERCHANT = 20_000


class Receivers:
    """A receiver is kept under merchant, type and account."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[Route]:
        """The addresses of direct merchants."""
        base = "/v3/profitsharing/receivers"
        yield Route("POST", f"{base}/add", self._add, "receivers_add")
        yield Route("POST", f"{base}/delete", self._delete, "receivers_delete")

    def _add(self, call: Call) -> Response:
        body, mchid = body_of(call), call.merchant["mchid"]
        kind, account = identity(body, call.merchant)
        relation = text(body, "relation_type")
        if relation not in RELATIONS:
            raise malformed("参数 relation_type 不合法")
        told = {"type": kind, "account": account, "relation_type": relation}
        if relation == "CUSTOM":
            told["custom_relation"] = text(body, "custom_relation", longest=10)
        name = text(body, "name", longest=1024, required=kind == "MERCHANT_ID")
        if name:
            told["name"] = name
            plain = self._desk.open_name(call, name)
            if kind == "PERSONAL_OPENID" and people.name_differs(call.books, account, plain):
                raise invalid("分账接收方姓名与其实名信息不一致")
        key = key_of(mchid, kind, account)
        if call.books.get("receiver", key) is None:
            if call.books.count("receiver", merchant=mchid) >= RECEIVERS_PER_MERCHANT:
                raise invalid("分账接收方数量已达到上限 20000")
            call.books.put("receiver", key, {"merchant": mchid, **told, "name": ""})
        return reply(told)

    def _delete(self, call: Call) -> Response:
        body = body_of(call)
        kind, account = identity(body, call.merchant)
        call.books.delete("receiver", key_of(call.merchant["mchid"], kind, account))
        return reply({"type": kind, "account": account})


def identity(body: Document, merchant: Document) -> tuple[str, str]:
    """Type and account as the request names them."""
    if text(body, "appid", longest=32) != merchant["app_id"]:
        raise invalid("appid 与商户号不匹配")
    kind = text(body, "type")
    if kind not in TYPES:
        raise malformed("参数 type 不合法")
    return kind, text(body, "account", longest=64)


def key_of(merchant: str, kind: str, account: str) -> str:
    """Under which a receiver is kept."""
    return f"{merchant}:{kind}:{account}"


def is_receiver(books: Books, merchant: str, kind: str, account: str) -> bool:
    """Whether he was added and not deleted."""
    return books.get("receiver", key_of(merchant, kind, account)) is not None
