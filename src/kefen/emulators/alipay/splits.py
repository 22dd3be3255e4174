"""Dividing a payment (分账): who may receive, and what is settled."""

from typing import Any

from kefen.emulators.alipay.calls import Asked, key_of, merchant_of, move
from kefen.emulators.alipay.trades import found
from kefen.emulators.alipay.wire_format import Refusal, beijing, fen, invalid, number, yuan
from kefen.emulators.frame.books import Books, Document

FROZEN_SECONDS = 30 * 24 * 3600
_RELATIONS = 20_000
# Receivers of one request, and requests of one trade, by way of settling.
_LIMITS = {"sync": (5, 50), "async": (50, 300)}
_KINDS = ("userId", "loginName", "openId")


def bind(asked: Asked) -> dict[str, Any]:
    """Let somebody receive; whoever may already, may."""
    number(asked.content, "out_request_no")
    wanted = asked.content.get("receiver_list")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= 20:
        raise invalid("receiver_list")
    for one in wanted:
        if not isinstance(one, dict) or one.get("type") not in _KINDS or not one.get("account"):
            raise invalid("receiver_list")
        if one["type"] == "loginName" and not one.get("name"):
            raise invalid("receiver_list.name")
        key = key_of(asked.merchant, str(one["account"]))
        asked.books.put("receiver", key, one | {"app_id": asked.merchant["app_id"]})
    if len(asked.books.find("receiver", app_id=asked.merchant["app_id"])) > _RELATIONS:
        raise Refusal("ACQ.ROYALTY_RELATION_EXCEED_LIMIT", "分账关系数量超限")
    return {"result_code": "SUCCESS"}


def unbind(asked: Asked) -> dict[str, Any]:
    """Let somebody receive no longer."""
    for one in asked.content.get("receiver_list") or []:
        asked.books.delete("receiver", key_of(asked.merchant, str(one.get("account"))))
    return {"result_code": "SUCCESS"}


def list_bound(asked: Asked) -> dict[str, Any]:
    """Who may receive."""
    bound = asked.books.find("receiver", app_id=asked.merchant["app_id"])
    names = ("type", "account", "memo")
    told = [{name: one[name] for name in names if name in one} for one in bound]
    return {"result_code": "SUCCESS", "receiver_list": told, "total_record_num": len(told)}


def rate(asked: Asked) -> dict[str, Any]:
    """How much of a payment may be shared."""
    ratio = asked.merchant["split_bps"] // 100
    return {"user_id": asked.merchant["seller_id"], "max_ratio": ratio}


def settle(asked: Asked) -> dict[str, Any]:
    """Take a request: synchronously all of it or nothing, asynchronously one share by one."""
    trade, name = found(asked), number(asked.content, "out_request_no")
    key = key_of(trade, f"{trade['trade_no']} {name}")
    mode = str(asked.content.get("royalty_mode") or "sync")
    extended = asked.content.get("extend_params") or {}
    finish = str(extended.get("royalty_finish", "")).lower() == "true"
    shares = _shares(asked, mode)
    known = asked.books.get("settlement", key)
    if known is not None:
        if (known["asked"], known["finish"]) != (shares, finish):
            raise Refusal("ACQ.DISCORDANT_REPEAT_REQUEST", "请求信息不一致")
        return {"trade_no": trade["trade_no"], "settle_no": known["settle_no"]}
    _check(asked, trade, shares, mode, finish=finish)
    at = asked.now
    known = {
        "key": key,
        "app_id": trade["app_id"],
        "trade": key_of(trade, trade["out_trade_no"]),
        "trade_no": trade["trade_no"],
        "out_request_no": name,
        "settle_no": f"{beijing(at)[:10].replace('-', '')}0025{asked.books.next('settle'):020d}",
        "asked": shares,
        "finish": finish,
        "at": at,
        "state": "waiting",
        "details": [_detail(asked, one) for one in shares],
    }
    trade["shared"] += sum(one["amount"] for one in shares)
    trade["finished"] = trade["finished"] or finish
    asked.books.put("trade", known["trade"], trade)
    asked.books.put("settlement", key, known)
    if mode == "sync":
        execute(asked.emulator, asked.books, known)
        if any(one["state"] == "FAIL" for one in known["details"]):
            raise Refusal("ACQ.TRADE_SETTLE_ERROR", "分账处理失败")
    return {"trade_no": trade["trade_no"], "settle_no": known["settle_no"]}


