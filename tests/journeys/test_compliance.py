"""A poster is reported by a passer-by, and the school answers; a word is forbidden, found and
mended; the evidence is fetched. In a browser, with and without JavaScript."""

import io
import zipfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kefen.catalog.queries import public_texts
from kefen.compliance.models import Complaint
from kefen.platform.identity.actions import sign_in_token
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def accessible(page: Page, name: str) -> None:
    found = Axe().run(page, options=AXE)
    assert [one["id"] for one in found.response["violations"]] == [], name
    picture(page, name, whole=True)


def report(page: Page, here: str, school: School, *, look: bool) -> None:
    """A passer-by opens the promoter's link and reports the poster."""
    page.goto(f"{here}/s/{school.code}")
    page.get_by_role("link", name="投诉与反映").click()
    expect(page.get_by_label("链接或推广码")).to_have_value("yu")
    if look:
        accessible(page, "complaint")
    page.get_by_label("反映对象").select_option("poster")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("请写明").first).to_be_visible()
    page.get_by_label("经过").fill("海报上没有广告字样")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("已收到")


def answered(page: Page, here: str, *, look: bool) -> None:
    page.goto(f"{here}/o/zhixing/")
    page.get_by_role("link", name="外部投诉").click()
    expect(page.get_by_text("海报上没有广告字样")).to_be_visible()
    if look:
        accessible(page, "complaints")
    page.get_by_label("处理结果").fill("海报已更换")
    page.get_by_role("button", name="已答复对方").click()
    expect(page.get_by_text("海报已更换")).to_be_visible()


def mended(page: Page, here: str, *, look: bool) -> None:
    page.goto(f"{here}/o/zhixing/compliance/texts")
    page.get_by_label("新增词语").fill("冲 刺")
    page.get_by_role("button", name="禁用").click()
    link = page.get_by_role("link", name="修改文字").first
    for _ in range(40):  # a job looks through everything
        if link.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    if look:
        accessible(page, "texts")
    link.click()
    title = page.locator("#field-title")
    expect(title).to_be_in_viewport()
    title.fill("考研数学冲-刺班")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("mark").first).to_have_text("冲-刺")
    title.fill("考研数学强化班")
    page.get_by_role("button", name="保存", exact=True).click()
    page.goto(f"{here}/o/zhixing/compliance/texts")
    expect(page.get_by_text("没有命中")).to_be_visible()


def evidence(page: Page, here: str) -> None:
    page.goto(f"{here}/o/zhixing/compliance")
    page.get_by_role("button", name="生成").click()
    fetch = page.get_by_role("link", name="下载")
    for _ in range(40):
        if fetch.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    with page.expect_download() as got:
        fetch.click()
    with zipfile.ZipFile(io.BytesIO(got.value.path().read_bytes())) as archive:
        assert "manifest.json" in archive.namelist()
        assert b"everything agrees" in archive.read("check-of-the-books.txt")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("script", [True, False])
def test_a_school_keeps_within_the_rules(running: tuple[str, School], script: bool) -> None:
    here, school = running
    with chromium() as browser:
        report(person(browser, script=script).new_page(), here, school, look=script)
        page = person(browser, desk=True, script=script).new_page()
        page.goto(f"{here}/sign-in/{sign_in_token(school.users['owner'])}")
        answered(page, here, look=script)
        mended(page, here, look=script)
        evidence(page, here)
    assert Complaint.objects.get().state == "answered"
    assert "考研数学强化班" in {one.text for one in public_texts(code="maths")}
