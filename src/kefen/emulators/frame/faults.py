"""What goes wrong, on purpose.

A fault says what (`fault`), where (`where`: a place of the channel, empty for everywhere), to what
(`number`: one that the request or notice mentions, empty for any), how often (`times`, None for
always) and how likely (`probability`). The dice are seeded and counted in the books: the same seed
gives the same day, restarts or not.

Requests: `fail_before` answers 5xx and does nothing, `fail_after` answers 5xx although everything
was done, `hang` answers after `seconds` although everything was done. Notices: `lose`,
`duplicate`, `delay` (by `seconds`), `reorder` (behind those that come after). A channel has more.
"""

from hashlib import sha256
from typing import Any

from kefen.emulators.frame.books import Books, Document

REQUEST_FAULTS = ("fail_before", "fail_after", "hang")
NOTICE_FAULTS = ("lose", "duplicate", "delay", "reorder")
_NUMBERS = {"times", "probability", "seconds"}


class UnknownFaultError(ValueError):
    """This channel knows no such fault, or not so worded."""


class Faults:
    """The faults that are set, in the order in which they were."""

    def __init__(self, books: Books, *, seed: int = 0, known: tuple[str, ...] = ()) -> None:
        self._books = books
        self._seed = seed
        self.known = (*REQUEST_FAULTS, *NOTICE_FAULTS, *known)

    def set(self, wanted: list[Any]) -> None:
        """Add these; all or none."""
        for one in wanted:
            if not isinstance(one, dict) or one.get("fault") not in self.known:
                raise UnknownFaultError(f"a fault is one of {', '.join(self.known)}")
            for name in _NUMBERS & one.keys():
                if not isinstance(one[name], int | float):
                    raise UnknownFaultError(f"{name} is a number")
        with self._books.transaction() as books:
            for one in wanted:
                key = str(books.next("fault"))
                books.put("fault", key, {**one, "key": key})

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._books.transaction() as books:
            for one in books.find("fault"):
                books.delete("fault", one["key"])

    def listed(self) -> list[Document]:
        """What is set."""
        with self._books.transaction() as books:
            return books.find("fault")

    def take(self, fault: str, where: str, mentioned: str = "") -> Document | None:
        """The fault that strikes here and now, or None. `mentioned` is a text in which the number
        must stand. A fault with `times` is used up by it."""
        with self._books.transaction() as books:
            for one in books.find("fault"):
                if one["fault"] == fault and self._strikes(one, where, mentioned):
                    self._use(one)
                    return one
        return None

    def _strikes(self, one: Document, where: str, mentioned: str) -> bool:
        if one.get("where", "") not in {"", where}:
            return False
        if str(one.get("number", "")) not in mentioned:
            return False
        probability = float(one.get("probability", 1))
        return probability >= 1 or self._roll() < probability

    def _use(self, one: Document) -> None:
        if one.get("times") is None:
            return
        left = int(one["times"]) - 1
        if left > 0:
            self._books.put("fault", one["key"], {**one, "times": left})
        else:
            self._books.delete("fault", one["key"])

    def _roll(self) -> float:
        throw = self._books.next("throw")
        digest = sha256(f"{self._seed}:{throw}".encode()).digest()
        return int.from_bytes(digest[:8]) / 2**64
