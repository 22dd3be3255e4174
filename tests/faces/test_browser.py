"""The styleguide in a real browser: widths, themes, languages, origin and accessibility."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.webhooks.processes import free_port, web

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
SYSTEM = Path("/usr/bin/chromium")
CHROMIUM = os.environ.get("KEFEN_CHROMIUM") or (str(SYSTEM) if SYSTEM.exists() else None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
QUIET += ["--disable-component-update", "--disable-sync"]
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# Layout does not depend on the theme, nor contrast on the language: two passes see every pair.
PASSES = [("light", "en", 1440), ("dark", "zh-hans", 390)]
WIDTHS = (320, 390, 1440)
SMALL = """() => [...document.querySelectorAll('a, button, summary, select, input')]
  .filter(e => !['hidden', 'checkbox'].includes(e.type) && e.checkVisibility())
  .filter(e => !e.closest('.skip, .cover-link, p, dd'))
  .filter(e => { const r = e.getBoundingClientRect(); return r.height < 24 || r.width < 24 })
  .map(e => e.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def address(catalogue: Path) -> Iterator[str]:
    port = free_port()
    with web(port, KEFEN_DEBUG="1", KEFEN_PUBLIC_URL=f"http://127.0.0.1:{port}"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


def _keys(page: Page, address: str) -> list[str]:
    page.goto(f"{address}/styleguide/")
    keys: list[str] = page.eval_on_selector_all("main .item .t", "all => all.map(e => e.innerText)")
    return keys


def _unfit(page: Page) -> list[str]:
    """What is wrong with the open page at each width; targets inside sentences may be small."""
    problems: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if beyond > 0:
            problems.append(f"{beyond} px too wide at {width}")
        problems += [f"small target at {width}: {one}" for one in page.evaluate(SMALL)]
    return problems


def _inaccessible(page: Page, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": 844})
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['any'][:1]}"
        for one in found.response["violations"]
    ]


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("theme", "language", "axe_width"), PASSES)
def test_every_page_fits_and_is_accessible(
    browser: Browser, address: str, theme: str, language: str, axe_width: int
) -> None:
    context = browser.new_context()
    context.add_cookies(
        [
            {"name": "kefen_language", "value": language, "url": address},
            {"name": "kefen_theme", "value": theme, "url": address},
        ]
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    problems: list[str] = []
    for key in _keys(page, address):
        page.goto(f"{address}/styleguide/{key}")
        problems += [f"{key}: {one}" for one in _unfit(page) + _inaccessible(page, axe_width)]
    context.close()
    assert not problems, "\n".join(problems)
    assert {url for url in asked if not url.startswith(address)} == set()


def test_switches_work_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/styleguide/promoter-home")
    page.click("button[value=en]")
    assert page.url == f"{address}/styleguide/promoter-home"
    assert page.locator("html").get_attribute("lang") == "en"
    page.click("button[value=dark]")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.click("button[value=device]")
    assert page.locator("html").get_attribute("data-theme") is None
    context.close()
