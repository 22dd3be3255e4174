"""A promoter's way to a poster, and what a phone's camera makes of it, in a real browser."""

import io
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.faces.school import School
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
POSTER = "figure.poster img"


@pytest.fixture
def browser(running: tuple[str, School]) -> Iterator[Browser]:
    with chromium() as started:
        yield started


def at_home(browser: Browser, here: str, *, script: bool) -> Page:
    """The promoter centre on a phone."""
    page = person(browser, script=script).new_page()
    page.goto(here)
    page.locator("a.role", has=page.locator("h2", has_text="推广员")).first.click()
    return page


def scanned(page: Page) -> list[str]:
    """What a camera reads on the screen as it is."""
    image = Image.open(io.BytesIO(page.screenshot()))
    return [found.text for found in zxingcpp.read_barcodes(image.convert("L"))]


def whole_on_the_screen(page: Page) -> bool:
    """Is the poster in sight, not under the bar below, without any scrolling?"""
    return bool(
        page.evaluate(
            """selector => {
                const image = document.querySelector(selector).getBoundingClientRect()
                const bar = document.querySelector(".buybar").getBoundingClientRect()
                return scrollY === 0 && image.top >= 0 && image.bottom <= bar.top
            }""",
            POSTER,
        )
    )


@pytest.mark.timeout(120)
@pytest.mark.parametrize("script", [False, True], ids=["without script", "with script"])
def test_from_home_to_a_poster_in_one_tap(
    browser: Browser, running: tuple[str, School], script: bool
) -> None:
    here, school = running
    page = at_home(browser, here, script=script)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("li.course", has_text="考研数学冲刺班").locator("a.btn.accent").click()
    image = page.locator(POSTER)
    expect(image).to_have_count(1)
    expect(page.locator(POSTER)).to_have_js_property("complete", True)
    assert image.evaluate("e => [e.naturalWidth, e.naturalHeight]") == [750, 1334]
    assert str(image.get_attribute("src")).endswith(".jpg")
    assert image.bounding_box()["height"] <= 569  # type: ignore[index]
    assert whole_on_the_screen(page)
    assert page.locator("canvas, [download], [src^='data:'], [href^='data:']").count() == 0
    link = f"{here}/s/{school.code}"
    assert scanned(page) == [link]
    assert page.locator("#link-text").inner_text() == link
    picture(page, "poster-sheet")
    before = image.get_attribute("src")
    page.get_by_role("link", name="夜墨").click()
    assert page.locator(POSTER).get_attribute("src") != before
    expect(page.locator(POSTER)).to_have_js_property("complete", True)
    assert scanned(page) == [link]
    assert {url for url in asked if not url.startswith(here)} == set()


@pytest.mark.timeout(120)
def test_the_poster_is_whole_on_every_phone(browser: Browser, running: tuple[str, School]) -> None:
    here, _school = running
    page = at_home(browser, here, script=False)
    for width, height in ((360, 640), (375, 667), (390, 844), (430, 932)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{here}/p/zhixing/courses/maths/poster")
        assert whole_on_the_screen(page), (width, height)


@pytest.mark.timeout(120)
def test_the_button_copies_text_and_link(browser: Browser, running: tuple[str, School]) -> None:
    here, school = running
    page = at_home(browser, here, script=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{here}/p/zhixing/courses/maths/poster")
    page.get_by_role("link", name="复制链接").click()
    expect(page.locator("[role=status]")).to_contain_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"{here}/s/{school.code}" in copied
    assert "广告" in copied
    page.goto(f"{here}/p/zhixing/links")
    page.fill("input[name=label]", "朋友圈")
    page.select_option("select[name=target]", "course:maths")
    page.locator("form.card button.accent").click()
    row = page.locator("li.made")
    expect(row).to_contain_text("朋友圈")
    own = row.locator(".copy").inner_text()
    row.locator("button").click()
    expect(page.locator("p[role=status]")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == own
    row.get_by_role("link", name="海报").click()
    expect(page.locator(POSTER)).to_have_js_property("complete", True)
    assert scanned(page) == [own]
