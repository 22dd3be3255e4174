"""The two clocks of a channel: the world's, by which signatures grow stale, and the business's, by
which orders expire and bills are written. A test moves the second ahead."""

import time
from datetime import UTC, datetime, timedelta, timezone

from kefen.emulators.frame.books import Books

BEIJING = timezone(timedelta(hours=8))


class Clock:
    """`ahead` is kept in the books, so that a restart does not travel back."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def real(self) -> float:
        """Seconds since 1970 as the world counts them."""
        return time.time()

    def ahead(self) -> float:
        """By how many seconds the business is ahead of the world."""
        with self._books.transaction() as books:
            found = books.get("emulator", "clock")
        return float(found["ahead_seconds"]) if found else 0.0

    def set_ahead(self, seconds: float) -> None:
        """Put the business clock this far ahead of the world's."""
        with self._books.transaction() as books:
            books.put("emulator", "clock", {"ahead_seconds": seconds})

    def seconds(self) -> float:
        """Seconds since 1970 by the business clock."""
        return self.real() + self.ahead()

    def now(self) -> datetime:
        """The business clock, in UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)
