"""A promoter says where he is paid, in a browser, with and without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kefen.payouts import queries
from kefen.platform.identity.actions import sign_in_token
from kefen.promoters.queries import by_code
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def checked(page: Page, name: str) -> None:
    """Accessible, and nothing wider than the narrowest phone."""
    found = Axe().run(page, options=AXE)
    assert [one["id"] for one in found.response["violations"]] == []
    page.set_viewport_size({"width": 320, "height": 700})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320, (name, wide)
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, name, whole=True)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("script", [True, False])
def test_the_account_is_entered_masked_and_removed(
    running: tuple[str, School], script: bool
) -> None:
    here, school = running
    me = by_code("yu").id
    token = sign_in_token(school.users["promoter"])
    with chromium() as browser:
        page = person(browser, script=script).new_page()
        page.goto(f"{here}/sign-in/{token}")
        page.goto(f"{here}/p/zhixing/profile")
        page.get_by_role("link", name="填写收款账户").click()
        if script:
            checked(page, "payout-account")
        page.get_by_role("button", name="保存账户").click()
        expect(page.get_by_role("status")).to_contain_text("收款账户已保存")
        expect(page.locator("dd", has_text="沙箱")).to_have_count(1)
        page.get_by_role("link", name="更改").click()
        if script:
            checked(page, "payout-account-known")
        page.get_by_role("button", name="移除账户").click()
        expect(page.get_by_role("link", name="填写收款账户")).to_be_visible()
    assert queries.account_of(me) is None
    assert queries.accounts_changed([me])
