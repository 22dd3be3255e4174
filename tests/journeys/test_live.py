"""Pages that stay true without a reload: in real browsers, with a server that comes and goes."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, Page, Route, expect

from kefen.orders.queries import listed
from kefen.platform.tenancy import scope
from tests.faces.inspection import AXE
from tests.faces.school import PRICE, REBATE
from tests.journeys.browser import chromium, person, picture
from tests.journeys.conftest import Demo
from tests.journeys.test_whole_story import money, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
STALE = "数据可能已过时"
SILENT = """window.EventSource = class extends EventTarget { close() {} }"""


@pytest.fixture
def browser(demo: Demo) -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def server(demo: Demo) -> Iterator[ExitStack]:
    """The web server; closing it early stops it."""
    with ExitStack() as stack:
        stack.enter_context(demo.served())
        yield stack


def home(browser: Browser, demo: Demo, before: str = "") -> Page:
    """The promoter's home, with something that no reload would leave there."""
    context = person(browser)
    if before:
        context.add_init_script(before)
    page = sign_in(context, demo.here, "推广员")
    page.evaluate("window.kept = true")
    return page


def state(page: Page, wanted: str, seconds: float) -> None:
    expect(page.locator("kefen-live")).to_have_attribute(
        "data-state", wanted, timeout=seconds * 1000
    )


def to_cashier(browser: Browser, demo: Demo, phone: str) -> Page:
    """A guest comes by the link and stands before the cashier."""
    page = person(browser).new_page()
    page.goto(f"{demo.here}/s/{demo.school.code}")
    page.locator(".buybar a.btn").click()
    page.fill("input[name=phone]", phone)
    page.check("input[name=terms]")
    page.locator("form.stack button.accent").click()
    expect(page.locator(".sumup")).to_contain_text("299")
    return page


def pay(page: Page) -> None:
    page.locator("button[value=paid]").click()


def expected_of(page: Page) -> int:
    return money(page.locator("[data-live=expected]").inner_text())


def refund(demo: Demo, amount: int) -> None:
    """In a thread, as Playwright has a loop in this one."""

    def act() -> None:
        try:
            with scope.institution(demo.school.facts.id):
                demo.school.refund("r1", listed()[0].number, amount)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(act).result()


@pytest.mark.usefixtures("server")
def test_a_purchase_is_seen_within_two_seconds(browser: Browser, demo: Demo) -> None:
    promoter = home(browser, demo)
    state(promoter, "live", 3)
    assert expected_of(promoter) == 0
    guest = to_cashier(browser, demo, "13800000001")
    expect(promoter.locator("[data-live=order]")).to_have_text("1", timeout=3000)
    pay(guest)
    began = time.monotonic()
    figure = promoter.locator("[data-live=expected] .money")
    expect(figure).to_have_text("¥59.80", timeout=2000)
    seconds = time.monotonic() - began
    expect(promoter.locator("[data-part=newest] .item")).to_contain_text("+¥59.80", timeout=2000)
    expect(promoter.locator("[data-part=today]")).to_contain_text("考研数学冲刺班")
    expect(promoter.locator("[data-live=paid]")).to_have_text("1")
    assert seconds < 2
    assert money(figure.inner_text()) == REBATE == PRICE * 20 // 100
    picture(promoter, "live-home")
    assert promoter.evaluate("window.kept")
    look_at_order(guest, promoter, demo)


def look_at_order(guest: Page, promoter: Page, demo: Demo) -> None:
    """The student's page says paid by itself, then what goes back; the promoter's says it too."""
    expect(guest.locator("h1")).to_have_text("报名成功", timeout=3000)
    state(guest, "live", 3)
    guest.evaluate("window.kept = true")
    refund(demo, 100_00)
    expect(guest.locator("h1")).to_have_text("部分退款", timeout=3000)
    expect(guest.locator("[data-part=order]")).to_contain_text("¥100.00")
    expect(promoter.locator("[data-live=expected] .money")).to_have_text("¥39.80", timeout=3000)
    expect(promoter.locator("[data-part=newest] .item")).to_contain_text("¥39.80")
    assert guest.evaluate("window.kept")
    assert promoter.evaluate("window.kept")
    promoter.locator("[data-part=newest] a.item").click()
    expect(promoter.locator(".formula")).to_contain_text("20%")


@pytest.mark.usefixtures("server")
def test_an_order_becomes_paid_where_it_waits(browser: Browser, demo: Demo) -> None:
    guest = to_cashier(browser, demo, "13800000001")
    cashier = guest.url
    guest.goto(f"{demo.here}/t/zhixing/orders")
    guest.locator("a.item").first.click()
    expect(guest.locator("h1")).to_have_text("待付款")
    state(guest, "live", 3)
    guest.evaluate("window.kept = true")
    other = guest.context.new_page()
    other.goto(cashier)
    pay(other)
    other.close()
    expect(guest.locator("h1")).to_have_text("报名成功", timeout=3000)
    expect(guest.locator("form[action*='/pay']")).to_have_count(0)
    expect(guest.locator("section.verdict")).to_have_class(re.compile("jade"))
    assert guest.evaluate("window.kept")
    found = Axe().run(guest, options=AXE)
    assert found.response["violations"] == []


