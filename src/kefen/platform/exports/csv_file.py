"""CSV as spreadsheets open it: UTF-8 with BOM, CRLF."""

import csv
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from kefen.platform.exports import cells
from kefen.platform.exports.contracts import Sheet

BOM = "\ufeff"


class _Echo:
    """A file that answers what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines(sheet: Sheet, zone: ZoneInfo) -> Iterator[bytes]:
    """The file line by line: headings, then each row."""
    writer = csv.writer(_Echo())
    headings = [cells.safe(cells.heading(one, sheet.currency)) for one in sheet.columns]
    yield (BOM + writer.writerow(headings)).encode()
    kinds = [column.cell for column in sheet.columns]
    for row in sheet.rows:
        yield writer.writerow(
            cells.as_text(value, kind, sheet.currency, zone)
            for value, kind in zip(row, kinds, strict=True)
        ).encode()


def ending(last: list[tuple[str, str]]) -> bytes:
    """The last lines, which say what the file is."""
    writer = csv.writer(_Echo())
    return "".join(
        writer.writerow([cells.safe(heading), cells.safe(text)]) for heading, text in last
    ).encode()
