"""The console's menu: entries under headings, folded behind one button on a phone, which works
without script and by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kefen.faces.web.samples import every_sample
from tests.faces import inspection
from tests.faces.inspection import DESK, PHONE
from tests.journeys.browser import chromium
from tests.webhooks.processes import free_port, web

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
PAGE = "operator-overview"
GROUPS = ["日常", "推广", "资金", "合规与风险", "设置"]


@pytest.fixture(scope="module")
def address(catalogue: Path) -> Iterator[str]:
    port = free_port()
    with web(port, KEFEN_DEBUG="1", KEFEN_PUBLIC_URL=f"http://127.0.0.1:{port}"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def _opened(browser: Browser, address: str, width: int, *, script: bool = False) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        java_script_enabled=script,
        locale="zh-CN",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{address}/styleguide/{PAGE}")
    return page


@pytest.mark.parametrize("width", [1024, DESK])
def test_entries_stand_under_headings(browser: Browser, address: str, width: int) -> None:
    page = _opened(browser, address, width)
    menu = page.get_by_role("navigation", name="主导航")
    expect(menu.get_by_role("heading")).to_have_text(GROUPS)
    expect(menu.get_by_role("link", name="总览")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("button", name="菜单")).to_be_hidden()
    for group in GROUPS:
        entries = menu.get_by_role("group", name=group).get_by_role("link")
        assert 3 <= entries.count() <= 6, group
    grouped = menu.get_by_role("group").get_by_role("link").count()
    assert grouped == menu.get_by_role("link").count(), "an entry under no heading"
    page.context.close()


def test_it_opens_over_the_page_on_a_phone(browser: Browser, address: str) -> None:
    page = _opened(browser, address, PHONE)
    menu, button = page.locator("#menu"), page.locator(".menubutton")
    expect(menu).to_be_hidden()
    waiting = sum(every_sample()[PAGE].layout("/", "").counts.values())
    assert waiting > 0
    expect(button).to_contain_text(str(waiting))
    button.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    expect(menu.get_by_role("heading")).to_have_text(GROUPS)
    page.keyboard.press("Tab")
    expect(menu.locator(".closer")).to_be_focused()
    page.keyboard.press("Tab")
    expect(menu.locator("a").first).to_be_focused()
    heights = menu.locator("a").evaluate_all("all => all.map(e => e.offsetHeight)")
    assert min(heights) >= 44
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    page.context.close()


def test_it_is_accessible_while_it_is_open(browser: Browser, address: str) -> None:
    page = _opened(browser, address, PHONE, script=True)
    page.locator(".menubutton").click()
    expect(page.locator("#menu")).to_be_visible()
    assert inspection.inaccessible(page, PHONE) == []
    page.locator(".closer").click()
    expect(page.locator("#menu")).to_be_hidden()
    page.context.close()
