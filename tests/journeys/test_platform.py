"""The platform lowers the cap, the school's rule page refuses with its reason; the platform pauses
the school, and nobody can order until it is open again. In a browser, by keyboard where it counts,
with and without JavaScript (ux.md §4, 4:20)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kefen.platform.identity.actions import sign_in_token
from kefen.platform.tenancy import queries as tenancy
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

WHY = "监管要求降低推广成本"


def accessible(page: Page, name: str) -> None:
    found = Axe().run(page, options=AXE)
    assert [one["id"] for one in found.response["violations"]] == [], name
    picture(page, name, whole=True)


def lowered(page: Page, here: str, *, look: bool) -> None:
    """The cap goes from 30 % to 20 %, reviewed first."""
    page.goto(f"{here}/platform/")
    page.get_by_role("link", name="知行学堂").click()
    if look:
        accessible(page, "platform-institution")
    page.get_by_role("link", name="修改").click()
    page.get_by_label("每条订单行上限（%）").fill("20")
    page.get_by_role("button", name="查看影响").click()
    expect(page.get_by_text("请写明原因，机构会看到").first).to_be_visible()
    page.get_by_label("每条订单行上限（%）").fill("20")
    page.get_by_label("原因", exact=True).fill(WHY)
    page.get_by_label("原因", exact=True).press("Enter")  # by keyboard
    expect(page.get_by_text("会超出上限的版本")).to_be_visible()
    expect(page.locator(".alert.amber").first).to_contain_text("第 1 版")
    if look:
        accessible(page, "platform-limits-review")
    page.get_by_role("button", name="发布").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("上限")
    expect(page.get_by_text(WHY).first).to_be_visible()


def refused(page: Page, here: str, *, look: bool) -> None:
    """The school reads the lock, and its next version above the cap is refused with the reason."""
    page.goto(f"{here}/o/zhixing/programme")
    expect(page.locator(".locked")).to_contain_text(WHY)
    page.locator("#publish").get_by_role("button").last.click()
    expect(page.get_by_role("alert").first).to_contain_text("20%")
    expect(page.get_by_role("alert").first).to_contain_text(WHY)
    if look:
        accessible(page, "operator-above-the-cap")


def paused(staff: Page, owner: Page, guest: Page, here: str, *, look: bool) -> None:
    guest.goto(f"{here}/t/zhixing/c/maths")
    guest.get_by_role("link", name="立即报名").click()
    guest.get_by_label("手机号").fill("13800000077")
    guest.get_by_role("checkbox").first.check()
    staff.goto(f"{here}/platform/institutions/zhixing")
    staff.get_by_label("暂停原因").fill("资料核对中")
    staff.get_by_role("button", name="暂停机构").click()
    expect(staff.get_by_role("status").first).to_contain_text("已暂停")
    owner.goto(f"{here}/o/zhixing/")
    expect(owner.get_by_role("status").filter(has_text="资料核对中")).to_be_visible()
    # Whoever has the form open already is refused kindly, and nothing is placed.
    guest.locator("main form button.accent").click()
    expect(guest.locator("main")).to_contain_text("暂不接受新订单")
    guest.goto(f"{here}/t/zhixing/c/maths")
    expect(guest.get_by_role("link", name="立即报名")).to_have_count(0)
    if look:
        accessible(guest, "course-of-a-paused-school")
    staff.get_by_label("恢复营业的原因").fill("核对完成")
    staff.get_by_role("button", name="恢复营业").click()
    guest.reload()
    expect(guest.get_by_role("link", name="立即报名")).to_be_visible()


def noted(page: Page, here: str, *, look: bool) -> None:
    page.goto(f"{here}/platform/audit")
    rows = page.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("恢复了机构营业")
    expect(rows.nth(1)).to_contain_text("暂停了机构")
    expect(rows.nth(2)).to_contain_text(WHY)
    if look:
        accessible(page, "platform-audit")
        for name in ("risk", "health", "limits"):
            page.goto(f"{here}/platform/{name}")
            accessible(page, f"platform-{name}")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("script", [True, False])
def test_the_platform_sets_the_limits(running: tuple[str, School], script: bool) -> None:
    here, school = running
    with chromium() as browser:
        staff = person(browser, desk=True, script=script).new_page()
        staff.goto(f"{here}/sign-in/{sign_in_token(school.users['platform'])}")
        owner = person(browser, desk=True, script=script).new_page()
        owner.goto(f"{here}/sign-in/{sign_in_token(school.users['owner'])}")
        guest = person(browser, script=script).new_page()
        lowered(staff, here, look=script)
        refused(owner, here, look=script)
        paused(staff, owner, guest, here, look=script)
        noted(staff, here, look=script)
    assert tenancy.limits_row().max_rate_bps == 2000
    assert not tenancy.by_slug("zhixing").paused
