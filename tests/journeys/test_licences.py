"""A school hands a licence in and the platform returns it, then passes it; the platform reads one
person's data for a reason, and the owner sees it. In a browser, with and without JavaScript."""

from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kefen.compliance import queries
from kefen.compliance.models import Reveal
from kefen.platform.identity.actions import sign_in_token
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
PDF = {"name": "执照.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF"}
PAGE = {"name": "执照.pdf", "mimeType": "application/pdf", "buffer": b"<html></html>"}
WHY = "监管机构来函，要求核对推广员身份"


def accessible(page: Page, name: str, *, look: bool) -> None:
    if look:
        found = Axe().run(page, options=AXE)
        assert [one["id"] for one in found.response["violations"]] == [], name
    picture(page, name, whole=True)


def hand_in(page: Page, here: str, scan: dict[str, object], today: date) -> None:
    page.goto(f"{here}/o/zhixing/compliance/licences")
    page.get_by_label("类型").select_option("business")
    page.get_by_label("证照编号").fill("91110108MA01XXXXXX")
    page.get_by_label("持有人").fill("知行教育科技有限公司")
    page.get_by_label("有效期自").fill(str(today - timedelta(days=300)))
    page.get_by_label("有效期至").fill(str(today + timedelta(days=20)))
    page.get_by_label("扫描件").set_input_files(scan)  # type: ignore[arg-type]
    page.get_by_role("button", name="提交").click()


def decide(page: Page, here: str, button: str, *, look: bool) -> None:
    page.goto(f"{here}/platform/licences")
    page.get_by_role("link", name="营业执照").click()
    accessible(page, "platform-licence", look=look)
    with page.expect_download() as got:
        page.get_by_role("link", name="打开扫描件").click()
    assert got.value.path().read_bytes() == PDF["buffer"]
    if button == "退回":
        page.get_by_role("button", name="退回").click()
        expect(page.locator(".ferr")).to_contain_text("请写明原因")
        page.get_by_label("原因").fill("编号看不清")
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已处理")


def licence(owner: Page, platform: Page, here: str, today: date, *, look: bool) -> None:
    """Refused for its file, returned with a reason, handed in again, passed, to end soon."""
    hand_in(owner, here, PAGE, today)
    expect(owner.locator(".ferr")).to_contain_text("PDF、JPEG 或 PNG")
    hand_in(owner, here, PDF, today)
    expect(owner.get_by_role("status")).to_contain_text("已提交")
    decide(platform, here, "退回", look=look)
    owner.goto(f"{here}/o/zhixing/")
    owner.get_by_role("link", name="被退回的资质").click()
    expect(owner.get_by_text("编号看不清")).to_be_visible()
    accessible(owner, "licences", look=look)
    hand_in(owner, here, PDF, today)
    decide(platform, here, "通过", look=False)
    owner.goto(f"{here}/o/zhixing/compliance")
    expect(owner.get_by_text("剩 20 天")).to_be_visible()


def reveal(owner: Page, platform: Page, here: str, *, look: bool) -> None:
    """Masked, in full for a reason, and told to the owner."""
    platform.goto(f"{here}/platform/reveals")
    platform.get_by_label("查看对象").select_option("promoter")
    platform.get_by_label("订单号或推广码").fill("yu")
    platform.get_by_role("button", name="查看", exact=True).click()
    expect(platform.get_by_text("139****0001")).to_be_visible()
    accessible(platform, "subject", look=look)
    platform.get_by_label("原因").last.fill("看看")
    platform.get_by_role("button", name="查看完整信息 15 分钟").click()
    expect(platform.locator(".ferr")).to_contain_text("10 个字")
    platform.get_by_label("原因").last.fill(WHY)
    platform.get_by_role("button", name="查看完整信息 15 分钟").click()
    expect(platform.get_by_text("13900000001")).to_be_visible()
    accessible(platform, "revealed", look=look)
    owner.goto(f"{here}/o/zhixing/")
    owner.get_by_role("link", name="平台查看了个人信息").click()
    expect(owner.get_by_text(WHY)).to_be_visible()
    accessible(owner, "looks", look=look)
    owner.get_by_role("button", name="已知悉").click()
    expect(owner.get_by_role("button", name="已知悉")).to_have_count(0)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("script", [True, False])
def test_licences_and_looks(running: tuple[str, School], script: bool) -> None:
    here, school = running
    today = queries.today()
    with chromium() as browser:
        pages = []
        for who in ("owner", "platform"):
            page = person(browser, desk=True, script=script).new_page()
            page.goto(f"{here}/sign-in/{sign_in_token(school.users[who])}")
            pages.append(page)
        licence(*pages, here, today, look=script)
        reveal(*pages, here, look=script)
    assert Reveal.objects.get().views.count() == 1
