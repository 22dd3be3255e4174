"""Where notices wait, are sent, and are sent again by the channel's table.

A notice is kept in the books in the transaction that causes it, so none is forgotten. Intervals of
the table are in seconds and multiplied by `scale`; they run by the business clock.
"""

import contextlib
import http.client
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from kefen.emulators.frame.books import Books, Document
from kefen.emulators.frame.clock import Clock
from kefen.emulators.frame.faults import Faults

log = logging.getLogger(__name__)

ANSWER_WITHIN = 5.0  # seconds that a receiver has
_PAUSE = 0.2
_REORDERED = 3.0  # seconds by which a notice falls behind, before scaling


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice as it goes over the wire; it is written afresh for each attempt, because its
    signature is of the moment."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said; status 0 if it said nothing."""

    status: int
    body: bytes


def accepts_any_2xx(answer: Answer) -> bool:
    """What most channels take for a receipt."""
    return 200 <= answer.status < 300


class PostRoom:
    """`write` makes the letter of a notice's content, `accepted` reads the receiver's answer,
    `retries` are the intervals after the first attempt; `tick` passes before each round."""

    def __init__(
        self,
        books: Books,
        clock: Clock,
        faults: Faults,
        *,
        retries: Sequence[float],
        write: Callable[[Document], Letter],
        accepted: Callable[[Answer], bool] = accepts_any_2xx,
        tick: Callable[[], None] = lambda: None,
        scale: float = 1.0,
    ) -> None:
        self._books, self._clock, self._faults = books, clock, faults
        self._retries, self._write, self._accepted = tuple(retries), write, accepted
        self._tick = tick
        self.scale = scale
        self._sending = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def post(self, url: str, topic: str, content: Document, *, mentioned: str = "") -> None:
        """Let the receiver at this address know. `topic` is the place for faults (they may also
        say "notice"), `mentioned` the numbers that it is about. Call it inside a transaction."""
        if not url:
            return
        struck = {
            fault: self._faults.take(fault, topic, mentioned)
            or self._faults.take(fault, "notice", mentioned)
            for fault in ("lose", "delay", "reorder", "duplicate")
        }
        due = self._clock.seconds()
        if struck["delay"]:
            due += float(struck["delay"].get("seconds", 60)) * self.scale
        if struck["reorder"]:
            due += _REORDERED * self.scale
        for _ in range(2 if struck["duplicate"] else 1):
            key = str(self._books.next("notice"))
            self._books.put(
                "notice",
                key,
                {
                    "key": key,
                    "url": url,
                    "topic": topic,
                    "content": content,
                    "mentioned": mentioned,
                    "state": "lost" if struck["lose"] else "waiting",
                    "due": None if struck["lose"] else due,
                    "behind": bool(struck["reorder"]),
                    "attempts": [],
                },
            )

    def deliver(self, *, early: bool = False) -> int:
        """Send every notice that is due, or `early` every one that waits; how many were taken."""
        taken = 0
        with self._sending:
            for notice in self._due(early=early):
                taken += self._attempt(notice)
        return taken

    def start(self) -> None:
        """Send by itself from now on, in a thread."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._work, name="post room", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send no more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=2 * ANSWER_WITHIN)
            self._thread = None

    def _work(self) -> None:
        while not self._stop.wait(_PAUSE):
            try:
                self.deliver()
            except Exception:  # the room stays open, whatever lies in it
                log.exception("A notice could not be sent.")

    def _due(self, *, early: bool) -> list[Document]:
        with self._books.transaction() as books:
            self._tick()
            if early:
                due = books.find("notice", state="waiting")
            else:
                due = books.until("notice", "due", self._clock.seconds())
        return sorted(due, key=lambda one: (one["behind"], one["due"], int(one["key"])))

    def _attempt(self, notice: Document) -> bool:
        letter = self._write(notice)
        answer = send(notice["url"], letter)
        taken = self._accepted(answer)
        with self._books.transaction() as books:
            at = self._clock.seconds()
            notice["attempts"].append(
                {
                    "at": at,
                    "status": answer.status,
                    "answer": answer.body[:200].decode("utf-8", "replace"),
                }
            )
            made = len(notice["attempts"])
            if taken:
                notice.update(state="delivered", due=None)
            elif made > len(self._retries):
                notice.update(state="given up", due=None)
            else:
                notice["due"] = at + self._retries[made - 1] * self.scale
            books.put("notice", notice["key"], notice)
        return taken


def send(url: str, letter: Letter) -> Answer:
    """POST it; whatever goes wrong on the way is an answer of status 0. Knows no proxies."""
    parts = urlsplit(url)
    kind: Any = (
        http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    )
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    with contextlib.closing(kind(parts.netloc, timeout=ANSWER_WITHIN)) as connection:
        try:
            connection.request("POST", target, body=letter.body, headers=dict(letter.headers))
            reply = connection.getresponse()
            return Answer(reply.status, reply.read())
        except (OSError, http.client.HTTPException) as gone:
            return Answer(0, str(gone).encode())
