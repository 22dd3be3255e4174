"""What a channel will do when its time comes: settle, expire, release."""

from collections.abc import Callable, Mapping

from kefen.emulators.frame.books import Books
from kefen.emulators.frame.clock import Clock


class Agenda:
    """Items by the business clock, kept in the books."""

    def __init__(self, books: Books, clock: Clock) -> None:
        self._books, self._clock = books, clock

    def put(self, at: float, what: str, about: str) -> None:
        """Do this, about the document with this key, once that time has come."""
        key = str(self._books.next("agenda"))
        self._books.put("agenda", key, {"key": key, "due": at, "what": what, "about": about})

    def run(self, handlers: Mapping[str, Callable[[str], None]]) -> None:
        """Do what is due, in order, and what falls due by it."""
        while due := self._books.until("agenda", "due", self._clock.seconds()):
            for item in due:
                self._books.delete("agenda", item["key"])
                handlers[item["what"]](item["about"])
