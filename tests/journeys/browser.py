"""A real Chromium, and pictures of what it saw."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

SYSTEM = Path("/usr/bin/chromium")
CHROMIUM = os.environ.get("KEFEN_CHROMIUM") or (str(SYSTEM) if SYSTEM.exists() else None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
QUIET += ["--disable-component-update", "--disable-sync"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser named by KEFEN_CHROMIUM, the system's, or Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


def person(
    browser: Browser, *, desk: bool = False, script: bool = True, language: str = "zh-CN"
) -> BrowserContext:
    """Somebody with a browser of his own: nothing is shared with anybody else's."""
    return browser.new_context(
        viewport=DESK if desk else PHONE,  # type: ignore[arg-type]
        locale=language,
        timezone_id="America/New_York",
        java_script_enabled=script,
    )


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture where KEFEN_SCREENSHOTS says; none where it says nothing."""
    folder = os.environ.get("KEFEN_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)
