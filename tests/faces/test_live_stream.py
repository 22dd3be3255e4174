"""What `/live/` answers: to whom, how much, and in which form."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core import signing

from kefen.faces.live.figures import Figures, Income, OrderProgress
from kefen.faces.live.hub import EACH, Hub
from kefen.faces.live.stream import Live, Message
from kefen.faces.web import tokens
from kefen.faces.web.tokens import Watched, live_address

ME = Watched(uuid4(), "promoter", uuid4())
RICH = Income("CNY", 123_456, 5, 0, 0, 0, 0, None, 1_234, 0, 2, 1)


@dataclass
class Browser:
    """One request to the application, and all it said."""

    live: Live
    path: str
    method: str = "GET"
    said: list[Message] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    spoke: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.said.append(message)
        self.spoke.set()

    async def ask(self) -> "Browser":
        scope = {"type": "http", "method": self.method, "path": self.path}
        await self.live(scope, self.receive, self.send)
        return self

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Browser"]:
        asked = asyncio.create_task(self.ask())
        yield self
        self.left.set()
        async with asyncio.timeout(2):
            await asked

    async def until(self, reached: Callable[["Browser"], bool]) -> None:
        async with asyncio.timeout(2):
            while not reached(self):
                self.spoke.clear()
                await self.spoke.wait()

    @property
    def status(self) -> int:
        return int(self.said[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.said[0]["headers"]}

    @property
    def text(self) -> str:
        return b"".join(one["body"] for one in self.said[1:]).decode()

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        blocks = [one.split("\n") for one in self.text.split("\n\n") if one.startswith("event: ")]
        return [(name[7:], json.loads(data[6:])) for name, data in blocks]


@dataclass
class Books:
    found: dict[UUID, Figures] = field(default_factory=lambda: {ME.id: RICH})
    broken: bool = False

    async def read(
        self,
        institution: UUID,
        promoters: Collection[UUID],
        orders: Collection[UUID],
        *,
        console: bool,
    ) -> Mapping[UUID, Figures]:
        if self.broken:
            raise psycopg.OperationalError
        return dict(self.found)


def live(books: Books, limit: int = 100) -> Live:
    return Live(Hub(books.read, limit=limit, every=0.02))


def run(act: Any) -> None:
    asyncio.run(act)


def test_everything_first_then_only_what_changed() -> None:
    async def act() -> None:
        books = Books()
        async with Browser(live(books), live_address(ME)).open() as page:
            await page.until(lambda p: len(p.events) == 1)
            books.found[ME.id] = Income("CNY", 123_457, 5, 0, 0, 0, 0, None, 1_234, 0, 2, 1)
            await page.until(lambda p: len(p.events) == 2)
        assert page.status == 200
        assert page.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-accel-buffering"] == "no"
        assert page.text.startswith("retry: 2000\n\n")
        (kind, first), (_, then) = page.events
        assert kind == "figures"
        assert first["click"] == "1,234"
        assert first["expected"] == (
            '<span class="num money"><span class="cny">¥</span>1,234'
            '<span class="dec">.56</span></span>'
        )
        assert then.keys() == {"expected", "version"}
        assert then["expected"].endswith('<span class="dec">.57</span></span>')

    run(act())


def test_a_click_is_news_but_no_new_version() -> None:
    async def act() -> None:
        books = Books()
        async with Browser(live(books), live_address(ME)).open() as page:
            await page.until(lambda p: len(p.events) == 1)
            books.found[ME.id] = Income("CNY", 123_456, 5, 0, 0, 0, 0, None, 1_235, 0, 2, 1)
            await page.until(lambda p: len(p.events) == 2)
        assert page.events[1] == ("figures", {"click": "1,235"})

    run(act())


def test_the_same_once_for_polling() -> None:
    async def act() -> None:
        order = Watched(ME.institution, "order", uuid4())
        books = Books({order.id: OrderProgress("paid", 100, ("booked", "requested"))})
        page = await Browser(live(books), f"{live_address(order)}/now").ask()
        assert page.status == 200
        assert page.headers["cache-control"] == "no-store"
        assert json.loads(page.text) == {"version": "paid-100-booked-requested"}
        books.broken = True
        page = await Browser(live(books), f"{live_address(order)}/now").ask()
        assert (page.status, page.headers["retry-after"]) == (503, "5")
        assert json.loads(page.text) == {"problem": "database_unreachable"}

    run(act())


def forged() -> list[str]:
    good = live_address(ME)
    content = [ME.institution.hex, "promoter", uuid4().hex]
    body, rest = good.removeprefix(tokens.LIVE).split(":", 1)
    changed = body[:-2] + ("A" if body[-2] != "A" else "B") + body[-1]
    return [
        f"{tokens.LIVE}{changed}:{rest}",
        tokens.LIVE + signing.dumps(content, salt="kefen.order"),
        tokens.LIVE + signing.dumps(["x", "operator", "y"], salt="kefen.live"),
        f"{tokens.LIVE}{signing.dumps(content, key='another key', salt='kefen.live')}",
        tokens.LIVE,
        f"{tokens.LIVE}/now",
        f"{good[:-1]}",
        f"{good}/later",
    ]


@pytest.mark.parametrize("case", range(len(forged())))
def test_a_token_that_is_not_ours_opens_nothing(case: int) -> None:
    address = forged()[case]

    async def act() -> None:
        page = await Browser(live(Books()), address).ask()
        assert page.status == 404
        assert json.loads(page.text) == {"problem": "not_found"}

    run(act())


def test_a_token_too_old_ends_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act() -> None:
        books, address = Books(), live_address(ME)
        async with Browser(live(books), address).open() as page:
            await page.until(lambda p: len(p.events) == 1)
            monkeypatch.setattr(tokens, "LIVE_FOR", timedelta(seconds=-1))
            books.found[ME.id] = Income("CNY", 1, 0, 0, 0, 0, 0, None, 0, 0, 0, 0)
            await page.until(lambda p: p.said[-1].get("more_body") is False)
            assert page.events[1:] == [("expired", {})]
        assert (await Browser(live(books), address).ask()).status == 404

    run(act())


def test_somebody_who_is_not_there_is_not_watched() -> None:
    async def act() -> None:
        books = Books({})
        page = await Browser(live(books), live_address(ME)).ask()
        assert page.events == [("expired", {})]
        assert (await Browser(live(books), f"{live_address(ME)}/now").ask()).status == 404

    run(act())


def test_too_many_streams_are_told_to_come_back() -> None:
    async def act() -> None:
        own = live(Books())
        pages = [Browser(own, live_address(ME)) for _ in range(EACH)]
        asked = [asyncio.create_task(page.ask()) for page in pages]
        await pages[-1].until(lambda p: bool(p.events))
        refused = await Browser(own, live_address(ME)).ask()
        assert (refused.status, refused.headers["retry-after"]) == (503, "5")
        assert json.loads(refused.text) == {"problem": "too_many_streams"}
        assert (await Browser(own, f"{live_address(ME)}/now").ask()).status == 200
        for page in pages:
            page.left.set()
        await asyncio.gather(*asked)
        async with Browser(own, live_address(ME)).open() as page:
            await page.until(lambda p: bool(p.said))
            assert page.status == 200

    run(act())


def test_only_reading_is_possible() -> None:
    async def act() -> None:
        page = await Browser(live(Books()), live_address(ME), method="POST").ask()
        assert (page.status, page.headers["allow"]) == (405, "GET")

    run(act())


def test_streams_end_when_the_process_stops() -> None:
    async def act() -> None:
        own = live(Books())
        page = Browser(own, live_address(ME))
        asked = asyncio.create_task(page.ask())
        await page.until(lambda p: bool(p.events))
        own.hub.end()
        async with asyncio.timeout(1):
            await asked
        assert page.said[-1]["more_body"] is False

    run(act())
