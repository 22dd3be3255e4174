"""An owner invites somebody by phone; he signs in by the link of the message, gets another role and
is removed, each at once. In a browser, on a phone and at a desk, with and without JavaScript."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kefen.platform.audit.models import Record
from kefen.platform.identity.actions import sign_in_token
from kefen.platform.identity.models import Membership
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
PHONE = "138 0000 0077"


def looked_at(page: Page, name: str, *, look: bool) -> None:
    """Nothing too wide, nothing that axe finds."""
    beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth") if look else 0
    assert beyond <= 0, name
    if look:
        found = Axe().run(page, options=AXE)
        assert [one["id"] for one in found.response["violations"]] == [], name
    picture(page, f"{name}-{page.viewport_size['width']}", whole=True)  # type: ignore[index]


def invite(page: Page, here: str, *, look: bool) -> None:
    """A number that is none is told beside its field; a good one is masked ever after."""
    page.goto(f"{here}/o/zhixing/team")
    looked_at(page, "members", look=look)
    page.get_by_label("姓名").fill("周敏")
    page.get_by_label("邮箱或手机号").fill("12")
    page.get_by_label("角色").select_option("finance")
    page.get_by_role("button", name="发送邀请").click()
    expect(page.locator(".ferr")).to_be_visible()
    page.get_by_label("邮箱或手机号").fill(PHONE)
    page.get_by_role("button", name="发送邀请").click()
    expect(page.get_by_role("status")).to_contain_text("138****0077")
    row = page.locator("tr", has_text="周敏")
    expect(row).to_contain_text("138****0077")
    expect(row).to_contain_text("已邀请，尚未登录")


def link_of_message(page: Page, here: str) -> str:
    """The link in the newest message to a phone."""
    page.goto(f"{here}/sandbox/messages")
    for _ in range(60):  # a job sends it
        if page.locator("article").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    text = page.locator("article p").first.inner_text()
    found = re.search(r"http://\S+", text)
    assert found is not None, text
    return found[0]


def used_up(browser: Browser, link: str) -> None:
    """The link signs in once."""
    answer = person(browser).new_page().goto(link)
    assert answer is not None
    assert answer.status == 403


def change_role(owner: Page, member: Page, here: str, *, look: bool) -> None:
    """Another role ends the member's sessions; by another link he comes in with the new one."""
    owner.goto(f"{here}/o/zhixing/team")
    owner.get_by_role("link", name="更改 周敏").click()
    looked_at(owner, "member", look=look)
    owner.locator("input[value=reviewer]").check()
    owner.get_by_role("button", name="变更角色").click()
    expect(owner.get_by_role("status")).to_contain_text("复核")
    member.goto(f"{here}/o/zhixing/")
    expect(member).to_have_url(re.compile("/sign-in"))


def remove(owner: Page, member: Page, here: str) -> None:
    """The next click of the removed member leads out."""
    owner.goto(f"{here}/o/zhixing/team")
    owner.get_by_role("link", name="更改 周敏").click()
    owner.get_by_role("button", name="从本机构移除").click()
    expect(owner.locator("tr", has_text="周敏")).to_have_count(0)
    member.goto(f"{here}/o/zhixing/orders")
    expect(member).to_have_url(re.compile("/sign-in"))


def by_code(browser: Browser, here: str, *, desk: bool, script: bool) -> Page:
    """Whoever was invited by phone signs in again by his number and a code."""
    page = person(browser, desk=desk, script=script).new_page()
    page.goto(f"{here}/sign-in?next=/o/zhixing/")
    page.get_by_label("邮箱或手机号").fill(PHONE)
    page.get_by_role("button", name="获取验证码").click()
    messages = page.context.new_page()
    messages.goto(f"{here}/sandbox/messages")
    code = None
    for _ in range(60):
        found = re.search(r"验证码\D*(\d{6})", messages.locator("main").inner_text())
        if found is not None:
            code = found[1]
            break
        messages.wait_for_timeout(250)
        messages.reload()
    assert code is not None
    page.get_by_label("验证码").fill(code)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(re.compile(r"/o/zhixing/$"))
    return page


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("desk", "script"), [(False, True), (True, True), (True, False)])
def test_somebody_comes_works_and_goes(
    running: tuple[str, School], desk: bool, script: bool
) -> None:
    here, school = running
    with chromium() as browser:
        owner = person(browser, desk=desk, script=script).new_page()
        owner.goto(f"{here}/sign-in/{sign_in_token(school.users['owner'])}")
        invite(owner, here, look=script)
        member = person(browser, desk=desk, script=script).new_page()
        link = link_of_message(member, here)
        member.goto(link)
        expect(member).to_have_url(re.compile(r"/o/zhixing/$"))
        used_up(browser, link)
        change_role(owner, member, here, look=script)
        member = by_code(browser, here, desk=desk, script=script)
        remove(owner, member, here)
    assert (
        not Membership.objects.filter(role="reviewer")
        .exclude(user=school.users["reviewer"])
        .exists()
    )
    verbs = [one.verb for one in Record.objects.filter(verb__startswith="member.").order_by("id")]
    assert verbs[-3:] == ["member.invited", "member.role_changed", "member.removed"]