def test_a_lost_server_is_noticed_and_found_again(
    browser: Browser, demo: Demo, server: ExitStack
) -> None:
    promoter = home(browser, demo)
    state(promoter, "live", 3)
    began = time.monotonic()
    server.close()
    assert time.monotonic() - began < 5, "an open stream kept the server from stopping"
    expect(promoter.locator("[data-when=stale]")).to_have_text(STALE, timeout=10_000)
    assert time.monotonic() - began < 10
    picture(promoter, "live-stale")
    found = Axe().run(promoter, options=AXE)
    assert found.response["violations"] == []
    with demo.served():
        state(promoter, "live", 25)
        expect(promoter.locator("[data-when=stale]")).not_to_be_visible()
        pay(to_cashier(browser, demo, "13800000001"))
        expect(promoter.locator("[data-live=expected] .money")).to_have_text("¥59.80", timeout=3000)
        assert promoter.evaluate("window.kept")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("kind", ["refused", "silent", "missing"])
def test_without_a_stream_the_page_asks_by_itself(browser: Browser, demo: Demo, kind: str) -> None:
    """A stream that is refused, one that a proxy keeps to itself, a browser that knows none."""
    script = {"refused": "", "silent": SILENT, "missing": "delete window.EventSource"}[kind]

    def refuse(route: Route) -> None:
        if route.request.resource_type == "eventsource":
            route.abort()
        else:
            route.continue_()

    context = person(browser)
    if script:
        context.add_init_script(script)
    else:
        context.route("**/live/*", refuse)
    promoter = sign_in(context, demo.here, "推广员")
    promoter.evaluate("window.kept = true")
    state(promoter, "polling", 8)
    expect(promoter.locator("kefen-live")).to_contain_text("每 5 秒更新")
    pay(to_cashier(browser, demo, "13800000001"))
    expect(promoter.locator("[data-live=expected] .money")).to_have_text("¥59.80", timeout=8000)
    expect(promoter.locator("[data-part=newest] .item")).to_contain_text("+¥59.80", timeout=2000)
    assert promoter.evaluate("window.kept")


@pytest.mark.usefixtures("server")
def test_a_pause_is_a_pause(browser: Browser, demo: Demo) -> None:
    promoter = home(browser, demo)
    state(promoter, "live", 3)
    promoter.get_by_role("button", name="暂停实时更新").click()
    expect(promoter.locator("kefen-live")).to_contain_text("已暂停")
    guest = to_cashier(browser, demo, "13800000001")
    pay(guest)
    expect(guest.locator("h1")).to_have_text("报名成功", timeout=10_000)
    promoter.wait_for_timeout(2500)
    assert expected_of(promoter) == 0
    promoter.get_by_role("button", name="继续实时更新").click()
    state(promoter, "live", 3)
    expect(promoter.locator("[data-live=expected] .money")).to_have_text("¥59.80", timeout=2000)
    button = promoter.locator("kefen-live button").bounding_box()
    assert button is not None
    assert min(button["width"], button["height"]) >= 44


@pytest.mark.usefixtures("server")
def test_a_right_that_ran_out_is_asked_for_again(browser: Browser, demo: Demo) -> None:
    """A token that opens nothing: the page gets a new one for whoever is signed in, and says so
    when nobody is."""
    promoter = home(browser, demo)
    state(promoter, "live", 3)
    spoil = """() => { const live = document.querySelector("kefen-live");
        live.setAttribute("address", live.getAttribute("address") + "x"); live.open() }"""
    promoter.evaluate(spoil)
    promoter.wait_for_timeout(500)
    state(promoter, "live", 5)
    assert not str(promoter.locator("kefen-live").get_attribute("address")).endswith("x")
    promoter.context.clear_cookies(name="sessionid")
    promoter.evaluate(spoil)
    state(promoter, "expired", 5)
    expect(promoter.get_by_role("link", name="刷新页面")).to_be_visible()
    promoter.get_by_role("link", name="刷新页面").click()
    expect(promoter).to_have_url(re.compile("/sign-in"))


@pytest.mark.usefixtures("server")
def test_without_script_nothing_of_it_is_seen(browser: Browser, demo: Demo) -> None:
    page = sign_in(person(browser, script=False), demo.here, "推广员")
    expect(page.locator(".hero .big")).to_contain_text("0.00")
    expect(page.locator("kefen-live")).not_to_be_visible()
