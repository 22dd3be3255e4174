"""Receivers who agree once (facts: /v3/fund-app/mch-transfer/user-confirm-authorization)."""

import secrets
from collections.abc import Iterable

from werkzeug.wrappers import Response

from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.wechat.desk import (
    DAY,
    Desk,
    Refusal,
    alphanumeric,
    body_of,
    invalid,
    missing,
    print_of,
    reply,
    stamp,
    text,
)

_NOTICE = {
    "TAKING_EFFECT": "MCHTRANSFER.AUTHORIZATION.CONFIRMED",
    "CLOSED": "MCHTRANSFER.AUTHORIZATION.CLOSED",
}


class Authorisations:
    """An authorisation is kept under merchant and `out_authorization_no`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[Route]:
        """The addresses of direct merchants."""
        base = "/v3/fund-app/mch-transfer/user-confirm-authorization"
        yield Route("POST", base, self._ask, "authorisations")
        one = f"{base}/out-authorization-no/<number>"
        yield Route("GET", one, self._query, "authorisation_query")
        yield Route("POST", f"{one}/close", self._close, "authorisation_close")

    def _ask(self, call: Call) -> Response:
        body, merchant = body_of(call), call.merchant
        number = alphanumeric(body, "out_authorization_no", also="", longest=32)
        key = f"{merchant['mchid']}:{number}"
        found = call.books.get("authorisation", key)
        if found is None:
            found = self._new(body, merchant, key)
            call.books.put("authorisation", key, found)
            self._desk.agenda.put(found["created"] + DAY, "expire authorisation", key)
        elif found["fingerprint"] != print_of(body):
            raise Refusal(400, "ALREADY_EXISTS", "商户侧授权单号已存在，且请求参数与之前不一致")
        elif found["state"] == "CLOSED":
            raise invalid("该授权已关闭，请更换单号")
        told = {
            "out_authorization_no": number,
            "state": found["state"],
            "create_time": stamp(found["created"]),
        }
        if found["state"] == "WAIT_USER_CONFIRM":
            told["package_info"] = found["package_info"]
        return reply(told)

    def _new(self, body: Document, merchant: Document, key: str) -> Document:
        if text(body, "appid", longest=32) != merchant["app_id"]:
            raise invalid("appid 与商户号不匹配")
        scene = text(body, "transfer_scene_id", longest=36)
        if scene not in merchant["transfer_scenes"]:
            raise Refusal(403, "NO_AUTH", "商户号未获取该转账场景的使用权限")
        return {
            "key": key,
            "merchant": merchant["mchid"],
            "appid": body["appid"],
            "out_authorization_no": body["out_authorization_no"],
            "openid": text(body, "openid", longest=128),
            "user_display_name": text(body, "user_display_name", longest=64),
            "transfer_scene_id": scene,
            "notify_url": text(body, "authorization_notify_url"),
            "state": "WAIT_USER_CONFIRM",
            "authorization_id": "",
            "authorized": 0.0,
            "closed": 0.0,
            "close_reason": "",
            "package_info": secrets.token_urlsafe(48),
            "created": self._desk.now(),
            "fingerprint": print_of(body),
        }

    def _of(self, call: Call) -> Document:
        key = f"{call.merchant['mchid']}:{call.args['number']}"
        found = call.books.get("authorisation", key)
        if found is None:
            raise Refusal(404, "NOT_FOUND", "授权单不存在")
        return found

    def _query(self, call: Call) -> Response:
        return reply(answer_of(self._of(call)))

    def _close(self, call: Call) -> Response:
        found = self._of(call)
        if found["state"] != "CLOSED":
            self._end(found, "CLOSE_VIA_MCH_API")
        return reply(answer_of(found))

    # What others need.

    def in_effect(self, merchant: Document, number: str) -> Document:
        """The merchant's authorisation with the channel's number, if it holds."""
        found = self._desk.books.first("authorisation", authorization_id=number)
        if found is None or found["merchant"] != merchant["mchid"]:
            raise missing("授权单不存在")
        if found["state"] != "TAKING_EFFECT":
            raise invalid("授权未生效或已关闭")
        return found

    def answer(self, package_info: str, *, agrees: bool) -> Document:
        """The receiver says yes, or closes it, before or after."""
        found = self._desk.books.first("authorisation", package_info=package_info)
        if not package_info or found is None:
            raise missing("授权单不存在")
        if not agrees and found["state"] != "CLOSED":
            self._end(found, "USER_CLOSE")
        elif agrees and found["state"] == "WAIT_USER_CONFIRM":
            now = self._desk.now()
            found.update(
                state="TAKING_EFFECT",
                authorized=now,
                authorization_id=self._desk.number("authorisation", "201", now),
            )
            self._keep(found)
        elif agrees:
            raise invalid("该授权不能再确认")
        return found

    def expire(self, key: str) -> None:
        """Nobody agreed within a day."""
        found = self._desk.books.get("authorisation", key)
        if found is not None and found["state"] == "WAIT_USER_CONFIRM":
            self._end(found, "USER_OVERDUE_UNCONFIRMED")

    def _end(self, found: Document, reason: str) -> None:
        found.update(state="CLOSED", closed=self._desk.now(), close_reason=reason)
        self._keep(found)

    def _keep(self, found: Document) -> None:
        self._desk.books.put("authorisation", found["key"], found)
        self._desk.tell(
            found["merchant"],
            found["notify_url"],
            _NOTICE[found["state"]],
            "mch_payment",
            {"mchid": found["merchant"], **answer_of(found)},
        )


def answer_of(found: Document) -> Document:
    """An authorisation as the API tells it."""
    names = ("out_authorization_no", "appid", "openid", "user_display_name", "state")
    told = {name: found[name] for name in (*names, "transfer_scene_id")}
    told["create_time"] = stamp(found["created"])
    if found["authorized"]:
        told["authorization_id"] = found["authorization_id"]
        told["authorize_time"] = stamp(found["authorized"])
    if found["closed"]:
        told["close_info"] = {
            "close_time": stamp(found["closed"]),
            "close_reason": found["close_reason"],
        }
    return told
