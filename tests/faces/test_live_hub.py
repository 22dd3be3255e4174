"""The hub: one look for all, only while somebody watches; who hears nothing knows nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg

from kefen.faces.live import hub as hub_module
from kefen.faces.live.figures import Figures, OrderProgress
from kefen.faces.live.hub import CONSOLES, EACH, Hub, Watch
from kefen.faces.web.tokens import Watched

EVERY = 0.02


@dataclass
class Books:
    """What a look finds, and every look that was taken."""

    found: dict[UUID, Figures] = field(default_factory=dict)
    looks: list[tuple[UUID, frozenset[UUID], frozenset[UUID]]] = field(default_factory=list)
    consoles: set[UUID] = field(default_factory=set)
    broken: bool = False
    slow: float = 0

    async def read(
        self,
        institution: UUID,
        promoters: Collection[UUID],
        orders: Collection[UUID],
        *,
        console: bool,
    ) -> Mapping[UUID, Figures]:
        self.looks.append((institution, frozenset(promoters), frozenset(orders)))
        self.consoles |= {institution} if console else set()
        if self.broken:
            raise psycopg.OperationalError
        await asyncio.sleep(self.slow)
        return dict(self.found)


def state(name: str) -> OrderProgress:
    return OrderProgress(name, 0, ())


def order(institution: UUID | None = None) -> Watched:
    return Watched(institution or uuid4(), "order", uuid4())


def play(books: Books, act: Callable[[Hub], Awaitable[None]], *, limit: int = 100) -> None:
    asyncio.run(act(Hub(books.read, limit=limit, every=EVERY)))  # type: ignore[arg-type]


async def heard(page: Watch) -> Figures | None:
    assert await page.told(1), "nothing was heard"
    return page.figures


def test_a_page_hears_what_is_and_then_only_what_changes() -> None:
    books, one = Books(), order()

    async def act(hub: Hub) -> None:
        books.found[one.id] = state("placed")
        with hub.watching(one) as page:
            assert await heard(page) == state("placed")
            assert not await page.told(EVERY * 5)
            books.found[one.id] = state("paid")
            assert await heard(page) == state("paid")
            del books.found[one.id]
            assert await heard(page) is None

    play(books, act)


def test_one_look_serves_all_who_watch_an_institution_and_nobody_else() -> None:
    books, school, other = Books(), uuid4(), uuid4()
    mine = [order(school) for _ in range(3)]
    promoter, theirs = Watched(school, "promoter", uuid4()), order(other)

    async def act(hub: Hub) -> None:
        with (
            hub.watching(mine[0]),
            hub.watching(mine[1]),
            hub.watching(mine[1]),
            hub.watching(mine[2]),
            hub.watching(promoter),
            hub.watching(theirs) as page,
        ):
            await heard(page)

    play(books, act)
    orders = frozenset(one.id for one in mine)
    assert (school, frozenset({promoter.id}), orders) in books.looks
    assert (other, frozenset(), frozenset({theirs.id})) in books.looks
    assert {institution for institution, _, _ in books.looks} == {school, other}


def test_nothing_is_read_while_nobody_watches() -> None:
    books, one = Books(), order()

    async def act(hub: Hub) -> None:
        await asyncio.sleep(EVERY * 3)
        assert books.looks == []
        with hub.watching(one) as page:
            await heard(page)
        count = len(books.looks)
        await asyncio.sleep(EVERY * 5)
        assert len(books.looks) == count
        with hub.watching(one) as page:  # somebody comes again
            await heard(page)

    play(books, act)


def test_a_look_that_fails_is_silence_and_the_next_one_speaks() -> None:
    books, one = Books(broken=True), order()

    async def act(hub: Hub) -> None:
        with hub.watching(one) as page:
            assert not await page.told(EVERY * 5)
            assert len(books.looks) > 1
            books.broken = False
            books.found[one.id] = state("paid")
            assert await heard(page) == state("paid")

    play(books, act)


def test_who_hears_nothing_new_hears_that_from_time_to_time() -> None:
    books, one = Books(), order()
    books.found[one.id] = state("paid")

    async def act(hub: Hub) -> None:
        with hub.watching(one) as page:
            await heard(page)
            page._told_at -= hub_module.BEAT_SECONDS
            assert await heard(page) == state("paid")

    play(books, act)


def test_long_looks_are_followed_by_long_rests() -> None:
    books, one = Books(slow=0.1), order()

    async def act(hub: Hub) -> None:
        with hub.watching(one):
            await asyncio.sleep(0.45)

    play(books, act)
    assert len(books.looks) == 1


def test_there_is_room_for_so_many_pages_and_no_more() -> None:
    books, one, two = Books(), order(), order()

    async def act(hub: Hub) -> None:
        pages = [hub.watching(one) for _ in range(EACH)]
        for page in pages:
            assert hub.has_room(one)
            page.__enter__()
        assert not hub.has_room(one)  # enough for this one
        assert hub.has_room(two)
        with hub.watching(two):
            assert not hub.has_room(order())  # and now for everybody
        pages[0].__exit__(None, None, None)
        assert hub.has_room(one)
        for page in pages[1:]:
            page.__exit__(None, None, None)
        assert not hub._counts

    play(books, act, limit=EACH + 1)


def test_a_team_may_watch_its_console_together() -> None:
    books, school = Books(), uuid4()
    console = Watched(school, "console", school)

    async def act(hub: Hub) -> None:
        with ExitStack() as pages:
            for _ in range(EACH + 1):
                assert hub.has_room(console)
                page = pages.enter_context(hub.watching(console))
            await heard(page)
            assert books.consoles == {school}
            for _ in range(CONSOLES - EACH - 1):
                pages.enter_context(hub.watching(console))
            assert not hub.has_room(console)

    play(books, act)
    assert {(promoters, orders) for _, promoters, orders in books.looks} == {
        (frozenset(), frozenset())
    }


def test_a_bug_in_a_look_ends_the_pages_and_who_comes_again_is_served() -> None:
    books, one = Books(), order()

    async def act(hub: Hub) -> None:
        books.found = None  # type: ignore[assignment]
        with hub.watching(one) as page:
            assert await page.told(1)
            assert page.over
        books.found = {one.id: state("paid")}
        with hub.watching(one) as page:
            assert await heard(page) == state("paid")

    play(books, act)


def test_all_pages_end_together() -> None:
    books = Books()

    async def act(hub: Hub) -> None:
        with hub.watching(order()) as one, hub.watching(order()) as two:
            hub.end()
            assert await one.told(1)
            assert await two.told(1)
            assert one.over
            assert two.over

    play(books, act)
