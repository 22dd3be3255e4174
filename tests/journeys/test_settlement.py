"""A settlement is prepared and released by keyboard alone, by two people with a browser each."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kefen.commissions import actions as commissions
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.queries import by_number
from kefen.platform import clock
from kefen.platform.identity.actions import sign_in_token
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.factories import make_paid_order
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
MOST_TABS = 120
# Where the keyboard is must be seen: an outline of some width, inside of the window.
SEEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return one === document.body || (outlined && inside);
}"""


def tab_to(page: Page, found: str) -> None:
    """Press Tab until the element that `found` selects is focused; each stop on the way is seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("found => document.activeElement.matches(found)", found):
            return
    raise AssertionError(f"the keyboard never comes to {found}")


@pytest.mark.timeout(240)
def test_one_prepares_and_another_releases_by_keyboard(running: tuple[str, School]) -> None:
    here, school = running
    make_paid_order(paid=1000_00, at=clock.now() - timedelta(days=9))
    commissions.mature(clock.now())
    for number in ("w1", "w2", "w3"):
        payouts.request(RequestWithdrawal(number, "yu", 20_00, clock.now()))
    tokens = {who: sign_in_token(school.users[who]) for who in ("owner", "finance")}
    with chromium() as browser:
        pages = {who: person(browser, desk=True).new_page() for who in tokens}
        for who, page in pages.items():
            page.goto(f"{here}/sign-in/{tokens[who]}")
        maker, reviewer = pages["owner"], pages["finance"]
        maker.goto(f"{here}/o/zhixing/settlement")
        picture(maker, "settlement", whole=True)
        tab_to(maker, "[name=withdrawal][value=w3]")
        maker.keyboard.press("Space")
        tab_to(maker, "#prepare button")
        maker.keyboard.press("Enter")
        expect(maker.get_by_text("请由另一位同事复核并发放")).to_be_visible()
        assert maker.locator("form[action$=release]").count() == 0
        reviewer.goto(f"{here}/o/zhixing/settlement")
        tab_to(reviewer, ".tasks a")
        reviewer.keyboard.press("Enter")
        expect(reviewer.get_by_role("heading", name="复核")).to_be_visible()
        found = Axe().run(reviewer, options=AXE)
        assert [one["id"] for one in found.response["violations"]] == []
        picture(reviewer, "settlement-review", whole=True)
        tab_to(reviewer, "form[action$=release] button")
        reviewer.keyboard.press("Enter")
        expect(reviewer.get_by_text("已处理 2 / 2")).to_be_visible(timeout=60_000)
    assert by_number("w3").state == "requested", "what was not ticked waits"
    assert by_number("w1").state != "requested"
    assert by_number("w2").state != "requested"
