"""Who watches what, and one look a second for each institution that is watched.

By level, not by event: each look reads how things stand, so a commit that comes late, a message
that is lost or a process that was away for a minute needs no special care, and no transaction that
moves money has to announce anything. While nobody watches, nothing is read.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Protocol
from uuid import UUID

import psycopg
import structlog

from kefen.faces.live.figures import Figures
from kefen.faces.web.tokens import Watched, WatchedKind

EVERY_SECONDS = 1.0
BEAT_SECONDS = 3.0  # who hears nothing new hears this often that nothing is new
REST = 4  # a look that took long is followed by a rest of as many times its length
EACH = 8  # streams for one promoter or order
CONSOLES = 64  # streams for the console of one institution

NO_ANSWER = (psycopg.Error, OSError)  # the pool's errors and TimeoutError are among them
logger = structlog.get_logger(__name__)


class Read(Protocol):
    """How things stand in an institution: of some promoters, some orders and its console."""

    async def __call__(
        self,
        institution: UUID,
        promoters: Collection[UUID],
        orders: Collection[UUID],
        *,
        console: bool,
    ) -> Mapping[UUID, Figures]:
        """By id; the console's is that of the institution."""


class Watch:
    """One open page: how things stood at the last look."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self.figures: Figures | None = None
        self.over = False
        self._looked = False
        self._told_at = 0.0
        self._told = asyncio.Event()

    def tell(self, figures: Figures | None) -> None:
        """The result of a look; wakes the page if it is new, or it was not woken for a while."""
        now = monotonic()
        if not self._looked or figures != self.figures or now - self._told_at >= BEAT_SECONDS:
            self._looked, self.figures, self._told_at = True, figures, now
            self._told.set()

    def end(self) -> None:
        """The page is gone, or this process stops."""
        self.over = True
        self._told.set()

    async def told(self, seconds: float) -> bool:
        """Wait for the next word; False if none came in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._told.wait()
        except TimeoutError:
            return False
        self._told.clear()
        return True


class Hub:
    """All open pages of this process."""

    def __init__(self, read: Read, *, limit: int, every: float = EVERY_SECONDS) -> None:
        self._read = read
        self._limit = limit
        self._every = every
        self._watches: defaultdict[UUID, set[Watch]] = defaultdict(set)
        self._rounds: dict[UUID, asyncio.Task[None]] = {}
        self._counts: Counter[UUID] = Counter()

    def has_room(self, watched: Watched) -> bool:
        """May one more page be opened?"""
        most = CONSOLES if watched.kind == "console" else EACH
        return self._counts.total() < self._limit and self._counts[watched.id] < most

    @contextmanager
    def watching(self, watched: Watched) -> Iterator[Watch]:
        """A page is open for the length of the block."""
        watch, own = Watch(watched), self._watches[watched.institution]
        own.add(watch)
        self._counts[watched.id] += 1
        if watched.institution not in self._rounds:
            self._begin(watched.institution)
        try:
            yield watch
        finally:
            own.discard(watch)
            self._counts -= Counter([watched.id])  # forgets whom nobody watches any more
            if not own:
                self._watches.pop(watched.institution, None)
                if watched.institution in self._rounds:
                    self._rounds.pop(watched.institution).cancel()

    async def once(self, watched: Watched) -> Figures | None:
        """How things stand now, for a page that asks by itself. Raises what `NO_ANSWER` lists."""
        return (await self._look(watched.institution, [watched])).get(watched.id)

    def end(self) -> None:
        """Let every page go: this process stops."""
        for watch in [watch for own in self._watches.values() for watch in own]:
            watch.end()

    async def _look(
        self, institution: UUID, watched: Collection[Watched]
    ) -> Mapping[UUID, Figures]:
        kinds: dict[WatchedKind, set[UUID]] = {"promoter": set(), "order": set(), "console": set()}
        for one in watched:
            kinds[one.kind].add(one.id)
        console = bool(kinds["console"])
        return await self._read(institution, kinds["promoter"], kinds["order"], console=console)

    def _begin(self, institution: UUID) -> None:
        rounds = asyncio.create_task(self._look_again_and_again(institution))

        def broke(done: asyncio.Task[None]) -> None:
            if not done.cancelled():  # a bug of ours; the pages come again and begin anew
                logger.error("live_look_broke", exc_info=done.exception())
                self._rounds.pop(institution, None)
                for watch in tuple(self._watches[institution]):
                    watch.end()

        rounds.add_done_callback(broke)
        self._rounds[institution] = rounds

    async def _look_again_and_again(self, institution: UUID) -> None:
        own = self._watches[institution]
        while True:
            began = monotonic()
            try:
                found = await self._look(institution, [watch.watched for watch in own])
            except NO_ANSWER as error:
                # Nobody is told anything: the pages notice the silence and say so.
                logger.warning("live_look_failed", error=type(error).__name__)
            else:
                for watch in tuple(own):
                    watch.tell(found.get(watch.watched.id))
            await asyncio.sleep(max(self._every, REST * (monotonic() - began)))
