"""Payments, refunds and what is asked about them.

A trade begins when the student comes to the cashier: of an order whose page or code nobody opened,
Alipay knows nothing, and there is nothing to close.
"""

from datetime import datetime
from typing import Any

from kefen.emulators.alipay.calls import Asked, key_of, merchant_of, move, tell_trade
from kefen.emulators.alipay.wire_format import Refusal, beijing, fen, invalid, number, yuan
from kefen.emulators.frame.books import Books, Document

FEE_BPS = 60
PRODUCTS = {
    "alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY",
    "alipay.trade.wap.pay": "QUICK_WAP_PAY",
}
BUYER = "2088000000000042"


def order(asked: Asked) -> Document:
    """What is to be paid, as the merchant asks for it, whether or not it begins now."""
    content, method = asked.content, asked.parameters["method"]
    subject = content.get("subject")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 256:
        raise invalid("subject")
    if any(sign in subject for sign in "/=&"):
        raise invalid("subject")
    wanted = PRODUCTS.get(method)
    if wanted is not None and content.get("product_code") != wanted:
        raise invalid("product_code")
    extended = content.get("extend_params") or {}
    return {
        "app_id": asked.merchant["app_id"],
        "out_trade_no": number(content, "out_trade_no"),
        "total": fen(content, "total_amount"),
        "subject": subject,
        "expires": expiry(content),
        "freeze": str(extended.get("royalty_freeze", "")).lower() == "true",
        "notify_url": asked.parameters.get("notify_url", ""),
        "return_url": asked.parameters.get("return_url", ""),
    }


def expiry(content: Document) -> float:
    """Until when it can be paid; 0 where nothing was said."""
    if "time_expire" not in content:
        return 0
    try:
        at = datetime.strptime(f"{content['time_expire']} +0800", "%Y-%m-%d %H:%M:%S %z")
    except ValueError as wrong:
        raise invalid("time_expire") from wrong
    return at.timestamp()


def is_over(wanted: Document, now: float) -> bool:
    """Whether it can be paid no more, because its time is over."""
    expires: float = wanted.get("expires", 0)
    return 0 < expires <= now


def begin(books: Books, wanted: Document, now: float) -> Document:
    """The trade of an order, begun if it is new. Raises Refusal."""
    key = key_of(wanted, wanted["out_trade_no"])
    trade = check_order(books, wanted)
    if trade is not None:
        return trade
    if is_over(wanted, now):
        raise Refusal("ACQ.TRADE_HAS_CLOSE", "交易已超时关闭")
    trade = wanted | {
        "trade_no": f"{beijing(now)[:10].replace('-', '')}22001{books.next('trade'):015d}",
        "status": "WAIT_BUYER_PAY",
        "created": now,
        "paid": 0,
        "buyer": BUYER,
        "refunded": 0,
        "shared": 0,
        "finished": False,
    }
    books.put("trade", key, trade)
    return trade


