"""The console's overview: true without a reload, charts that come late and weigh little, nothing
missing without them."""

import gzip
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.faces.inspection import AXE, lost_by_keyboard
from tests.journeys.browser import chromium, person, picture
from tests.journeys.conftest import Demo
from tests.journeys.test_live import pay, refund, state, to_cashier
from tests.journeys.test_whole_story import sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
BEFORE_CHARTS, WITH_CHARTS = 150_000, 400_000
DRAWN = "kefen-chart[data-drawn]"
# What the page loaded but its live stream, and when each was asked for; when words were first seen.
LOADED = """() => Object.fromEntries(performance.getEntriesByType('resource')
  .filter(one => !one.name.includes('/live/')).map(one => [one.name, one.startTime]))"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


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


def accessible(page: Page) -> None:
    found = Axe().run(page, options=AXE)
    assert found.response["violations"] == []


def sales_of(page: Page) -> str:
    return page.locator("[data-part=kpis] .kpi").first.locator(".money").inner_text()


def test_a_purchase_is_seen_and_a_lost_server_is_noticed(
    browser: Browser, demo: Demo, server: ExitStack
) -> None:
    page = sign_in(person(browser, desk=True), demo.here, "运营")
    page.goto(f"{demo.here}/o/zhixing/?days=7")
    page.evaluate("window.kept = true")
    state(page, "live", 5)
    assert sales_of(page) == "¥0.00"
    guest = to_cashier(browser, demo, "13800000001")
    pay(guest)
    began = time.monotonic()
    newest = page.locator("[data-part=feed] li", has_text="付款").first
    expect(newest).to_contain_text("¥299.00", timeout=2000)
    assert time.monotonic() - began < 2
    expect(newest).to_contain_text("小鱼")
    assert sales_of(page) == "¥299.00"
    # Charts came; what somebody opened stays open when the next news is drawn.
    expect(page.locator(DRAWN)).to_have_count(2, timeout=10_000)
    twin = page.locator("[data-part=trend] details")
    twin.locator("summary").click()
    refund(demo, 100_00)
    expect(page.locator("[data-part=feed]")).to_contain_text("−¥100.00", timeout=4000)
    expect(twin.locator("table")).to_be_visible()
    expect(page.locator(DRAWN)).to_have_count(2)
    assert sales_of(page) == "¥199.00"
    assert page.evaluate("window.kept")
    picture(page, "overview-live", whole=True)
    sums_are_those_of_the_list(page)
    page.go_back()
    state(page, "live", 5)
    began = time.monotonic()
    server.close()
    expect(page.locator("[data-when=stale]")).to_be_visible(timeout=10_000)
    assert time.monotonic() - began < 10 + 1
    with demo.served():
        state(page, "live", 25)


def sums_are_those_of_the_list(page: Page) -> None:
    page.locator("[data-part=kpis] a").click()
    expect(page).to_have_url(re.compile(r"/orders\?state=paid&from="))
    expect(page.locator(".sumline")).to_contain_text("¥199.00")
    expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.usefixtures("server")
def test_a_pause_is_a_pause_here_too(browser: Browser, demo: Demo) -> None:
    page = sign_in(person(browser, desk=True), demo.here, "运营")
    state(page, "live", 5)
    page.get_by_role("button", name="暂停实时更新").click()
    pay(to_cashier(browser, demo, "13800000001"))
    page.wait_for_timeout(2500)
    assert sales_of(page) == "¥0.00"
    page.get_by_role("button", name="继续实时更新").click()
    expect(page.locator("[data-part=feed]")).to_contain_text("¥299.00", timeout=4000)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_come_late_weigh_little_and_move_nothing(
    browser: Browser, demo: Demo, theme: str
) -> None:
    for number in (1, 2):
        pay(to_cashier(browser, demo, f"1380000000{number}"))
    context = person(browser, desk=True, language="en-GB" if theme == "dark" else "zh-CN")
    context.add_cookies([{"name": "kefen_theme", "value": theme, "url": demo.here}])
    door = context.new_page()
    door.goto(demo.here)
    door.locator("a.role", has=door.locator("h2", has_text=re.compile("运营|Operator"))).click()
    door.wait_for_url("**/o/zhixing/**")
    door.close()
    page = context.new_page()
    strangers: list[str] = []
    page.on("request", lambda one: one.url.startswith(demo.here) or strangers.append(one.url))
    document = page.goto(f"{demo.here}/o/zhixing/?days=30")
    assert document is not None
    expect(page.locator(DRAWN)).to_have_count(2, timeout=15_000)
    assert strangers == []
    loaded: dict[str, float] = page.evaluate(LOADED)
    library = [url for url in loaded if "vendor/echarts" in url]
    assert len(library) == 1
    assert loaded[library[0]] > page.evaluate(PAINTED)
    sizes = {url: len(gzip.compress(page.request.get(url).body(), 6)) for url in loaded}
    whole = sum(sizes.values()) + len(gzip.compress(document.body(), 6))
    assert whole - sizes[library[0]] <= BEFORE_CHARTS
    assert whole <= WITH_CHARTS
    shift = page.evaluate(
        """() => new Promise(done => { let sum = 0; new PerformanceObserver(list => {
        for (const entry of list.getEntries()) sum += entry.value; done(sum) })
        .observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 300) })"""
    )
    assert shift <= 0.02
    picture_box = page.locator("svg.chart").first.bounding_box()
    drawing_box = page.locator("kefen-chart .drawing").first.bounding_box()
    assert picture_box is not None
    assert drawing_box is not None
    assert abs(picture_box["height"] - drawing_box["height"]) <= 1
    page.mouse.move(drawing_box["x"] + drawing_box["width"] * 0.97, drawing_box["y"] + 60)
    expect(page.locator(".drawing .tip").first).to_contain_text("¥598.00", timeout=3000)
    accessible(page)
    picture(page, f"overview-charts-{theme}")
    assert lost_by_keyboard(page) == []


@pytest.mark.usefixtures("server")
def test_without_script_everything_is_said(browser: Browser, demo: Demo) -> None:
    pay(to_cashier(browser, demo, "13800000001"))
    page = sign_in(person(browser, desk=True, script=False), demo.here, "运营")
    page.locator(".spans a").first.click()
    expect(page).to_have_url(re.compile(r"days=1$"))
    page.locator(".spans summary").click()
    page.locator(".spans form button").click()
    expect(page).to_have_url(re.compile(r"from=.*&to="))
    page.locator(".spans a").nth(1).click()
    expect(page.locator("svg.chart")).to_have_count(2)
    expect(page.locator("[data-part=trend] .note")).to_contain_text("¥299.00")
    expect(page.locator("[data-part=heat] .note")).to_contain_text("1 单")
    page.locator("[data-part=heat] summary").click()
    expect(page.locator("[data-part=heat] tbody tr")).to_have_count(7)
    expect(page.locator("kefen-live")).not_to_be_visible()
    expect(page.locator(".drawing")).to_have_count(0)
