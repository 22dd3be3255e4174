"""Alipay's bills: a zip of CSV files in GBK, by an address that is good for 30 seconds.

The trade bill (业务明细) has every payment and refund with its fee, the account bill (账务明细)
every movement of the account: of that the lines are taken that the trade bill does not have.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO
from urllib.parse import urlsplit

import httpx

from kefen.adapters.payments.alipay import numbers
from kefen.adapters.payments.alipay.client import NAME, SECONDS, Refused, ask, trusted
from kefen.adapters.payments.alipay.wire_format import BEIJING, CURRENCY, fen, instant
from kefen.core.errors import ChannelUnavailable, InvalidInput
from kefen.platform import clock
from kefen.ports.bills import BillKind, BillLine
from kefen.ports.merchants import Merchant, Merchants

_WRITTEN_AT = time(10)
_LARGEST = 256 * 1024 * 1024
_METHOD = "alipay.data.dataservice.bill.downloadurl.query"
_TRADES = frozenset({"交易", "退款"})
# What the trade bill has already, told once more by the account bill.
_TOLD = frozenset({"交易付款", "在线支付", "交易退款", "退款", "收费", "退费"})
_KINDS = {"转账": BillKind.PAYOUT, "分账": BillKind.SHARE}


class Bills:
    """As a source of bills."""

    _merchants: Merchants

    def fetch_bill(self, institution: str, day: date) -> Sequence[BillLine]:
        """All movements of a day in Beijing."""
        if clock.now() < datetime.combine(day + timedelta(days=1), _WRITTEN_AT, BEIJING):
            raise ChannelUnavailable(channel=NAME)
        merchant = self._merchants(institution)
        trades = _rows(_bill(merchant, "trade", day), "支付宝交易号")
        moves = _rows(_bill(merchant, "signcustomer", day), "账务流水号")
        return [_trade(row) for row in trades] + [
            _move(row) for row in moves if row.get("业务类型") not in _TOLD
        ]


def _bill(merchant: Merchant, kind: str, day: date) -> bytes:
    """The zip, empty if there was nothing to write."""
    try:
        told = ask(merchant, _METHOD, {"bill_type": kind, "bill_date": day.isoformat()})
    except Refused as refusal:
        if refusal.sub_code.lower().endswith("bill_not_exist"):
            return b""
        raise refusal.rejected() from None
    return _fetched(merchant, str(told.get("bill_download_url", "")))


def _fetched(merchant: Merchant, address: str) -> bytes:
    """What lies at an address that Alipay named. The address holds the account's number and lets
    anybody read the bill, so it is asked for where nothing is logged."""
    parts = urlsplit(address)
    of_alipay = parts.scheme == "https" and f".{parts.hostname}".endswith(".alipay.com")
    if not of_alipay and not (
        merchant.stand_in and address.startswith(("http://127.", "http://localhost"))
    ):
        raise InvalidInput(field="bill_download_url", reason="it is not an address of Alipay's")
    content = bytearray()
    extensions = {"timeout": SECONDS.as_dict()}
    try:
        with httpx.HTTPTransport(trust_env=not merchant.stand_in, verify=trusted()) as transport:
            request = httpx.Request("GET", address, extensions=extensions)
            answer = transport.handle_request(request)
            try:
                if answer.status_code != 200:
                    raise ChannelUnavailable(channel=NAME)
                for piece in answer.iter_raw():
                    content += piece
                    if len(content) > _LARGEST:
                        raise InvalidInput(field="bill", reason="it is too long")
            finally:
                answer.close()
    except httpx.HTTPError as error:
        raise ChannelUnavailable(channel=NAME) from RuntimeError(type(error).__name__)
    return bytes(content)


def _rows(packed: bytes, first_head: str) -> Iterator[Mapping[str, str]]:
    """The lines of the file whose first column has this head; summaries have others."""
    if not packed:
        return
    for lines in _files(packed):
        heads: list[str] = []
        for cells in _cells(lines):
            values = [cell.strip() for cell in cells]
            if not heads and values[0] != first_head:
                break
            if not heads:
                heads = values
            elif len(values) < len(heads):
                raise InvalidInput(field="bill", reason="a line is too short")
            else:
                yield dict(zip(heads, values, strict=False))
        if heads:
            return
    raise InvalidInput(field="bill", reason=f"no file in it begins with {first_head}")


def _files(packed: bytes) -> Iterator[Iterator[str]]:
    """The lines of each file, read as they are wanted."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if sum(info.file_size for info in archive.infolist()) > _LARGEST:
                raise InvalidInput(field="bill", reason="it is too long")
            for info in archive.infolist():
                if info.filename.endswith(".csv"):
                    with archive.open(info) as file:
                        yield _lines(file)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise InvalidInput(field="bill", reason="it is not a zip of GBK texts") from error


def _cells(lines: Iterator[str]) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines)
    except csv.Error as error:
        raise InvalidInput(field="bill", reason="a line cannot be read") from error


def _lines(file: IO[bytes]) -> Iterator[str]:
    """Lines as files end them, and not at what Python takes for an end in a title."""
    try:
        for line in io.TextIOWrapper(file, "gb18030", newline=""):
            if line.strip() and not line.startswith("#"):
                yield line
    except (UnicodeDecodeError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise InvalidInput(field="bill", reason="it is not a zip of GBK texts") from error


def _trade(row: Mapping[str, str]) -> BillLine:
    """A payment or a refund; Alipay writes the fee that it took with a minus."""
    kind = row.get("业务类型", "")
    if kind not in _TRADES:
        raise InvalidInput(field="业务类型", reason=f"{kind} is not known")
    refund = kind == "退款"
    number = row.get("退款批次号/请求号" if refund else "商户订单号", "")
    return BillLine(
        kind=BillKind.REFUND if refund else BillKind.PAYMENT,
        number=numbers.read(number),
        channel_number=row.get("支付宝交易号", ""),
        amount=abs(_money(row, "订单金额（元）")),
        fee=-_money(row, "服务费（元）"),
        currency=CURRENCY,
        at=instant(row.get("完成时间")),
        note=row.get("备注", ""),
        order=numbers.read(row.get("商户订单号", "")) if refund else "",
    )


def _move(row: Mapping[str, str]) -> BillLine:
    """A movement of the account that is no trade's."""
    kind = row.get("业务类型", "")
    amount = _money(row, "收入金额（+元）") + _money(row, "支出金额（-元）")
    return BillLine(
        kind=_KINDS.get(kind, BillKind.OTHER),
        number=numbers.read(row.get("商户订单号", "")),
        channel_number=row.get("业务流水号") or row.get("账务流水号", ""),
        amount=abs(amount),
        fee=0,
        currency=CURRENCY,
        at=instant(row.get("发生时间")),
        note=f"{kind} {row.get('备注', '')}".strip(),
    )


def _money(row: Mapping[str, str], head: str) -> int:
    return fen(row.get(head) or "0")
