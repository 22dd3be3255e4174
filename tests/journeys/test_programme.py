"""A change of the rules, by keyboard alone: draft, simulate, try on past orders, review, publish.
An order of before keeps its version on its proof."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Page, expect

from kefen.platform import clock
from kefen.platform.identity.actions import sign_in_token
from kefen.platform.tenancy import scope
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.factories import make_paid_order
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def press(page: Page, name: str) -> None:
    """The first button of this name, with the keyboard."""
    button = page.get_by_role("button", name=name).first
    button.focus()
    page.keyboard.press("Enter")


def buy_later(school: School) -> None:
    """An order of now; in a thread, as Playwright has a loop in this one."""

    def buy() -> None:
        try:
            with scope.institution(school.facts.id):
                at = clock.now()
                make_paid_order(number="after", student="b", course="maths", paid=299_00, at=at)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(buy).result()


def accessible(page: Page) -> None:
    found = Axe().run(page, options=AXE)
    assert [one["id"] for one in found.response["violations"]] == []


@pytest.mark.timeout(240)
def test_a_change_of_rules_is_tried_and_published_and_old_orders_keep_theirs(
    running: tuple[str, School],
) -> None:
    here, school = running
    make_paid_order(number="before", student="a", course="maths", paid=299_00, at=clock.now())
    owner, promoter = (sign_in_token(school.users[who]) for who in ("owner", "promoter"))
    with chromium() as browser:
        page = person(browser, desk=True).new_page()
        page.goto(f"{here}/sign-in/{owner}")
        page.goto(f"{here}/o/zhixing/programme")
        page.locator("#field-rule_1_value").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("25%")
        page.locator("#field-sim_price").focus()
        page.keyboard.type("599")
        press(page, "模拟")
        expect(page.get_by_text("实付金额 ¥599.00 × 25% = ¥149.75")).to_be_visible()
        expect(page.get_by_text("实付金额 ¥599.00 × 20% = ¥119.80")).to_be_visible()
        press(page, "试算")
        expect(page.get_by_text("1 单。返佣有变化：1 单")).to_be_visible()
        expect(page.get_by_text("+¥14.95")).to_be_visible()
        accessible(page)
        picture(page, "programme-draft", whole=True)
        press(page, "发布前核对")
        expect(page.get_by_role("heading", name="影响范围")).to_be_visible()
        accessible(page)
        picture(page, "programme-review", whole=True)
        press(page, "发布新版本")
        expect(page.get_by_text("第 2 版已发布")).to_be_visible()
        page.locator("a[href$='/programme/versions/1']").press("Enter")
        expect(page.get_by_role("heading", name="第 1 版")).to_be_visible()
        accessible(page)
        buy_later(school)
        phone = person(browser).new_page()
        phone.goto(f"{here}/sign-in/{promoter}")
        versions = []
        phone.goto(f"{here}/p/zhixing/income")
        for link in phone.locator("a[href*='/income/']").evaluate_all(
            "all => all.map(a => a.href)"
        ):
            phone.goto(link)
            versions.append(phone.locator("main").inner_text())
        assert sum("25%" in text for text in versions) == 1
        assert sum("20%" in text for text in versions) == 1
