"""A change of the rules, by keyboard alone: draft, simulate, try on past orders, review, publish.
An order of before keeps its version on its proof."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kefen.platform.identity.actions import sign_in_token
from tests.faces.inspection import LEVELS
from tests.faces.school import School
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def press(page: Page, name: str) -> None:
    """The first button of this name, with the keyboard."""
    button = page.get_by_role("button", name=name).first
    button.focus()
    page.keyboard.press("Enter")


def accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    assert [one["id"] for one in found.response["violations"]] == []


@pytest.mark.timeout(240)
def test_a_change_of_rules_is_tried_and_published_and_old_orders_keep_theirs(
    running: tuple[str, School],
) -> None:
    here, school = running
    school.buy(phone="13700000001")
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
        page.get_by_role("link", name="版本 1", exact=True).press("Enter")
        expect(page.get_by_role("heading", name="版本 1")).to_be_visible()
        accessible(page)
        school.buy(phone="13700000002")
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
