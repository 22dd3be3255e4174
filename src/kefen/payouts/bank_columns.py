"""The file that an institution's bank takes: its columns, and what each says of a payout."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class BankLine:
    """One payment of a bank file, in plain text: for the bank alone. `amount` in fen."""

    serial: int
    number: str
    name: str
    account: str
    bank: str
    amount: int


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its heading, as Chinese banks write it."""

    heading: str
    cell: Callable[[BankLine], str]
    text: bool = True


COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "serial": Column("序号", lambda line: str(line.serial), text=False),
        "number": Column("商户流水号", lambda line: line.number),
        "name": Column("收款户名", lambda line: line.name),
        "account": Column("收款账号", lambda line: line.account),
        "bank": Column("开户银行", lambda line: line.bank),
        "amount": Column("金额(元)", lambda line: _yuan(line.amount), text=False),
        "remark": Column("备注", lambda line: f"推广佣金 {line.number}"),
    }
)
DEFAULT: Final = ("serial", "name", "account", "bank", "amount", "number", "remark")
ENCODINGS: Final = ("utf-8-sig", "gb18030")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cells(columns: tuple[str, ...], line: BankLine) -> list[str]:
    """A line of the file. A trailing tab keeps spreadsheets from rounding long numbers; no cell
    can be taken for a formula."""
    found = []
    for name in columns:
        column = COLUMNS[name]
        text = column.cell(line)
        if column.text and text.isdigit() and len(text) > 11:
            text = f"{text}\t"
        found.append(f"'{text}" if text.startswith(_FORMULA) else text)
    return found
