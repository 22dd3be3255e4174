"""Figures that are read beside Django are those of the pages, of one institution only."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import Client

from kefen.commissions import actions as commissions
from kefen.config.database import conninfo
from kefen.faces.live.figures import Figures, Income, OrderProgress, Reader
from kefen.faces.live.hub import Hub
from kefen.faces.live.shown import shown
from kefen.faces.web.tokens import Watched
from kefen.orders import actions as orders
from kefen.orders.queries import by_number, listed
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution, push_clock
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.promoters.queries import by_code
from tests.faces.school import PRICE, REBATE, School, open_school


@pytest.fixture
def open_one(committed_institution: InstitutionFacts) -> School:
    """A school whose rows other connections see."""
    return open_school(committed_institution)


def reading(act: Callable[[Reader], Awaitable[Any]], *, shifted: bool = False) -> Any:
    """Do something with a reader in a loop of its own."""

    async def run() -> Any:
        reader = Reader(conninfo(connections.settings["default"]), shifted=shifted)
        try:
            return await act(reader)
        finally:
            await reader.close()

    return asyncio.run(run())


def figures_of(institution: UUID, promoter: UUID, *, shifted: bool = False) -> Income | None:
    found: Any = reading(lambda r: r.read(institution, [promoter], []), shifted=shifted)
    return found.get(promoter)  # type: ignore[no-any-return]


def order_of(institution: UUID, order: UUID) -> OrderProgress:
    found: Any = reading(lambda r: r.read(institution, [], [order]))
    return found[order]  # type: ignore[no-any-return]


def attribute(html: str, name: str) -> str:
    element = html[html.index("<kefen-live") :]
    return element[element.index(f'{name}="') + len(name) + 2 :].split('"', 1)[0]


def check_page(client: Client, address: str, figures: Figures) -> str:
    """The page shows each figure as it would be sent, under the same version."""
    html: str = client.get(address).content.decode()
    assert attribute(html, "version") == figures.version
    for name, content in shown(figures).items():
        if f'data-live="{name}"' in html:
            node = html[html.index(f'data-live="{name}"') :]
            assert node[node.index(">") + 1 :].startswith(f"{content}<"), name
    return html


def test_a_promoter_watches_what_his_pages_show(open_one: School) -> None:
    school, promoter = open_one, by_code("yu")
    with clock.at(clock.now() - timedelta(days=9)):
        old = school.buy(phone="13700000001")
        school.buy(phone="13700000002")
    commissions.mature(clock.now())
    school.refund("r1", old, 100_00)
    payouts.request(RequestWithdrawal("w1", "yu", 20_00, clock.now()))
    school.buy(phone="13700000003")
    school.checkout(school.guest(), school.open_link(school.guest()))
    figures = figures_of(school.facts.id, promoter.id)
    assert figures is not None
    assert (figures.expected, figures.in_transit, figures.placed, figures.paid) == (
        REBATE,
        20_00,
        2,
        1,
    )
    # 59.80 and 39.80 are left of the old ones, less the withdrawal.
    assert figures.available == 2 * REBATE - 20_00 - 20_00
    html = check_page(school.as_("promoter"), school.at("", "p"), figures)
    assert html.count("data-live=") == 7
    check_page(school.as_("promoter"), school.at("income", "p"), figures)


def test_an_order_is_watched_by_its_state_and_its_refunds(open_one: School) -> None:
    school, guest = open_one, open_one.guest()
    answer = school.checkout(guest, school.open_link(guest))
    row = listed()[0]
    seen = order_of(school.facts.id, row.id)
    assert seen == OrderProgress("placed", 0, ())
    check_page(guest, school.at(f"orders/{row.number}"), seen)
    school.pay(answer["Location"])
    assert order_of(school.facts.id, row.id).state == "paid"
    school.refund("r1", row.number, 100_00)
    seen = order_of(school.facts.id, row.id)
    assert seen == OrderProgress("paid", 100_00, ("booked",))
    check_page(guest, school.at(f"orders/{row.number}"), seen)
    actor = Actor(ActorKind.STUDENT)
    for answer in ("not now", "no"):
        orders.ask_refund(row.number, amount=100, reason="", actor=actor)
        orders.decline_refund(row.number, answer=answer, actor=SYSTEM)
    orders.ask_refund(row.number, amount=100, reason="", actor=actor)
    asked = order_of(school.facts.id, row.id)
    assert asked.asks == ("declined", "declined", "asked")
    check_page(guest, school.at(f"orders/{row.number}"), asked)


def test_another_institution_s_figures_do_not_exist(open_one: School) -> None:
    promoter, order = by_code("yu"), by_number(open_one.buy())
    other = found_institution(slug="other", name="别家")
    with scope.institution(other.id):
        open_school(other)
        theirs = by_code("yu")
    assert figures_of(other.id, promoter.id) is None
    assert figures_of(uuid4(), promoter.id) is None
    assert reading(lambda r: r.read(other.id, [theirs.id], [order.id])).keys() == {theirs.id}
    own = figures_of(open_one.facts.id, promoter.id)
    empty = figures_of(other.id, theirs.id)
    assert own is not None
    assert empty is not None
    assert (own.expected, empty.expected) == (REBATE, 0)


def test_row_level_security_binds_the_reader_s_connections(open_one: School) -> None:
    async def count(reader: Reader) -> int:
        await reader.read(open_one.facts.id, [by_id], [])
        async with reader._pool.connection() as connection:
            cursor = await connection.execute("SELECT count(*) FROM promoters_promoter")
            row = await cursor.fetchone()
            assert row is not None
            return int(row[0])

    by_id = by_code("yu").id
    assert reading(count) == 0


def test_today_follows_the_clock_of_the_demo(open_one: School) -> None:
    open_one.buy()
    promoter = by_code("yu").id
    push_clock(timedelta(days=1))
    pushed = figures_of(open_one.facts.id, promoter, shifted=True)
    real = figures_of(open_one.facts.id, promoter)
    assert pushed is not None
    assert real is not None
    assert (pushed.clicks, pushed.paid, pushed.expected) == (0, 0, REBATE)
    assert (real.clicks, real.paid, real.expected) == (1, 1, REBATE)


@pytest.mark.timeout(30)
def test_what_commits_late_is_seen(open_one: School) -> None:
    """Rows written before a look and committed after it: the next look finds them."""
    promoter = by_code("yu")
    written, commit = threading.Event(), threading.Event()

    def buy() -> None:
        try:
            with scope.institution(open_one.facts.id), transaction.atomic():
                open_one.buy()
                written.set()
                commit.wait(10)
        finally:
            connections.close_all()

    async def watch(reader: Reader) -> tuple[list[int], int]:
        hub = Hub(reader.read, limit=10, every=0.05)
        expected = []
        with hub.watching(Watched(open_one.facts.id, "promoter", promoter.id)) as page:
            # Not to_thread: it would carry the scope of this one into a connection of its own.
            thread = asyncio.get_running_loop().run_in_executor(None, buy)
            await asyncio.to_thread(written.wait, 10)
            await asyncio.sleep(0.3)  # several looks while nothing is committed
            assert isinstance(page.figures, Income)
            expected.append(page.figures.expected)
            page._told.clear()
            commit.set()
            assert await page.told(2)
            await thread
            assert isinstance(page.figures, Income)
            expected.append(page.figures.expected)
            return expected, page.figures.paid

    assert reading(watch) == ([0, REBATE], 1)
    assert PRICE * 20 // 100 == REBATE


def test_the_reader_connects_as_django_does() -> None:
    entry = {
        **settings.DATABASES["default"],
        "PASSWORD": "a b'c\\",
        "OPTIONS": {"options": "-c role=kefen_app", "prepare_threshold": 3, "sslmode": "require"},
    }
    text = conninfo(entry)
    assert "sslmode=require" in text
    assert "prepare_threshold" not in text
    assert r"password='a b\'c\\'" in text


def test_a_console_watches_the_version_that_its_page_has(open_one: School) -> None:
    def looked(institution: UUID) -> Any:
        return reading(lambda r: r.read(institution, [], [], console=True))

    school = open_one
    before = looked(school.facts.id)[school.facts.id]
    assert attribute(school.as_("owner").get(school.at("", "o")).content.decode(), "version") == (
        before.version
    )
    number = school.buy()
    after = looked(school.facts.id)[school.facts.id]
    assert after != before
    check_page(school.as_("owner"), school.at("", "o"), after)
    school.refund("r1", number, 100_00)
    assert looked(school.facts.id)[school.facts.id] != after
    other = found_institution(slug="other", name="别家")
    theirs = looked(other.id)
    assert theirs.keys() == {other.id}
    assert set(theirs[other.id].version.split("-")) == {"0", ""}
    assert looked(uuid4()) == {}
