"""Reading what a bank answers to a file: a CSV with our number, its word and perhaps a reason."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kefen.core.errors import InvalidInput

LARGEST_BYTES: Final = 4_000_000
_NUMBER: Final = ("商户流水号", "流水号", "number")
_RESULT: Final = ("结果", "状态", "交易状态", "处理结果", "result", "status")
_REASON: Final = ("原因", "失败原因", "退回原因", "reason")
_PAID: Final = frozenset({"成功", "已付", "已支付", "交易成功", "paid", "success"})
_RETURNED: Final = frozenset({"失败", "退回", "退票", "交易失败", "returned", "failed"})


@dataclass(frozen=True, slots=True)
class BankResult:
    """What became of one withdrawal."""

    number: str
    paid: bool
    reason: str = ""


def read_results(content: bytes) -> list[BankResult]:
    """The rows of a result file, in UTF-8 or GB18030. Rows without a word yet are left out. Raises
    InvalidInput: then nothing of the file counts."""
    if len(content) > LARGEST_BYTES:
        raise InvalidInput(field="results", reason="the file is larger than 4 MB")
    # Lines as on any machine, and not what Python takes for their ends.
    rows = _cells(csv.reader(io.StringIO(_text(content), newline="")))
    heading = [_plain(cell) for cell in next(rows, [])]
    number, result = _place(heading, _NUMBER), _place(heading, _RESULT)
    reason = _place(heading, _REASON)
    if number is None or result is None:
        raise InvalidInput(
            field="results", reason="the first line must name the columns number and result"
        )
    found: dict[str, BankResult] = {}
    for cells in rows:
        if len(cells) <= max(number, result) or not _plain(cells[result]):
            continue
        why = _plain(cells[reason]) if reason is not None and reason < len(cells) else ""
        one = _one(_plain(cells[number]), _plain(cells[result]).lower(), why)
        if found.setdefault(one.number, one) != one:
            raise InvalidInput(field="results", reason="the file says two things of one number")
    return list(found.values())


def _cells(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error as error:
        raise InvalidInput(field="results", reason="a line cannot be read") from error


def _one(number: str, word: str, reason: str) -> BankResult:
    if word in _PAID:
        return BankResult(number, paid=True)
    if word in _RETURNED:
        return BankResult(number, paid=False, reason=(reason or "the bank sent it back")[:200])
    raise InvalidInput(field="results", reason="a result is paid or returned")


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(field="results", reason="the file is neither UTF-8 nor GB18030")


def _plain(cell: str) -> str:
    return cell.strip().strip("'\t` ")


def _place(heading: list[str], names: tuple[str, ...]) -> int | None:
    return next((place for place, name in enumerate(heading) if name.lower() in names), None)
