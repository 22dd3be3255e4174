"""The console's search by keyboard alone, in a browser; and without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kefen.platform.identity.actions import sign_in_token
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.factories import make_paid_order
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.mark.timeout(240)
def test_the_keyboard_finds_and_opens(running: tuple[str, School]) -> None:
    here, school = running
    make_paid_order(paid=299_00)
    token = sign_in_token(school.users["owner"])
    with chromium() as browser:
        page = person(browser, desk=True).new_page()
        page.goto(f"{here}/sign-in/{token}")
        page.goto(f"{here}/o/zhixing/withdrawals")
        page.keyboard.press("Control+k")
        dialog = page.get_by_role("dialog")
        field = dialog.get_by_role("searchbox")
        expect(field).to_be_focused()
        page.keyboard.type("小鱼")
        expect(dialog.get_by_role("link")).to_have_count(1)
        found = Axe().run(page, options=AXE)
        assert [one["id"] for one in found.response["violations"]] == []
        picture(page, "search")
        page.keyboard.press("ArrowDown")
        expect(dialog.get_by_role("link").first).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(field).to_be_focused()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        page.keyboard.press("Control+k")
        page.keyboard.type("数学")
        expect(dialog.get_by_text("考研数学冲刺班")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="订单", exact=True)).to_be_visible()
        assert "/o/zhixing/orders?q=" in page.url


@pytest.mark.timeout(240)
def test_without_javascript_the_link_leads_to_a_page(running: tuple[str, School]) -> None:
    here, school = running
    token = sign_in_token(school.users["owner"])
    with chromium() as browser:
        page = person(browser, desk=True, script=False).new_page()
        page.goto(f"{here}/sign-in/{token}")
        page.goto(f"{here}/o/zhixing/withdrawals")
        page.locator("a.find").click()
        page.get_by_role("searchbox").first.fill("yu")
        page.keyboard.press("Enter")
        page.locator("[data-part=results] a").click()
        assert page.url.endswith("/o/zhixing/promoters/yu")