def check_order(books: Books, wanted: Document) -> Document | None:
    """The trade that an order has already, if it may still be paid. Raises Refusal."""
    trade = books.get("trade", key_of(wanted, wanted["out_trade_no"]))
    if trade is None:
        return None
    if trade["status"] == "TRADE_CLOSED":
        raise Refusal("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
    if trade["paid"]:
        raise Refusal("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
    if trade["total"] != wanted["total"]:
        raise Refusal("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
    return trade


def precreate(asked: Asked) -> dict[str, Any]:
    """A code to be scanned; the same order has the same one."""
    wanted = order(asked)
    check_order(asked.books, wanted)
    known = asked.books.first("code", order=key_of(wanted, wanted["out_trade_no"]))
    if known is not None and known["wanted"]["total"] != wanted["total"]:
        raise Refusal("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
    if known is None:
        key = f"bax{asked.books.next('code'):021d}"
        known = {"code": f"https://qr.alipay.com/{key}"}
        known |= {"order": key_of(wanted, wanted["out_trade_no"])}
    asked.books.put("code", known["code"], known | {"wanted": wanted})
    return {"out_trade_no": wanted["out_trade_no"], "qr_code": known["code"]}


def pay(asked_by: Any, books: Books, trade: Document) -> bool:
    """The student pays; at a trade that is paid or closed nothing happens."""
    if trade["status"] != "WAIT_BUYER_PAY":
        return False
    now, merchant = asked_by.clock.seconds(), merchant_of(books, trade)
    if is_over(trade, now):
        books.put("trade", key_of(trade, trade["out_trade_no"]), trade | {"status": "TRADE_CLOSED"})
        return False
    if asked_by.faults.take("wrong_amount", "cashier", trade["out_trade_no"]):
        trade["total"] += 1
    trade |= {"status": "TRADE_SUCCESS", "paid": now}
    trade["fee"] = (trade["total"] * FEE_BPS + 5_000) // 10_000
    books.put("trade", key_of(trade, trade["out_trade_no"]), trade)
    named = {"number": trade["out_trade_no"], "trade": trade["trade_no"], "name": trade["subject"]}
    move(books, merchant, now, kind="在线支付", amount=trade["total"], **named)
    if trade["fee"]:
        move(books, merchant, now, kind="收费", amount=-trade["fee"], **named)
    tell_trade(asked_by, merchant, trade)
    return True


def found(asked: Asked) -> Document:
    """The trade that a request names, by either number. Raises Refusal."""
    content = asked.content
    if content.get("trade_no"):
        trade = asked.books.first(
            "trade", trade_no=str(content["trade_no"]), app_id=asked.merchant["app_id"]
        )
    else:
        trade = asked.books.get("trade", key_of(asked.merchant, number(content, "out_trade_no")))
    if trade is None:
        raise Refusal("ACQ.TRADE_NOT_EXIST", "交易不存在")
    return trade


def query(asked: Asked) -> dict[str, Any]:
    """A trade as it is."""
    trade = found(asked)
    told = {
        "out_trade_no": trade["out_trade_no"],
        "trade_no": trade["trade_no"],
        "trade_status": trade["status"],
        "total_amount": yuan(trade["total"]),
        "buyer_user_id": trade["buyer"],
        "buyer_logon_id": "xiao***@example.com",
    }
    if trade["paid"]:
        told |= {
            "send_pay_date": beijing(trade["paid"]),
            "receipt_amount": yuan(trade["total"]),
            "buyer_pay_amount": yuan(trade["total"]),
        }
    return told


def close(asked: Asked) -> dict[str, Any]:
    """Close a trade that is not paid."""
    trade = found(asked)
    if trade["status"] != "WAIT_BUYER_PAY":
        raise Refusal("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    trade["status"] = "TRADE_CLOSED"
    asked.books.put("trade", key_of(asked.merchant, trade["out_trade_no"]), trade)
    return {"out_trade_no": trade["out_trade_no"], "trade_no": trade["trade_no"]}


def refund(asked: Asked) -> dict[str, Any]:
    """Give part of a payment back, once under its number."""
    trade, amount = found(asked), fen(asked.content, "refund_amount")
    if not trade["paid"]:
        raise Refusal("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    name = asked.content.get("out_request_no") or trade["out_trade_no"]
    key = key_of(trade, f"{trade['trade_no']} {number({'no': name}, 'no')}")
    known = asked.books.get("refund", key)
    if known is not None:
        if known["amount"] != amount:
            raise Refusal("ACQ.DISCORDANT_REPEAT_REQUEST", "请求信息不一致")
        return _refunded(trade, changed=False)
    if amount > trade["total"] - trade["refunded"]:
        raise Refusal("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
    if amount > asked.merchant["balance"] or asked.fault("refuse", name):
        raise Refusal("ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足")
    trade["refunded"] += amount
    if trade["refunded"] == trade["total"]:
        trade["status"] = "TRADE_CLOSED"
    asked.books.put("trade", key_of(trade, trade["out_trade_no"]), trade)
    given = {
        "app_id": trade["app_id"],
        "out_request_no": name,
        "trade_no": trade["trade_no"],
        "out_trade_no": trade["out_trade_no"],
        "subject": trade["subject"],
        "amount": amount,
        "at": asked.now,
    }
    asked.books.put("refund", key, given)
    move(
        asked.books,
        asked.merchant,
        asked.now,
        kind="退款",
        amount=-amount,
        number=trade["out_trade_no"],
        trade=trade["trade_no"],
        name=trade["subject"],
    )
    tell_trade(
        asked.emulator,
        asked.merchant,
        trade,
        # The sum of all refunds of the trade, as Alipay tells it.
        refund_fee=yuan(trade["refunded"]),
        gmt_refund=f"{beijing(asked.now)}.000",
        out_biz_no=name,
    )
    return _refunded(trade, changed=True)


def _refunded(trade: Document, *, changed: bool) -> dict[str, Any]:
    return {
        "out_trade_no": trade["out_trade_no"],
        "trade_no": trade["trade_no"],
        "fund_change": "Y" if changed else "N",
        "refund_fee": yuan(trade["refunded"]),
        "buyer_user_id": trade["buyer"],
    }


def refund_query(asked: Asked) -> dict[str, Any]:
    """A refund; of one that is not there only the trade is told."""
    trade, name = found(asked), number(asked.content, "out_request_no")
    told = {"out_trade_no": trade["out_trade_no"], "trade_no": trade["trade_no"]}
    known = asked.books.get("refund", key_of(trade, f"{trade['trade_no']} {name}"))
    if known is None:
        return told
    told |= {
        "out_request_no": name,
        "refund_status": "REFUND_SUCCESS",
        "refund_amount": yuan(known["amount"]),
        "total_amount": yuan(trade["total"]),
    }
    if "gmt_refund_pay" in (asked.content.get("query_options") or []):
        told["gmt_refund_pay"] = beijing(known["at"])
    return told
