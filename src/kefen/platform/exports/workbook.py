"""XLSX in flat memory: rows go to a file as they come, and nothing is read back."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import xlsxwriter  # type: ignore[import-untyped]

from kefen.core.errors import InvalidInput
from kefen.platform.exports import cells
from kefen.platform.exports.contracts import Cell, Sheet

# A sheet ends after 1,048,576 rows; headings and last lines need some of them.
MAXIMUM = 1_048_000
_WIDTHS = {Cell.TEXT: 28, Cell.AMOUNT: 16, Cell.COUNT: 12, Cell.INSTANT: 20, Cell.DAY: 12}


class Workbook:
    """A workbook with one sheet, which is written on leaving the block."""

    def __init__(self, path: Path, sheet: Sheet, zone: ZoneInfo) -> None:
        if sheet.count > MAXIMUM:
            raise InvalidInput(field="format", reason=f"a workbook holds {MAXIMUM} rows; take CSV")
        options = {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            # A cell is what it is: no text becomes a formula, a number or a link.
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._page = self._book.add_worksheet()
        self._sheet, self._zone, self._row = sheet, zone, 0
        places = "#,##0" if cells.major(1, sheet.currency) == 1 else "#,##0.00"
        self._formats = {
            Cell.AMOUNT: self._book.add_format({"num_format": places}),
            Cell.INSTANT: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            Cell.DAY: self._book.add_format({"num_format": "yyyy-mm-dd"}),
            Cell.RATE: self._book.add_format({"num_format": "0.00%"}),
        }
        self._head()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.close()

    def _head(self) -> None:
        bold = self._book.add_format({"bold": True, "bottom": 1})
        for place, column in enumerate(self._sheet.columns):
            self._page.set_column(place, place, _WIDTHS.get(column.cell, 12))
            self._page.write_string(0, place, cells.heading(column, self._sheet.currency), bold)
        self._page.freeze_panes(1, 0)
        self._row = 1

    def add(self, values: Any) -> None:
        """One row. Raises InvalidInput where the sheet is full."""
        if self._row > MAXIMUM:
            raise InvalidInput(field="format", reason=f"a workbook holds {MAXIMUM} rows; take CSV")
        for place, (value, column) in enumerate(zip(values, self._sheet.columns, strict=True)):
            self._write(place, value, column.cell)
        self._row += 1

    def end(self, last: list[tuple[str, str]]) -> None:
        """The last lines, which say what the file is."""
        for heading, text in last:
            self._page.write_string(self._row, 0, heading)
            self._page.write_string(self._row, 1, text)
            self._row += 1

    def _write(self, place: int, value: object, cell: Cell) -> None:
        page, row, form = self._page, self._row, self._formats.get(cell)
        match value:
            case None:
                return
            case int() if cell == Cell.AMOUNT:
                page.write_number(row, place, cells.major(value, self._sheet.currency), form)
            case int() if cell == Cell.RATE:
                page.write_number(row, place, Decimal(value).scaleb(-4), form)
            case datetime():
                page.write_datetime(row, place, cells.local(value, self._zone), form)
            case date():
                page.write_datetime(row, place, value, form)
            case int():
                page.write_number(row, place, value)
            case _other:
                page.write_string(row, place, str(value))
