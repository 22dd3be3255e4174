"""Bills: a zip of CSV files in GBK, with comments around and tabs after the values."""

import io
import re
import secrets
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from werkzeug.wrappers import Response

from kefen.emulators.alipay.calls import Asked
from kefen.emulators.alipay.wire_format import Refusal, beijing, day_of, invalid, seconds_of, yuan
from kefen.emulators.frame.books import Books, Document
from kefen.emulators.frame.calls import Call

TRADE_HEADS = (
    *("支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间", "完成时间", "门店编号"),
    *("门店名称", "操作员", "终端号", "对方账户", "订单金额（元）", "商家实收（元）"),
    *("支付宝红包（元）", "集分宝（元）", "支付宝优惠（元）", "商家优惠（元）", "券核销金额（元）"),
    *("券名称", "商家红包消费金额（元）", "卡消费金额（元）", "退款批次号/请求号", "服务费（元）"),
    *("分润（元）", "备注"),
)
ACCOUNT_HEADS = (
    *("账务流水号", "业务流水号", "商户订单号", "商品名称", "发生时间", "对方账号"),
    *("收入金额（+元）", "支出金额（-元）", "账户余额（元）", "交易渠道", "业务类型", "备注"),
)
GOOD_FOR = 30.0  # seconds by the world's clock
_WRITTEN_AFTER = 34 * 3600  # after the day began: 10:00 of the next
_NOTHING = "0.00"
_PEER = "*(xia***@example.com)"


def download_url(asked: Asked) -> dict[str, Any]:
    """Where a day's bill lies, for 30 seconds."""
    kind, day = asked.content.get("bill_type"), str(asked.content.get("bill_date", ""))
    if kind not in {"trade", "signcustomer"} or not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        raise Refusal("isv.invalid-arguments", "入参不合法", code="40004")
    begins = seconds_of(f"{day} 00:00:00")
    if begins is None:
        raise invalid("bill_date")
    if asked.now < begins + 24 * 3600:
        raise Refusal("isv.invalid-arguments", "账单日期必须早于今天")
    app_id = asked.merchant["app_id"]
    rows = (
        _trades(asked.books, app_id, day) if kind == "trade" else _moves(asked.books, app_id, day)
    )
    if asked.now < begins + _WRITTEN_AFTER or not rows:
        raise Refusal("isp.bill_not_exist", "账单不存在")
    token = secrets.token_urlsafe(24)
    good_until = asked.emulator.clock.real() + GOOD_FOR
    known = {"token": token, "app_id": app_id, "kind": kind, "day": day, "until": good_until}
    asked.books.put("download", token, known)
    seller = asked.merchant["seller_id"]
    base = asked.merchant["gateway"].removesuffix("/gateway.do")
    return {
        "bill_download_url": f"{base}/bill/download?bizType={kind}&userId={seller}&token={token}"
    }


def download(call: Call, now: float) -> Response:
    """The zip, while its address is good."""
    known = call.books.get("download", call.request.args.get("token", ""))
    if known is None or known["until"] < now:
        return Response("expired\n", status=403, mimetype="text/plain")
    merchant = call.books.get("merchant", known["app_id"])
    app_id, day = known["app_id"], known["day"]
    if known["kind"] == "trade":
        packed = _packed(merchant, day, "业务明细", TRADE_HEADS, _trades(call.books, app_id, day))
    else:
        packed = _packed(merchant, day, "账务明细", ACCOUNT_HEADS, _moves(call.books, app_id, day))
    return Response(packed, mimetype="application/zip")


def _packed(
    merchant: Document | None, day: str, name: str, heads: Sequence[str], rows: list[Sequence[str]]
) -> bytes:
    seller = merchant["seller_id"] if merchant else ""
    start, end = day, (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    comments = (
        f"#支付宝{name}查询",
        f"#账号：[{seller}0156]",
        f"#起始日期：[{start} 00:00:00]   终止日期：[{end} 00:00:00]",
        f"#-----------------------------------------{name}列表----------------------------------------",
    )
    ends = (
        f"#-----------------------------------------{name}列表结束------------------------------------",
        f"#合计：{len(rows)}笔",
        f"#导出时间：[{end} 10:00:00]",
    )
    lines = [",".join(heads), *(_line(row) for row in rows)]
    summary = (*comments[:3], "门店编号,门店名称,笔数", f"合计\t,\t,{len(rows)}\t", ends[-1])
    content = io.BytesIO()
    stem = f"{seller}0156_{day.replace('-', '')}_{name}"
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix, text in (("(汇总)", summary), ("", (*comments, *lines, *ends))):
            body = ("\r\n".join(text) + "\r\n").encode("gbk", "replace")
            archive.writestr(f"{stem}{suffix}.csv", body)
    return content.getvalue()


def _line(row: Iterable[str]) -> str:
    """Values with the tabs that keep long numbers whole in a spreadsheet."""
    return ",".join(f"{value.replace(',', '，')}\t" for value in row)


def _trades(books: Books, app_id: str, day: str) -> list[Sequence[str]]:
    rows: list[tuple[float, Sequence[str]]] = []
    for trade in books.find("trade", app_id=app_id):
        if trade["paid"] and day_of(trade["paid"]) == day:
            fee, row = trade["fee"], (trade, "交易", trade["total"], trade["paid"], "")
            rows.append((trade["paid"], _trade_row(*row, fee=-fee)))
    for refund in books.find("refund", app_id=app_id):
        if day_of(refund["at"]) == day:
            named = refund | {"created": refund["at"]}
            name = refund["out_request_no"]
            row = (named, "退款", -refund["amount"], refund["at"], name)
            rows.append((refund["at"], _trade_row(*row, fee=0)))
    return [row for _, row in sorted(rows, key=lambda one: one[0])]


def _trade_row(
    trade: Document, kind: str, amount: int, at: float, refund: str, *, fee: int
) -> Sequence[str]:
    first = (trade["trade_no"], trade["out_trade_no"], kind, trade["subject"])
    times = (beijing(trade["created"]), beijing(at), "", "", "", "", _PEER)
    discounts = (*[_NOTHING] * 5, "", _NOTHING, _NOTHING)
    return (*first, *times, yuan(amount), yuan(amount), *discounts, refund, yuan(fee), _NOTHING, "")


def _moves(books: Books, app_id: str, day: str) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = []
    for one in books.find("move", app_id=app_id):
        if day_of(one["at"]) != day:
            continue
        amount = one["amount"]
        money = (yuan(amount), "") if amount > 0 else ("", yuan(amount))
        first = (one["serial"], one["trade"], one["number"], one["name"], beijing(one["at"]), _PEER)
        rows.append((*first, *money, yuan(one["balance"]), "支付宝", one["kind"], ""))
    return rows
