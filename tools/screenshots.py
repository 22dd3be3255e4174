"""Take the README's pictures from a running demo: the story, once more, in a real browser.

kefen demo --port 8130            (in another window, freshly seeded)
python tools/screenshots.py http://127.0.0.1:8130
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def main(here: str) -> None:
    """Promoter → link → student → cashier → paid → operator → platform."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("KEFEN_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        promoter = _enter(browser, here, "推广员", PHONE)
        link = _promote(promoter, here)
        _buy(_context(browser, PHONE), link)
        _buy_by_code(_context(browser, DESK), here)
        _earn(promoter, here)
        _operate(_enter(browser, here, "运营", DESK), here)
        platform = _enter(browser, here, "平台", DESK)
        platform.goto(f"{here}/platform/limits")
        _picture(platform, "platform-limits")
        browser.close()


def _context(browser: Browser, size: dict[str, int]) -> BrowserContext:
    return browser.new_context(viewport=size, locale="zh-CN")


def _enter(browser: Browser, here: str, role: str, size: dict[str, int]) -> Page:
    page = _context(browser, size).new_page()
    page.goto(here)
    page.locator("a.role", has=page.locator("h2", has_text=role)).first.click()
    return page


def _picture(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png")


def _promote(page: Page, here: str) -> str:
    _picture(page, "promoter-home")
    page.goto(f"{here}/p/zhixing/courses/math30")
    _picture(page, "promoter-course")
    page.goto(f"{here}/p/zhixing/courses/math30/poster")
    page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth)")
    _picture(page, "promoter-poster")
    page.goto(f"{here}/p/zhixing/courses/math30")
    return page.locator("#link .copy").inner_text()


def _buy(context: BrowserContext, link: str) -> None:
    page = context.new_page()
    page.goto(link)
    _picture(page, "student-course")
    page.locator(".buybar a.btn").click()
    page.fill("input[name=phone]", "10077778888")
    page.check("input[name=terms]")
    _picture(page, "student-checkout")
    page.check("input[value=sandbox]")
    page.locator("form.stack button.accent").click()
    _picture(page, "sandbox-cashier")
    page.locator("button[value=paid]").click()
    page.locator("h1", has_text="报名成功").wait_for(timeout=30_000)
    _picture(page, "student-order")


def _buy_by_code(context: BrowserContext, here: str) -> None:
    page = context.new_page()
    page.goto(f"{here}/t/zhixing/checkout/math30")
    page.fill("input[name=phone]", "10077778889")
    page.check("input[name=terms]")
    page.check("input[value=wechat_pay]")
    page.locator("form.stack button.accent").click()
    page.locator(".scan svg").wait_for()
    _picture(page, "student-wechat")


def _earn(page: Page, here: str) -> None:
    page.goto(f"{here}/p/zhixing/income")
    page.locator("a.item").first.click()
    _picture(page, "promoter-proof")
    page.goto(f"{here}/p/zhixing/withdraw")
    _picture(page, "promoter-withdraw")
    page.goto(f"{here}/p/zhixing/performance")
    _picture(page, "promoter-performance")


def _operate(page: Page, here: str) -> None:
    _picture(page, "operator-overview")
    page.goto(f"{here}/o/zhixing/orders")
    page.locator("td a.go.mono").first.click()
    _picture(page, "operator-order")
    page.goto(f"{here}/o/zhixing/programme")
    _picture(page, "operator-programme")
    for name in ("reconciliation", "withdrawals", "risk", "compliance", "settlement"):
        page.goto(f"{here}/o/zhixing/{name}")
        _picture(page, f"operator-{name}")
    page.goto(f"{here}/o/zhixing/courses/math30")
    page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth)")
    _picture(page, "operator-course")
    _split(page, here)


def _split(page: Page, here: str) -> None:
    """The first order whose rebate left from its payment."""
    page.goto(f"{here}/o/zhixing/orders?q=D00")
    for place in range(page.locator("td a.go.mono").count()):
        page.locator("td a.go.mono").nth(place).click()
        if page.locator("text=div_").count():
            _picture(page, "operator-split")
            return
        page.go_back()


if __name__ == "__main__":
    main(sys.argv[1])
