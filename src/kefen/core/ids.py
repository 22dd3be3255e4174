"""Ids: UUIDv7 inside, `prefix_` and 26 base32 characters outside (`house.md`, Values)."""

from __future__ import annotations

import os
import re
import threading
import time
from typing import Final
from uuid import UUID

from kefen.core.errors import InvalidInput

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES: Final = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH: Final = 26
_CODE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_COUNTER_BITS: Final = 42
_NEVER: Final = -1


class _Sequence:
    """The last instant and counter handed out by this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.milliseconds = _NEVER
        self.counter = 0

    def next(self) -> tuple[int, int]:
        """Return milliseconds and a 42-bit counter, together always larger than before."""
        now = time.time_ns() // 1_000_000
        with self.lock:
            if now > self.milliseconds:
                self.milliseconds = now
                # A random start below half leaves room to count up within the millisecond.
                self.counter = int.from_bytes(os.urandom(6)) >> (48 - _COUNTER_BITS + 1)
            else:  # same millisecond, or a clock set back: keep counting
                self.counter += 1
                if self.counter >> _COUNTER_BITS:
                    self.milliseconds += 1
                    self.counter = 0
            return self.milliseconds, self.counter


_sequence = _Sequence()


def _start_anew() -> None:
    """A forked child must neither repeat its parent's counter nor wait for its lock."""
    global _sequence  # noqa: PLW0603 - one per process, by its nature
    _sequence = _Sequence()


os.register_at_fork(after_in_child=_start_anew)


def uuid7() -> UUID:
    """Return a new UUIDv7 (RFC 9562 §5.7, §6.2 method 1), rising within the process.

    Safe among threads and across fork. The only place of `core` that reads a clock: the time in
    an id serves the order of an index, never a decision.
    """
    milliseconds, counter = _sequence.next()
    random = int.from_bytes(os.urandom(4))
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (counter >> 30) << 64
    value |= 0b10 << 62 | (counter & 0x3FFF_FFFF) << 32 | random
    return UUID(int=value)


def public_id(prefix: str, value: UUID) -> str:
    """Return `prefix_` and the UUID as 26 lower-case letters of Crockford's base32."""
    number = value.int
    letters = [_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5)]
    return f"{prefix}_{''.join(letters)}"


def parse_public_id(prefix: str, text: str) -> UUID:
    """Read what `public_id` wrote with the same prefix; the exact form only.

    Raises InvalidInput for another prefix, another length, another letter or a number that no
    UUID has, so that one thing has one public id.
    """
    start = len(prefix) + 1
    letters = text[start:]
    if text[:start] != prefix + "_" or len(letters) != _LENGTH:
        raise InvalidInput(field="id", reason=f"an id like {prefix}_… is needed")
    number = 0
    for letter in letters:
        if letter not in _VALUES:
            raise InvalidInput(field="id", reason="it has a letter that no id has")
        number = number << 5 | _VALUES[letter]
    if number >> 128:
        raise InvalidInput(field="id", reason="its number is too large")
    return UUID(int=number)


def is_code(text: str) -> bool:
    """Whether `text` may name a promoter, course, order or rule (`replay.md`).

    1 to 64 characters of `A-Z a-z 0-9 . _ -`, neither `.` nor `..`.
    """
    return _CODE.fullmatch(text) is not None and text not in {".", ".."}
