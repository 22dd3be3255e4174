"""Transfers to people (facts: /v3/fund-app/mch-transfer/transfer-bills).

The money leaves the operation account when the bill is made and comes back when it fails.
"""

import secrets
from collections.abc import Iterable

from werkzeug.wrappers import Response

from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.wechat import accounts, people
from kefen.emulators.wechat.authorisations import Authorisations
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

NAME_FROM, NAME_NEEDED = 30, 2_000_00
MINIMUM = 10
REPORTS = {"1000": ("活动名称", "奖励说明"), "1005": ("岗位类型", "报酬说明")}
PLACE, AUTHORISED = "transfers", "authorised_transfers"
OPEN = ("ACCEPTED", "WAIT_USER_CONFIRM", "TRANSFERING")


class Transfers:
    """A bill is kept under merchant and `out_bill_no`."""

    def __init__(self, desk: Desk, authorisations: Authorisations) -> None:
        self._desk, self._authorisations = desk, authorisations

    def routes(self) -> Iterable[Route]:
        """The addresses of direct merchants."""
        base = "/v3/fund-app/mch-transfer/transfer-bills"
        yield Route("POST", base, self._ask, PLACE)
        yield Route("POST", f"{base}/transfer", self._ask_authorised, AUTHORISED)
        yield Route("GET", f"{base}/out-bill-no/<number>", self._query, "transfer_query")
        yield Route("GET", f"{base}/transfer-bill-no/<bill>", self._query_by_bill, "transfer_query")
        yield Route("POST", f"{base}/out-bill-no/<number>/cancel", self._cancel, "transfer_cancel")

    # What the merchant asks for.

    def _ask(self, call: Call) -> Response:
        body = body_of(call)
        found = self._known(call, body)
        if found is None:
            openid = text(body, "openid", longest=128)
            found = self._new(call, body, openid)
            found.update(state="WAIT_USER_CONFIRM", package_info=secrets.token_urlsafe(48))
            found["expires"] = found["created"] + DAY
            self._take(found)
            self._desk.agenda.put(found["expires"], "expire transfer", found["key"])
        return reply(_receipt(found))

    def _ask_authorised(self, call: Call) -> Response:
        body = body_of(call)
        found = self._known(call, body)
        if found is None:
            given = self._authorisations.in_effect(
                call.merchant, text(body, "authorization_id", longest=64)
            )
            if text(body, "transfer_scene_id") != given["transfer_scene_id"]:
                raise invalid("转账场景与授权的转账场景不一致")
            found = self._new(call, body, given["openid"])
            self._take(found)
            delay = self._desk.delay(AUTHORISED, call.mentioned)
            self._desk.agenda.put(found["created"] + delay, "settle transfer", found["key"])
        return reply(answer_of(found))

    def _known(self, call: Call, body: Document) -> Document | None:
        number = alphanumeric(body, "out_bill_no", also="", longest=32)
        found = call.books.get("transfer", f"{call.merchant['mchid']}:{number}")
        if found is not None and found["fingerprint"] != print_of(body):
            raise Refusal(400, "ALREADY_EXISTS", "商户单号已存在，且请求参数与之前不一致")
        return found

    def _new(self, call: Call, body: Document, openid: str) -> Document:
        merchant, now = call.merchant, self._desk.now()
        if text(body, "appid", longest=32) != merchant["app_id"]:
            raise invalid("appid 与商户号不匹配")
        self._check_scene(body, merchant)
        value = amount(body, "transfer_amount")
        name = self._name(call, body, value)
        self._check_limits(merchant, openid, value, now)
        url = text(body, "notify_url", required=False)
        if "?" in url:
            raise malformed("notify_url 不能携带参数")
        return {
            "key": f"{merchant['mchid']}:{body['out_bill_no']}",
            "merchant": merchant["mchid"],
            "appid": body["appid"],
            "out_bill_no": body["out_bill_no"],
            "transfer_bill_no": self._desk.number("transfer", "13300000711009999911", now),
            "openid": openid,
            "user_name": name,
            "amount": value,
            "remark": text(body, "transfer_remark", longest=32),
            "notify_url": url,
            "state": "ACCEPTED",
            "fail_reason": "",
            "package_info": "",
            "created": now,
            "updated": now,
            "day": f"{beijing(now):%Y-%m-%d}",
            "expires": 0.0,
            "fingerprint": print_of(body),
        }

    def _check_scene(self, body: Document, merchant: Document) -> None:
        scene = text(body, "transfer_scene_id", longest=36)
        if scene not in merchant["transfer_scenes"]:
            raise Refusal(403, "NO_AUTH", "商户号未获取该转账场景的使用权限")
        reports = body.get("transfer_scene_report_infos")
        if not isinstance(reports, list) or not all(isinstance(one, dict) for one in reports):
            raise malformed("参数 transfer_scene_report_infos 缺失")
        kinds = [text(one, "info_type", longest=15) for one in reports]
        for one in reports:
            text(one, "info_content", longest=32)
        if scene in REPORTS and sorted(kinds) != sorted(REPORTS[scene]):
            raise invalid("转账场景报备信息与该场景的要求不一致：" + "、".join(REPORTS[scene]))

    def _name(self, call: Call, body: Document, value: int) -> str:
        sealed = text(body, "user_name", longest=1024, required=False)
        if sealed and value < NAME_FROM:
            raise invalid("转账金额低于 0.3 元时，不允许填写收款用户姓名")
        if not sealed and value >= NAME_NEEDED:
            raise invalid("转账金额达到 2000 元时，必须填写收款用户姓名")
        return self._desk.open_name(call, sealed) if sealed else ""

    def _check_limits(self, merchant: Document, openid: str, value: int, now: float) -> None:
        if value < MINIMUM:
            raise invalid("转账金额低于单笔最低限额 0.1 元")
        if value > merchant["transfer_maximum"]:
            raise invalid("转账金额超过单笔最高限额")
        day = f"{beijing(now):%Y-%m-%d}"
        today = [
            one
            for one in self._desk.books.find("transfer", day=day)
            if one["merchant"] == merchant["mchid"] and one["state"] not in {"FAIL", "CANCELLED"}
        ]
        his = sum(one["amount"] for one in today if one["openid"] == openid)
        if his + value > merchant["transfer_person_day"]:
            raise Refusal(403, "QUOTA_EXCEED", "超过向同一用户单日转账限额")
        if sum(one["amount"] for one in today) + value > merchant["transfer_day"]:
            raise Refusal(403, "QUOTA_EXCEED", "超过商户单日转账限额")
        if value > merchant["operation_balance"]:
            raise Refusal(403, "NOT_ENOUGH", "商户账户资金不足")

    def _take(self, bill: Document) -> None:
        self._desk.books.put("transfer", bill["key"], bill)
        self._book(bill, -bill["amount"], "商家转账")

    def _book(self, bill: Document, value: int, name: str) -> None:
        movement = accounts.Movement(
            bill["merchant"], bill["transfer_bill_no"], name, "商家转账", bill["out_bill_no"]
        )
        accounts.move(self._desk, movement, value, operation=True)

    def _query(self, call: Call) -> Response:
        return reply(answer_of(self._of(call)))

    def _query_by_bill(self, call: Call) -> Response:
        found = call.books.first("transfer", transfer_bill_no=call.args["bill"])
        if found is None or found["merchant"] != call.merchant["mchid"]:
            raise Refusal(404, "NOT_FOUND", "记录不存在")
        return reply(answer_of(found))

    def _of(self, call: Call) -> Document:
        found = call.books.get("transfer", f"{call.merchant['mchid']}:{call.args['number']}")
        if found is None:
            raise Refusal(404, "NOT_FOUND", "记录不存在")
        return found

    def _cancel(self, call: Call) -> Response:
        bill = self._of(call)
        if bill["state"] in {"ACCEPTED", "WAIT_USER_CONFIRM"}:
            bill.update(state="CANCELING", updated=self._desk.now())
            self._desk.books.put("transfer", bill["key"], bill)
            delay = self._desk.delay("transfer_cancel", call.mentioned)
            self._desk.agenda.put(self._desk.now() + delay, "cancel transfer", bill["key"])
        elif bill["state"] not in {"CANCELING", "CANCELLED"}:
            raise invalid("当前单据状态不支持撤销")
        told = {"out_bill_no": bill["out_bill_no"], "transfer_bill_no": bill["transfer_bill_no"]}
        return reply({**told, "state": bill["state"], "update_time": stamp(bill["updated"])})

    # What people do, and what passes with time.

    def confirm(self, package_info: str) -> Document:
        """The receiver takes the money."""
        bill = (
            self._desk.books.first("transfer", package_info=package_info) if package_info else None
        )
        if bill is None:
            raise missing("转账单不存在")
        if bill["state"] != "WAIT_USER_CONFIRM":
            raise invalid("该笔转账不能再确认")
        bill.update(state="TRANSFERING", updated=self._desk.now())
        self._desk.books.put("transfer", bill["key"], bill)
        delay = self._desk.delay("transfer_confirm", bill["key"])
        self._desk.agenda.put(self._desk.now() + delay, "settle transfer", bill["key"])
        return bill

    def settle(self, key: str) -> None:
        """The money arrives, or a reason why not."""
        bill = self._desk.books.get("transfer", key)
        if bill is not None and bill["state"] in OPEN:
            reason = self._why_not(bill)
            self._end(bill, "FAIL" if reason else "SUCCESS", reason)

    def expire(self, key: str) -> None:
        """Nobody confirmed within a day."""
        bill = self._desk.books.get("transfer", key)
        if bill is not None and bill["state"] == "WAIT_USER_CONFIRM":
            self._end(bill, "FAIL", "OVERDUE_CLOSE")

    def cancel(self, key: str) -> None:
        """The merchant's wish is done."""
        bill = self._desk.books.get("transfer", key)
        if bill is not None and bill["state"] == "CANCELING":
            self._end(bill, "CANCELLED", "MCH_CANCEL")

    def _why_not(self, bill: Document) -> str:
        if struck := self._desk.faults.take("transfer_fails", PLACE, bill["key"] + bill["openid"]):
            return str(struck.get("reason", "PAYEE_ACCOUNT_ABNORMAL"))
        books, openid = self._desk.books, bill["openid"]
        if people.is_unverified(books, openid):
            return "REAL_NAME_CHECK_FAIL"
        if people.name_differs(books, openid, bill["user_name"]):
            return "NAME_NOT_CORRECT"
        return "PAYEE_ACCOUNT_ABNORMAL" if people.is_blocked(books, openid) else ""

    def _end(self, bill: Document, state: str, reason: str) -> None:
        bill.update(state=state, fail_reason=reason, updated=self._desk.now())
        self._desk.books.put("transfer", bill["key"], bill)
        if state != "SUCCESS":
            self._book(bill, bill["amount"], "商家转账退回")
        self._desk.tell(
            bill["merchant"],
            bill["notify_url"],
            "MCHTRANSFER.BILL.FINISHED",
            "mch_payment",
            notice_of(bill),
        )


def _receipt(bill: Document) -> Document:
    told = {
        "out_bill_no": bill["out_bill_no"],
        "transfer_bill_no": bill["transfer_bill_no"],
        "create_time": stamp(bill["created"]),
        "state": bill["state"],
    }
    if bill["state"] == "WAIT_USER_CONFIRM":
        told["package_info"] = bill["package_info"]
    return told


def answer_of(bill: Document) -> Document:
    """A bill as the API tells it."""
    told = {
        "mch_id": bill["merchant"],
        "out_bill_no": bill["out_bill_no"],
        "transfer_bill_no": bill["transfer_bill_no"],
        "appid": bill["appid"],
        "state": bill["state"],
        "transfer_amount": bill["amount"],
        "transfer_remark": bill["remark"],
        "openid": bill["openid"],
        "create_time": stamp(bill["created"]),
        "update_time": stamp(bill["updated"]),
    }
    if bill["fail_reason"]:
        told["fail_reason"] = bill["fail_reason"]
    return told


def notice_of(bill: Document) -> Document:
    """A bill as its notice tells it."""
    told = answer_of(bill)
    return {name: told[name] for name in told if name not in {"appid", "transfer_remark"}}
