"""Reading JSON strictly: no key twice, no unknown key, no float, no null where none may be.

Everything wrong is a `Malformed` that names file, line and field.
"""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from kefen.core.errors import InvalidInput
from kefen.core.ids import is_code
from kefen.core.periods import parse_instant
from kefen.ops.replay.places import line_of

# Bounds of what is stored: a price times a quantity, and sums of many, stay within 64 bits.
LARGEST = 10**13
LARGEST_COUNT = 2**31 - 1
LARGEST_QUANTITY = 900_000
LARGEST_POINTS = 10_000
LONGEST_TEXT = 1000
# With durations of at most a million days, everything that is computed stays in the calendar.
LAST_YEAR = 6999
DUPLICATE = "stands twice in one object"


class Malformed(Exception):
    """A scenario that cannot be replayed; nothing has happened."""

    def __init__(self, file: str, line: int | None, field: str, reason: str) -> None:
        self.file, self.line, self.field, self.reason = file, line, field, reason
        where = file if line is None else f"{file} line {line}"
        super().__init__(f"{where}: {field}: {reason}")

    def found_in(self, text: str) -> "Malformed":
        """The same with the line on which the field stands in `text`, one document of JSON."""
        if self.line is not None:
            return self
        return Malformed(self.file, line_of(text, self.field), self.field, self.reason)


class Node:
    """One JSON object on its way to a value: takes each key once and complains about the rest."""

    def __init__(self, value: Any, file: str, line: int | None, path: str = "") -> None:
        self._file, self._line, self.path = file, line, path
        if not isinstance(value, dict):
            raise self.wrong("", "must be an object")
        self._left: dict[str, Any] = dict(value)

    def wrong(self, key: str, reason: str) -> Malformed:
        """What is wrong with a key of this object (or, with "", with the object itself)."""
        name = f"{self.path}.{key}" if self.path and key else self.path or key or "object"
        return Malformed(self._file, self._line, name, reason)

    def done(self) -> None:
        """Every key was taken. Raises Malformed for those that nobody knows."""
        for key in self._left:
            raise self.wrong(key, "is not a known key")

    def has(self, key: str) -> bool:
        """Is the key there and not taken yet?"""
        return key in self._left

    def _take(self, key: str) -> Any:
        if key not in self._left:
            raise self.wrong(key, "is missing")
        return self._left.pop(key)

    def count(self, key: str, least: int, most: int = LARGEST_COUNT) -> int:
        """A JSON integer that counts something."""
        value = self.integer(key, least)
        if value > most:
            raise self.wrong(key, f"must be at most {most}, got {value}")
        return value

    def integer(self, key: str, least: int | None = None, default: int | None = None) -> int:
        """A JSON integer that will be stored, at least `least`."""
        if default is not None and key not in self._left:
            return default
        value = self.asked(key, least)
        if abs(value) > LARGEST:
            raise self.wrong(key, f"must be at most {LARGEST}, got {value}")
        return value

    def asked(self, key: str, least: int | None = None) -> int:
        """A JSON integer that is only held against others: as large as one likes."""
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(key, f"must be an integer, got {json.dumps(value)}")
        if least is not None and value < least:
            raise self.wrong(key, f"must be at least {least}, got {value}")
        return value

    def boolean(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        if default is not None and key not in self._left:
            return default
        value = self._take(key)
        if not isinstance(value, bool):
            raise self.wrong(key, f"must be true or false, got {json.dumps(value)}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Any text that can be stored."""
        if default is not None and key not in self._left:
            return default
        value = self._take(key)
        if not isinstance(value, str):
            raise self.wrong(key, f"must be a text, got {json.dumps(value)}")
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise self.wrong(key, "contains a character that is no text")
        if len(value) > LONGEST_TEXT:
            raise self.wrong(key, f"must have at most {LONGEST_TEXT} characters")
        return value

    def code(self, key: str) -> str:
        """An id: 1 to 64 characters of A-Z a-z 0-9 . _ -, neither "." nor ".."."""
        value = self.text(key)
        if not is_code(value):
            raise self.wrong(key, "use 1 to 64 of A-Z a-z 0-9 . _ -, neither . nor ..")
        return value

    def choice(self, key: str, choices: Any, default: Any = None) -> Any:
        """A member of an enum by its value."""
        if default is not None and key not in self._left:
            return default
        value = self.text(key)
        try:
            return choices(value)
        except ValueError:
            known = ", ".join(member.value for member in choices)
            raise self.wrong(key, f"must be one of {known}, got {json.dumps(value)}") from None

    def instant(self, key: str) -> datetime:
        """RFC 3339 with an offset, at most microseconds."""
        value = self.text(key)
        try:
            found = parse_instant(value)
        except InvalidInput as error:
            raise self.wrong(key, str(error)) from None
        if found.year > LAST_YEAR:
            raise self.wrong(key, f"must be before the year {LAST_YEAR + 1}")
        return found

    def nullable(self, key: str, read: Callable[[str], Any], *, optional: bool = False) -> Any:
        """A value or null; a missing key only where `optional`."""
        if optional and key not in self._left:
            return None
        if key in self._left and self._left[key] is None:
            del self._left[key]
            return None
        return read(key)

    def node(self, key: str) -> "Node":
        """An object."""
        value = self._take(key)
        return Node(value, self._file, self._line, f"{self.path}.{key}" if self.path else key)

    def nodes(self, key: str, *, optional: bool = False, least: int = 0) -> "list[Node]":
        """A list of objects."""
        return [
            Node(value, self._file, self._line, path)
            for path, value in self.items(key, optional=optional, least=least)
        ]

    def items(self, key: str, *, optional: bool = False, least: int = 0) -> list[tuple[str, Any]]:
        """A list: (path, value) of each item."""
        if optional and key not in self._left:
            return []
        value = self._take(key)
        if not isinstance(value, list):
            raise self.wrong(key, "must be a list")
        if len(value) < least:
            raise self.wrong(key, f"must have at least {least}")
        path = f"{self.path}.{key}" if self.path else key
        return [(f"{path}[{place}]", item) for place, item in enumerate(value)]

    def integers(self, key: str, least: int) -> tuple[int, ...]:
        """A list of integers; empty where the key is missing."""
        found = []
        for path, value in self.items(key, optional=True):
            item = Node({"item": value}, self._file, self._line, path)
            found.append(item.integer("item", least))
        return tuple(found)


def read_text(path: Path) -> str:
    """The content of a file. Raises Malformed where it is not there or no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise Malformed(path.name, None, "file", f"cannot be read: {error}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Malformed(path.name, line, "file", f"is not UTF-8: {error}") from None


def parse(text: str, file: str, line: int | None) -> Any:
    """JSON of one document. Raises Malformed, also for a key twice in an object."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in items:
            if key in found:
                raise Malformed(file, line, key, DUPLICATE)
            found[key] = value
        return found

    def constant(name: str) -> Any:
        raise Malformed(file, line, name, "is not JSON")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        found = line or getattr(error, "lineno", 1)
        raise Malformed(file, found, "json", f"cannot be read: {error}") from None
