"""The text of WeChat's bills: comma-separated, a backtick before each value, detail rows, then a
summary with a header of its own. Columns are found by name, yuan are read without a float."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final

from kefen.adapters.payments.wechat_pay.events import CURRENCY
from kefen.adapters.payments.wechat_pay.numbers import read_bill, read_number, read_trade
from kefen.core.errors import InvalidInput
from kefen.ports.bills import BillKind, BillLine

Row = dict[str, str]
_CHINA: Final = timezone(timedelta(hours=8))
_YUAN: Final = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,5}))?")
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_TRADE_COLUMNS: Final = (
    *("交易时间", "商户号", "微信订单号", "商户订单号", "交易状态", "货币种类", "应结订单金额"),
    *("微信退款单号", "商户退款单号", "退款金额", "手续费"),
)
_FLOW_COLUMNS: Final = (
    *("记账时间", "微信支付业务单号", "资金流水单号", "业务名称", "业务类型", "收支类型"),
    "业务凭证号",
)
_FLOW_AMOUNT: Final = ("收支金额(元)", "收支金额（元）", "收支金额")
_TRADE_SUMMARY: Final = "总交易单数"
_FLOW_SUMMARY: Final = "资金流水总笔数"
_REFUND_STATES: Final = {"REFUND", "REVOKED"}
_REFUND_FAILED: Final = {"FAIL", "CLOSED"}
# These stand in the trade bill, the last with the payment that they are for.
_TRADED: Final = ("交易", "退款")
_REFUND: Final = "退款"
_OUT: Final = "支出"
_OUTGOING: Final = {"商家转账": BillKind.PAYOUT, "分账": BillKind.SHARE}
_RETURN: Final = "商家转账"
_READERS: Final = {BillKind.PAYOUT: read_bill, BillKind.SHARE: read_number}


@dataclass(frozen=True, slots=True)
class RefundMoves:
    """The refunds whose money left on a day, and those whose money came back, by their written
    numbers; `told` are those of which the trade bill says both."""

    left: set[str] = field(default_factory=set)
    back: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def read(self, text: str) -> None:
        """Those of a fund flow bill, too. Raises InvalidInput."""
        for row in _rows(text, _FLOW_COLUMNS, _FLOW_SUMMARY):
            if row["业务类型"] == _REFUND and not _is_fee(row):
                (self.left if row["收支类型"] == _OUT else self.back).add(row["业务凭证号"])


def trade_lines(text: str, merchant: str, moves: RefundMoves | None = None) -> list[BillLine]:
    """Payments and refunds of a trade bill. Raises InvalidInput.

    A refund that failed is none, unless its money left on that day and came back on a later one:
    the bill of that day says so.
    """
    known, found = moves or RefundMoves(), list[BillLine]()
    for row in _rows(text, _TRADE_COLUMNS, _TRADE_SUMMARY):
        if row["商户号"] != merchant:
            raise InvalidInput(field="商户号", reason="the bill is another merchant's")
        if row["交易状态"] not in _REFUND_STATES:
            found.append(_payment(row))
            continue
        failed, number = row.get("退款状态", "") in _REFUND_FAILED, row["商户退款单号"]
        if failed and number in known.back:
            known.told.add(number)
        found.append(_refund(row, nothing=failed and number not in known.left - known.back))
    return found


def flow_lines(text: str, moves: RefundMoves | None = None) -> list[BillLine]:
    """Payouts, shares and all else of a fund flow bill that a trade bill does not tell. Raises
    InvalidInput."""
    returns = set[str]() if moves is None else moves.back - moves.told
    found: list[BillLine] = []
    for row in _rows(text, _FLOW_COLUMNS, _FLOW_SUMMARY):
        is_return = row["业务类型"] == _REFUND and row["业务凭证号"] in returns
        if is_return and (row["收支类型"] == _OUT) == _is_fee(row):
            found.append(_returned(row))
        elif not (row["业务类型"] in _TRADED or row["业务名称"] in _TRADED or _is_fee(row)):
            found.append(_flow(row))
    return found


def _is_fee(row: Row) -> bool:
    return "手续费" in row["业务名称"]


def _payment(row: Row) -> BillLine:
    number, note = _ours(read_trade, row["商户订单号"])
    # What the student owed; coupons of WeChat's make what is settled smaller.
    amount = row.get("订单金额") or row["应结订单金额"]
    return BillLine(
        kind=BillKind.PAYMENT,
        number=number,
        channel_number=row["微信订单号"],
        amount=fen(amount, "订单金额"),
        fee=fee_fen(row["手续费"], "手续费"),
        currency=row["货币种类"] or CURRENCY,
        at=_instant(row["交易时间"]),
        note=note,
    )


def _refund(row: Row, *, nothing: bool) -> BillLine:
    number, note = _ours(read_number, row["商户退款单号"])
    return BillLine(
        # Money that did not go back is no refund.
        kind=BillKind.OTHER if nothing else BillKind.REFUND,
        number=number,
        channel_number=row["微信退款单号"],
        amount=fen(row.get("申请退款金额") or row["退款金额"], "退款金额"),
        # Nor does its part of the fee.
        fee=0 if nothing else fee_fen(row["手续费"], "手续费"),
        currency=row["货币种类"] or CURRENCY,
        at=_instant(row["交易时间"]),
        note=note or (f"退款 {row.get('退款状态', '')}" if nothing else ""),
        order=_ours(read_trade, row["商户订单号"])[0],
    )


def _returned(row: Row) -> BillLine:
    """A refund that came to nothing after its day's bill was written: its money is paid in again,
    and the fee that was given back is taken again."""
    number, note = _ours(read_number, row["业务凭证号"])
    amount = fen(_flow_amount(row), "收支金额")
    return BillLine(
        kind=BillKind.FEE if _is_fee(row) else BillKind.OTHER,
        number="" if _is_fee(row) else number,
        channel_number=row["资金流水单号"],
        amount=amount,
        fee=0,
        currency=CURRENCY,
        at=_instant(row["记账时间"]),
        note=note or f"{row['业务类型']} {row['业务名称']} {row['收支类型']}"[:200],
    )


def _flow_amount(row: Row) -> str:
    return next((row[name] for name in _FLOW_AMOUNT if name in row), "")


def _flow(row: Row) -> BillLine:
    what = f"{row['业务类型']} {row['业务名称']}"
    kind = BillKind.OTHER
    if row["收支类型"] == _OUT:
        kind = next((kind for word, kind in _OUTGOING.items() if word in what), kind)
    read = _READERS.get(kind)
    number, note = _ours(read, row["业务凭证号"]) if read else ("", "")
    if _RETURN in what and row["收支类型"] != _OUT:
        # A transfer that failed or was not confirmed is paid in again, under its number.
        number, _ = _ours(read_bill, row["业务凭证号"])
    return BillLine(
        kind=kind,
        number=number,
        channel_number=row["微信支付业务单号" if read else "资金流水单号"],
        amount=fen(_flow_amount(row), "收支金额"),
        fee=0,
        currency=CURRENCY,
        at=_instant(row["记账时间"]),
        note=note or f"{what} {row['收支类型']}"[:200],
    )


def _ours(read: Callable[[str], str], written: str) -> tuple[str, str]:
    """Our number, or as a note one that another system gave under the same merchant number."""
    try:
        return read(written), ""
    except InvalidInput:
        return "", f"商户单号 {written}"[:200]


def _rows(text: str, needed: tuple[str, ...], summary: str) -> Iterator[Row]:
    """The detail rows by column. Raises InvalidInput if a needed column or the end is missing, or
    if there are not as many as the summary counts."""
    # A title may hold what Python takes for the end of a line besides these.
    lines = [line for line in _LINE_END.split(text.removeprefix("\ufeff")) if line.strip()]
    if not lines:
        return
    columns = [name.strip().strip("`") for name in lines[0].split(",")]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise InvalidInput(field="bill", reason=f"it has no column {missing[0]}")
    end = next((at for at, line in enumerate(lines) if line.strip("`").startswith(summary)), None)
    if end is None or end + 1 >= len(lines):
        raise InvalidInput(field="bill", reason="its end is missing")
    counted = _values(lines[end + 1])[0]
    if fen(counted, summary) != 100 * (end - 1):
        raise InvalidInput(field="bill", reason="it has not as many rows as it says")
    for line in lines[1:end]:
        values = _values(line)
        if len(values) != len(columns):
            raise InvalidInput(field="bill", reason="a row has not as many values as the header")
        yield dict(zip(columns, values, strict=True))


def _values(line: str) -> list[str]:
    """Values begin with a backtick, so that a comma in one divides nothing."""
    text = line.strip()
    if not text.startswith("`"):
        return [value.strip() for value in text.split(",")]
    return [value.strip() for value in text[1:].split(",`")]


def fen(text: str, name: str) -> int:
    """Yuan with two decimals as fen. Raises InvalidInput."""
    amount, rest = _parts(text, name)
    if rest:
        raise InvalidInput(field=name, reason="it has parts of a fen")
    return amount


def fee_fen(text: str, name: str) -> int:
    """A fee has five decimals; half a fen and more is a fen, as it is charged."""
    amount, rest = _parts(text, name)
    if rest < 500:
        return amount
    return amount - 1 if text.strip().startswith("-") else amount + 1


def _parts(text: str, name: str) -> tuple[int, int]:
    """Whole fen with their sign, and thousandths of a fen without."""
    found = _YUAN.fullmatch(text.strip())
    if not found:
        raise InvalidInput(field=name, reason="it is no amount in yuan")
    sign, whole, part = found[1], found[2], (found[3] or "").ljust(5, "0")
    amount = int(whole) * 100 + int(part[:2])
    return (-amount if sign else amount), int(part[2:])


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=_CHINA)
    except ValueError as error:
        raise InvalidInput(field="交易时间", reason="it is no time") from error
