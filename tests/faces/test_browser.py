"""Every sample of the styleguide in a real browser: widths, letters, themes, languages, keyboard,
weight, origin and accessibility. A page with a sample is covered without another word."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kefen.faces.web.samples import every_sample
from tests.faces import inspection
from tests.faces.inspection import BUDGET_BYTES, DESK, PHONE, WIDTHS, Traffic, named
from tests.journeys.browser import chromium, picture
from tests.webhooks.processes import free_port, web

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
# Layout does not depend on the theme; contrasts are looked at in both themes on each pass.
PASSES = [("light", "en"), ("dark", "zh-hans")]
# There are many: parts run side by side.
PARTS = 4
CONSOLE = ("operator-", "platform-")
# Where the console moves money, it is worked by keyboard and on a phone as well.
MONEY = tuple(
    f"operator-{name}"
    for name in (
        *("reconciliation", "stopped-splits", "order-split", "payout", "bank-file"),
        *("withdrawals", "channel", "tasks", "settlement", "course"),
    )
)


@pytest.fixture(scope="module")
def address(catalogue: Path) -> Iterator[str]:
    port = free_port()
    with web(port, KEFEN_DEBUG="1", KEFEN_PUBLIC_URL=f"http://127.0.0.1:{port}"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def _keys(page: Page, address: str) -> list[str]:
    page.goto(f"{address}/styleguide/")
    keys: list[str] = page.eval_on_selector_all("main .item .t", "all => all.map(e => e.innerText)")
    return keys


def _inspect(page: Page, traffic: Traffic, url: str, key: str, language: str) -> list[str]:
    """One page, everything about it; the keyboard and larger letters where phones are."""
    console = key.startswith(CONSOLE)
    answer = page.goto(url)
    assert answer is not None
    assert answer.status in (200, 400, 403, 404, 409, 422, 500), key
    body = answer.body()  # before anything is loaded again
    found = inspection.jumping(page)
    found += traffic.too_heavy(page, body, BUDGET_BYTES["console" if console else "phone"])
    if os.environ.get("KEFEN_SCREENSHOTS"):
        picture(page, f"samples/{key}-{language}", whole=True)
    english = language == "en"  # whose words are longer: it is looked at in every width
    if not console:
        found += inspection.lost_by_keyboard(page) if english else []
        found += inspection.unfit_with_larger_text(page)
    found += inspection.unfit(page, WIDTHS if english else (320, PHONE))
    return found + inspection.inaccessible(page, DESK if console else PHONE)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("theme", "language"), PASSES)
def test_every_page_fits_and_is_accessible(
    browser: Browser, address: str, theme: str, language: str, part: int
) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": 844}, reduced_motion="reduce")
    context.add_cookies(
        [
            {"name": "kefen_language", "value": language, "url": address},
            {"name": "kefen_theme", "value": theme, "url": address},
        ]
    )
    page, traffic = context.new_page(), Traffic(address)
    traffic.watch(page)
    keys = _keys(page, address)
    assert keys == list(every_sample())
    problems: list[str] = []
    for key in keys[part::PARTS]:
        url = f"{address}/styleguide/{key}"
        problems += named(key, _inspect(page, traffic, url, key, language))
        page.set_viewport_size({"width": PHONE, "height": 844})
    context.close()
    assert not problems, "\n".join(problems)
    assert traffic.strangers == set()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("theme", "language"), PASSES)
def test_money_pages_work_by_keyboard_and_on_a_phone(
    browser: Browser, address: str, theme: str, language: str
) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": 844}, reduced_motion="reduce")
    cookies = {"kefen_language": language, "kefen_theme": theme}
    context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    )
    page, problems = context.new_page(), list[str]()
    for key in (key for key in every_sample() if key.startswith(MONEY)):
        page.goto(f"{address}/styleguide/{key}")
        problems += named(key, inspection.lost_by_keyboard(page))
        problems += named(key, inspection.inaccessible(page, PHONE))
    context.close()
    assert problems == []


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
