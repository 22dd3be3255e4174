"""What the channel says it did on a day (facts: /v3/bill), fetched in two steps."""

import gzip
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha1

from werkzeug.wrappers import Response

from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.wechat import sheets
from kefen.emulators.wechat.desk import Desk, Refusal, beijing, invalid, malformed, missing, reply

READY_HOUR = 10
MONTHS_BACK = 3
LINK_LASTS = 5 * 60
DOWNLOAD = "bill_download"


class Bills:
    """A bill is written when it is asked for and kept under a token until it was fetched."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[Route]:
        """The addresses of direct merchants."""
        yield Route("GET", "/v3/bill/tradebill", self._trade, "tradebill")
        yield Route("GET", "/v3/bill/fundflowbill", self._fundflow, "fundflowbill")
        yield Route("GET", "/v3/billdownload/file", self._download, DOWNLOAD)

    def _trade(self, call: Call) -> Response:
        day = self._day(call, "tradebill")
        kind = call.request.args.get("bill_type", "ALL")
        if kind not in sheets.TRADE_HEADS:
            raise malformed("参数 bill_type 不合法")
        rows = self._trades(call.merchant["mchid"], day)
        if kind != "ALL":
            rows = [one for one in rows if (one.refund is not None) == (kind == "REFUND")]
        if not rows:
            raise Refusal(400, "NO_STATEMENT_EXIST", "账单文件不存在")
        return self._offer(call, sheets.trade_sheet(kind, rows))

    def _fundflow(self, call: Call) -> Response:
        day = self._day(call, "fundflowbill")
        account = call.request.args.get("account_type", "BASIC")
        if account not in {"BASIC", "OPERATION", "FEES"}:
            raise malformed("参数 account_type 不合法")
        rows = [
            one
            for one in self._desk.books.find("flow", merchant=call.merchant["mchid"])
            if one["account"] == account and beijing(one["at"]).date() == day
        ]
        if not rows:
            raise Refusal(400, "NO_STATEMENT_EXIST", "账单文件不存在")
        return self._offer(call, sheets.flow_sheet(rows))

    def _day(self, call: Call, place: str) -> date:
        try:
            day = date.fromisoformat(call.request.args.get("bill_date", ""))
        except ValueError as wrong:
            raise malformed("参数 bill_date 须为 yyyy-MM-dd") from wrong
        now = beijing(self._desk.now())
        if day >= now.date() or day < now.date() - timedelta(days=31 * MONTHS_BACK):
            raise invalid("仅支持下载三个月内、不含当日的账单")
        early = day == now.date() - timedelta(days=1) and now.hour < READY_HOUR
        if early or self._desk.faults.take("statement_creating", place, call.mentioned):
            raise Refusal(400, "STATEMENT_CREATING", "账单生成中，请稍后再试")
        return day

    def _trades(self, merchant: str, day: date) -> list[sheets.Trade]:
        books = self._desk.books
        orders = {one["key"]: one for one in books.find("order", merchant=merchant)}
        refunds = books.find("refund", merchant=merchant)
        found = [sheets.Trade(one["paid"], one, None) for one in orders.values() if one["paid"]]
        found += [sheets.Trade(one["created"], orders[one["order"]], one) for one in refunds]
        of_day = [one for one in found if beijing(one.at).date() == day]
        return sorted(of_day, key=lambda one: one.at)

    def _offer(self, call: Call, sheet: str) -> Response:
        tar = call.request.args.get("tar_type", "")
        if tar not in {"", "GZIP"}:
            raise malformed("参数 tar_type 不合法")
        token = secrets.token_urlsafe(32)
        offered = {
            "merchant": call.merchant["mchid"],
            "sheet": sheet,
            "gzip": bool(tar),
            "until": self._desk.clock.real() + LINK_LASTS,
        }
        call.books.put("bill", token, offered)
        host = call.request.host_url.rstrip("/")
        # The digest is of the file as it is written, before it is packed.
        digest = sha1(sheet.encode()).hexdigest()  # noqa: S324 - the channel's own
        url = f"{host}/v3/billdownload/file?token={token}"
        return reply({"hash_type": "SHA1", "hash_value": digest, "download_url": url})

    def _download(self, call: Call) -> Response:
        bill: Document | None = call.books.get("bill", call.request.args.get("token", ""))
        if bill is None or bill["merchant"] != call.merchant["mchid"]:
            raise missing("账单文件不存在")
        if self._desk.clock.real() > bill["until"]:
            raise invalid("下载地址已过期，请重新申请账单")
        content = bill["sheet"].encode()
        if bill["gzip"]:
            packed = gzip.compress(content, mtime=0)
            return Response(packed, mimetype="application/x-gzip")
        return Response(content, mimetype="text/plain")