def _shares(asked: Asked, mode: str) -> list[Document]:
    if mode not in _LIMITS:
        raise invalid("royalty_mode")
    wanted = asked.content.get("royalty_parameters") or []
    if not isinstance(wanted, list) or len(wanted) > _LIMITS[mode][0]:
        raise invalid("royalty_parameters")
    for one in wanted:
        if one.get("trans_in_type", "userId") not in _KINDS or not one.get("trans_in"):
            raise invalid("trans_in")
        if one.get("trans_out") not in {None, asked.merchant["seller_id"]}:
            raise invalid("trans_out")
    return [
        {
            "account": one["trans_in"],
            "kind": one.get("trans_in_type", "userId"),
            "amount": fen(one, "amount"),
        }
        for one in wanted
    ]


def _check(
    asked: Asked, trade: Document, shares: list[Document], mode: str, *, finish: bool
) -> None:
    if not trade["paid"] or not trade["freeze"]:
        raise Refusal("ACQ.TRADE_STATUS_ERROR", "交易未冻结，不能分账")
    if trade["finished"] or asked.now - trade["paid"] > FROZEN_SECONDS:
        raise Refusal("ACQ.TRADE_SETTLE_ERROR", "交易分账已完结")
    if not shares and not finish:
        raise invalid("royalty_parameters")
    before = asked.books.find("settlement", trade=key_of(trade, trade["out_trade_no"]))
    if len(before) >= _LIMITS[mode][1]:
        raise Refusal("ACQ.TRADE_SETTLE_ERROR", "分账次数超限")
    total = trade["shared"] + sum(one["amount"] for one in shares)
    most = trade["total"] * asked.merchant["split_bps"] // 10_000
    if total > min(most, trade["total"] - trade["refunded"]):
        raise Refusal("ACQ.ALLOC_AMOUNT_VALIDATE_ERROR", "分账金额超限")
    for one in shares:
        bound = asked.books.get("receiver", key_of(asked.merchant, one["account"]))
        if bound is None or bound["type"] != one["kind"]:
            raise Refusal("ACQ.USER_NOT_EXIST_RELATION", "分账关系不存在")


def _detail(asked: Asked, share: Document) -> Document:
    about = f"{asked.content['out_request_no']} {share['account']}"
    return share | {
        "state": "PROCESSING",
        "fails": asked.fault("share_fails", about),
        "detail_id": f"{int(asked.now)}{asked.books.next('detail'):016d}",
    }


def execute(emulator: Any, books: Books, one: Document) -> None:
    """Settle what was asked for."""
    trade, merchant = books.get("trade", one["trade"]), merchant_of(books, one)
    if trade is None:
        raise LookupError(one["trade"])
    now = emulator.clock.seconds()
    for detail in one["details"]:
        detail["executed"] = now
        if detail["fails"]:
            detail["state"] = "FAIL"
            trade["shared"] -= detail["amount"]
            continue
        detail["state"] = "SUCCESS"
        move(
            books,
            merchant,
            now,
            kind="分账",
            amount=-detail["amount"],
            number=one["out_request_no"],
            trade=one["trade_no"],
            name=trade["subject"],
        )
    one["state"] = "done"
    books.put("trade", one["trade"], trade)
    books.put("settlement", one["key"], one)


def settle_query(asked: Asked) -> dict[str, Any]:
    """What became of each share."""
    if asked.content.get("settle_no"):
        known = asked.books.first("settlement", settle_no=str(asked.content["settle_no"]))
    else:
        trade, name = found(asked), number(asked.content, "out_request_no")
        known = asked.books.get("settlement", key_of(trade, f"{trade['trade_no']} {name}"))
    if known is None or known["app_id"] != asked.merchant["app_id"]:
        raise Refusal("ACQ.SETTLE_NOT_EXIST", "分账请求不存在")
    return {
        "out_request_no": known["out_request_no"],
        "operation_dt": beijing(known["at"]),
        "royalty_detail_list": [_told(asked, detail) for detail in known["details"]],
    }


def _told(asked: Asked, detail: Document) -> dict[str, Any]:
    told = {
        "operation_type": "transfer",
        "trans_out": asked.merchant["seller_id"],
        "trans_out_type": "userId",
        "trans_in": detail["account"],
        "trans_in_type": detail["kind"],
        "amount": yuan(detail["amount"]),
        "state": detail["state"],
        "detail_id": detail["detail_id"],
    }
    if "executed" in detail:
        told["execute_dt"] = beijing(detail["executed"])
    if detail["state"] == "FAIL":
        told |= {
            "error_code": "TXN_RESULT_ACCOUNT_STATUS_NOT_NORMAL",
            "error_desc": "收款方账户状态异常",
        }
    return told


def unsettled(asked: Asked) -> dict[str, Any]:
    """What of a trade is still frozen."""
    trade = found(asked)
    left = trade["total"] - trade["refunded"] - trade["shared"]
    over = trade["finished"] or asked.now - trade["paid"] > FROZEN_SECONDS
    frozen = trade["freeze"] and trade["paid"] and not over
    return {"unsettled_amount": yuan(left if frozen else 0)}
