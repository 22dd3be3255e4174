"""A sheet as the bytes of a file, in flat memory, with somebody told how far it is.

One row generator serves every format. A CSV leaves as it is written; a workbook is a folder of
pieces until it is closed and a ZIP ends with its index, so they are written to a private folder
first, which goes away with them.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from kefen.core.errors import InvalidInput
from kefen.platform import clock
from kefen.platform.exports import csv_file, shelf
from kefen.platform.exports.contracts import Bundle, Document, Format, Sheet
from kefen.platform.exports.workbook import Workbook

Told = Callable[[int], None]
_PIECE = 1 << 18


def written(sheet: Sheet | Bundle, form: Format, told: Told) -> Iterator[bytes]:
    """The file in pieces; `told` hears after each row how many there are.

    Raises InvalidInput where a bundle is to be no ZIP, or a sheet one.
    """
    counter = _Counter(told)
    if isinstance(sheet, Bundle) != (form is Format.ZIP):
        raise InvalidInput(field="format", reason="choose one of the list")
    if isinstance(sheet, Bundle):
        return _in_pieces(_zip(sheet, counter))
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
            self.one_more()

    def one_more(self) -> None:
        self.count += 1
        self._told(self.count)


def _csv(sheet: Sheet, counter: _Counter) -> Iterator[bytes]:
    yield from csv_file.lines(sheet, shelf.zone())
    yield csv_file.ending(_last(sheet.filters, counter.count))


def _xlsx(sheet: Sheet, counter: _Counter) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(dir=scratch(), prefix="xlsx-") as folder:
        path = Path(folder) / "sheet.xlsx"
        with Workbook(path, sheet, shelf.zone()) as book:
            for row in sheet.rows:
                book.add(row)
            book.end(_last(sheet.filters, counter.count))
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _zip(bundle: Bundle, counter: _Counter) -> Iterator[bytes]:
    """Put together in a private folder, because a ZIP's index stands at its end."""
    with tempfile.TemporaryDirectory(dir=scratch(), prefix="zip-") as folder:
        path = Path(folder) / "bundle.zip"
        digests: dict[str, str] = {}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in bundle.members:
                name, lines = _member(member, counter)
                digests[name] = _put(archive, name, lines)
            manifest = _manifest(bundle, digests)
            _put(archive, "manifest.json", iter([manifest]))
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _member(member: Sheet | Document, counter: _Counter) -> tuple[str, Iterator[bytes]]:
    if isinstance(member, Document):
        text = member.make()
        counter.one_more()
        return member.file_name, iter([text.encode()])
    own = _Counter(lambda _count: counter.one_more())
    return f"{member.file_name}.csv", _csv(replace(member, rows=own.over(member)), own)


def _put(archive: zipfile.ZipFile, name: str, lines: Iterator[bytes]) -> str:
    """Write one file; answers the SHA-256 of its content."""
    digest = hashlib.sha256()
    stamp = clock.now().astimezone(shelf.zone()).timetuple()[:6]
    entry = zipfile.ZipInfo(name, date_time=stamp)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as file:
        for line in lines:
            digest.update(line)
            file.write(line)
    return digest.hexdigest()


def _manifest(bundle: Bundle, digests: Mapping[str, str]) -> bytes:
    told = {**bundle.facts, "made_at": clock.now().isoformat(), "sha256": dict(digests)}
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _last(filters: Mapping[str, str], count: int) -> list[tuple[str, str]]:
    """What the last lines say: what narrowed the rows, zone, time, and how many there are."""
    zone = shelf.zone()
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
    for folder in [*scratch().glob("xlsx-*"), *scratch().glob("zip-*")]:
        if folder.stat().st_mtime < limit:
            shutil.rmtree(folder, ignore_errors=True)
