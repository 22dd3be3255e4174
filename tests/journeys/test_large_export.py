"""ux.md A16: a statement of 50,000 lines, asked for in a browser, with a worker behind it."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from kefen.core import postings
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.platform import clock
from kefen.platform.identity.actions import sign_in_token
from tests.faces.school import School
from tests.journeys.browser import chromium, person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.soak,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
LINES = 50_000
_DONE = re.compile(r"([\d,]+) / ([\d,]+)")


def lived() -> None:
    """As many movements of one promoter."""
    at, moves = clock.now() - timedelta(hours=1), postings.prize("yu", 1, 0)
    for begin in range(0, LINES, 1_000):
        batch = range(begin, begin + 1_000)
        keys = [postings.adjustment_key(f"a{n}") for n in batch]
        with transaction.atomic():
            ledger.post([Transfer(key, "adjustment", at, moves) for key in keys], "CNY")


def progress(page: Page) -> Iterator[int]:
    """What the page shows of it, without anybody touching it, until it is ready."""
    while page.get_by_role("link", name="下载").count() == 0:
        shown = page.locator("main").inner_text()
        found = _DONE.search(shown)
        if found:
            yield int(found[1].replace(",", ""))
        page.wait_for_timeout(250)


@pytest.mark.timeout(600)
def test_fifty_thousand_lines_are_written_while_one_looks_elsewhere(
    running: tuple[str, School], tmp_path: Path
) -> None:
    here, school = running
    lived()
    token = sign_in_token(school.users["owner"])
    with chromium() as browser:
        page = person(browser).new_page()
        page.goto(f"{here}/sign-in/{token}")
        page.goto(f"{here}/o/zhixing/statements")
        page.locator("form[action$='statements/file'] button[value=csv]").click()
        expect(page).to_have_url(f"{here}/o/zhixing/tasks")
        # Leaving is safe, and every other page answers meanwhile.
        page.goto(f"{here}/o/zhixing/orders")
        expect(page.get_by_role("heading", name="订单").first).to_be_visible()
        page.goto(f"{here}/o/zhixing/tasks")
        seen = list(progress(page))
        assert seen == sorted(seen)
        assert len(set(seen)) > 3
        with page.expect_download() as fetched:
            page.get_by_role("link", name="下载").first.click()
        target = tmp_path / "statement.csv"
        fetched.value.save_as(target)
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    numbers = {row[2] for row in rows if len(row) > 2 and row[2].startswith("adjustment:")}
    assert len(numbers) == LINES
