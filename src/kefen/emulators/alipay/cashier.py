"""Where a student pays: Alipay's page, and the phone that scans a code. Without JavaScript."""

import secrets
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from kefen.emulators.alipay.calls import Asked, key_of
from kefen.emulators.alipay.signing import sign, text_of
from kefen.emulators.alipay.trades import begin, order, pay
from kefen.emulators.alipay.wire_format import Refusal, beijing, yuan
from kefen.emulators.frame import pages
from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call

if TYPE_CHECKING:
    from kefen.emulators.alipay.server import Alipay

_STATES = {
    "WAIT_BUYER_PAY": "waits to be paid",
    "TRADE_SUCCESS": "paid",
    "TRADE_CLOSED": "closed",
    "TRADE_FINISHED": "paid and finished",
}


def enter(asked: Asked) -> Response:
    """The student's browser comes with the merchant's signed request: the trade begins."""
    wanted = order(asked)
    known = asked.books.get("trade", key_of(wanted, wanted["out_trade_no"]))
    trade = known if known is not None and known["paid"] else begin(asked.books, wanted, asked.now)
    trade |= {"return_url": wanted["return_url"]}
    asked.books.put("trade", key_of(trade, trade["out_trade_no"]), trade)
    token = secrets.token_urlsafe(24)
    asked.books.put("visit", token, {"trade": key_of(trade, trade["out_trade_no"])})
    return redirect(f"/cashier/{token}", code=302)


def show(call: Call) -> Response:
    """The page where one pays."""
    trade = _visited(call)
    parts = _facts(trade)
    if trade["status"] == "WAIT_BUYER_PAY":
        parts += (
            pages.form(call.request.path, buttons={"pay": f"确认付款 ¥{yuan(trade['total'])}"}),
        )
    if trade["return_url"]:
        parts += (pages.link(trade["return_url"], "返回商家 · Back to the school"),)
    return pages.page("支付宝收银台 (emulated)", *parts)


def take(call: Call, emulator: "Alipay") -> Response:
    """The student pays and goes back to the merchant, with a signed word of it."""
    trade = _visited(call)
    pay(emulator, call.books, trade)
    if not trade["return_url"] or not trade["paid"]:
        return redirect(call.request.path, code=303)
    merchant = call.books.get("merchant", trade["app_id"]) or {}
    told = {
        "app_id": trade["app_id"],
        "auth_app_id": trade["app_id"],
        "charset": "utf-8",
        "method": "alipay.trade.page.pay.return",
        "out_trade_no": trade["out_trade_no"],
        "seller_id": merchant["seller_id"],
        "sign_type": "RSA2",
        "timestamp": beijing(emulator.clock.real()),
        "total_amount": yuan(trade["total"]),
        "trade_no": trade["trade_no"],
        "version": "1.0",
    }
    signed = text_of(told, without=frozenset({"sign", "sign_type"}))
    told["sign"] = sign(merchant["alipay_private_key"], signed)
    joint = "&" if "?" in trade["return_url"] else "?"
    return redirect(f"{trade['return_url']}{joint}{urlencode(told)}", code=303)


def phone(call: Call, emulator: "Alipay") -> Response:
    """Scan a code and pay."""
    code = call.request.values.get("code", "").strip()
    if not code:
        waiting = [
            f'<li><a href="/emulator/phone?{urlencode({"code": one["code"]})}">'
            f"{escape(one['wanted']['subject'])} ¥{yuan(one['wanted']['total'])}</a></li>"
            for one in reversed(call.books.find("code")[-20:])
        ]
        ask = pages.form(
            "/emulator/phone", fields={"code": "What the code says"}, buttons={"": "扫一扫 · Scan"},
            method="get",
        )  # fmt: skip
        return pages.page(
            "支付宝 (emulated phone)", ask, "<h2>Codes</h2>", f"<ul>{''.join(waiting)}</ul>"
        )
    known = call.books.get("code", code)
    if known is None:
        return pages.page("支付宝", pages.paragraph("Nothing is known of this code."), status=404)
    try:
        trade = begin(call.books, known["wanted"], emulator.clock.seconds())
    except Refusal as refusal:
        found = call.books.get("trade", known["order"])
        parts = _facts(found) if found else ()
        return pages.page("支付宝", pages.paragraph(str(refusal.description)), *parts)
    if call.request.form.get("do") == "pay":
        pay(emulator, call.books, trade)
        return pages.page("支付成功 · Paid", *_facts(trade))
    buttons = {"pay": f"确认付款 ¥{yuan(trade['total'])}"}
    paying = pages.form("/emulator/phone", buttons=buttons, hidden={"code": code})
    return pages.page("支付宝 (emulated phone)", *_facts(trade), paying)


def _visited(call: Call) -> Document:
    visit = call.books.get("visit", call.args["token"])
    trade = call.books.get("trade", visit["trade"]) if visit else None
    if trade is None:
        raise NotFound
    return trade


def _facts(trade: Document) -> tuple[str, ...]:
    state = _STATES[trade["status"]]
    return (
        pages.paragraph(trade["subject"]),
        pages.paragraph(f"¥{yuan(trade['total'])} · {trade['out_trade_no']} · {state}"),
        pages.paragraph("This is an emulator: no money moves."),
    )
