"""A sheet as the bytes of a file, in flat memory, with somebody told how far it is.

One row generator serves both formats. A CSV leaves as it is written; a workbook is a folder of
pieces until it is closed, so it is written to a private folder first, which goes away with it.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from kefen.platform import clock
from kefen.platform.exports import csv_file
from kefen.platform.exports.contracts import Format, Sheet
from kefen.platform.exports.workbook import Workbook
from kefen.platform.tenancy.queries import current

Told = Callable[[int], None]
_PIECE = 1 << 18


def written(sheet: Sheet, form: Format, told: Told) -> Iterator[bytes]:
    """The file in pieces; `told` hears after each row how many there are."""
    counter = _Counter(told)
    counted = replace(sheet, rows=counter.over(sheet))
    write = _csv if form == Format.CSV else _xlsx
    return _in_pieces(write(counted, counter))


class _Counter:
    """Rows on their way, counted."""

    def __init__(self, told: Told) -> None:
        self.count, self._told = 0, told

    def over(self, sheet: Sheet) -> Iterator[Sequence[object]]:
        for row in sheet.rows:
            yield row
            self.count += 1
            self._told(self.count)


def _csv(sheet: Sheet, counter: _Counter) -> Iterator[bytes]:
    yield from csv_file.lines(sheet, current().zone)
    yield csv_file.ending(_last(sheet.filters, counter.count))


def _xlsx(sheet: Sheet, counter: _Counter) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(dir=scratch(), prefix="xlsx-") as folder:
        path = Path(folder) / "sheet.xlsx"
        with Workbook(path, sheet, current().zone) as book:
            for row in sheet.rows:
                book.add(row)
            book.end(_last(sheet.filters, counter.count))
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _last(filters: Mapping[str, str], count: int) -> list[tuple[str, str]]:
    """What the last lines say: what narrowed the rows, zone, time, and how many there are."""
    zone = current().zone
    return [
        *((heading, text) for heading, text in filters.items()),
        (_("Time zone"), zone.key),
        (_("Made at"), f"{clock.now().astimezone(zone):%Y-%m-%d %H:%M:%S}"),
        (_("Rows"), str(count)),
    ]


def _in_pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    piece = bytearray()
    for line in lines:
        piece += line
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def scratch() -> Path:
    """The folder in which workbooks are put together; nobody else reads in it."""
    settings.EXPORTS_ROOT.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Path(settings.EXPORTS_ROOT)


def sweep(older_than_seconds: float) -> None:
    """Remove what killed runs left in the folder."""
    limit = clock.machine_seconds() - older_than_seconds
    for folder in scratch().glob("xlsx-*"):
        if folder.stat().st_mtime < limit:
            shutil.rmtree(folder, ignore_errors=True)
