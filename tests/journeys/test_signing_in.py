"""A guest becomes a promoter, in a browser: by phone and code, by WeChat; then his link works."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kefen.platform.identity import proofs
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0.50"


@pytest.fixture
def shop(running: tuple[str, School]) -> str:
    here, _ = running
    proofs.set_wechat_app("wx-zhixing", "secret")
    return here


@pytest.fixture
def browser(shop: str) -> Iterator[Browser]:
    with chromium() as started:
        yield started


def accessible(page: Page) -> None:
    found = Axe().run(page, options=AXE)
    assert [one["id"] for one in found.response["violations"]] == []


def code_from_messages(page: Page) -> str:
    """Open the demo's messages beside, until the newest is there."""
    with page.expect_popup() as opened:
        page.get_by_role("link", name="查看演示消息").click()
    messages = opened.value
    for _ in range(60):
        if messages.locator("article").count():
            break
        messages.wait_for_timeout(250)
        messages.reload()
    text = messages.locator("article p").first.inner_text()
    messages.close()
    found = re.search(r"\d{6}", text)
    assert found is not None, text
    return found[0]


def open_and_take_link(page: Page) -> str:
    """One screen, one tap, and the link of a course."""
    accessible(page)
    picture(page, "promote", whole=True)
    page.get_by_role("button", name="同意并开通").click()
    expect(page.get_by_role("status")).to_contain_text("已开通")
    page.locator("li.course", has_text="考研数学冲刺班").locator("a.btn.accent").click()
    return page.locator("#link .copy").inner_text()


def recommended(browser: Browser, link: str, name: str) -> None:
    """The link leads somebody else to the course, which names who recommends it."""
    visitor = person(browser).new_page()
    visitor.goto(link)
    expect(visitor.locator("h1")).to_have_text("考研数学冲刺班")
    expect(visitor.locator("aside.referred")).to_contain_text(name)
    visitor.context.close()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("script", [True, False])
def test_from_a_guests_tap_to_a_link_that_works(browser: Browser, shop: str, script: bool) -> None:
    page = person(browser, script=script).new_page()
    page.goto(f"{shop}/t/zhixing/orders")
    page.get_by_role("link", name="成为推广员").click()
    expect(page.locator("main")).to_contain_text("避免他人冒用你的身份")
    if script:
        accessible(page)
    picture(page, "sign-in-phone")
    page.get_by_label("手机号").fill("138 0000 0021")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("main")).to_contain_text("138****0021")
    code = code_from_messages(page)
    page.get_by_label("验证码").fill("000000" if code != "000000" else "111111")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator(".ferr")).to_contain_text("验证码不正确")
    picture(page, "sign-in-code")
    page.get_by_label("验证码").fill(code)
    page.get_by_role("button", name="登录", exact=True).click()
    if script:
        recommended(browser, open_and_take_link(page), "学员")
    else:
        page.get_by_role("button", name="同意并开通").click()
        expect(page.get_by_role("status")).to_contain_text("已开通")


@pytest.mark.timeout(180)
def test_inside_of_wechat_a_tap_and_a_yes(browser: Browser, shop: str) -> None:
    context = browser.new_context(
        user_agent=WECHAT, viewport={"width": 390, "height": 844}, locale="zh-CN"
    )
    page = context.new_page()
    # Nothing asks before a tap: the school, a course, the orders.
    for path in ("", "c/maths", "orders"):
        page.goto(f"{shop}/t/zhixing/{path}")
        assert page.url == f"{shop}/t/zhixing/{path}"
    page.get_by_role("link", name="成为推广员").click()
    first = page.locator("main .btn").first
    expect(first).to_have_text("微信登录")
    accessible(page)
    picture(page, "sign-in-wechat")
    first.click()
    accessible(page)
    picture(page, "wechat-sandbox")
    page.get_by_role("button", name="快照页").click()
    expect(page.locator("h1")).to_have_text("请完整打开页面")
    picture(page, "snapshot")
    page.get_by_role("link", name="重新登录").click()
    page.get_by_role("button", name="微信登录").click()
    page.get_by_role("button", name="小北同学").click()
    # WeChat's own fragment stays behind the address, as it does in WeChat.
    expect(page).to_have_url(f"{shop}/t/zhixing/promote#wechat_redirect")
    recommended(browser, open_and_take_link(page), "小同学")
    page.goto(f"{shop}/t/zhixing/orders")
    picture(page, "my-orders-wechat", whole=True)
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator("main")).to_contain_text("此处只显示本浏览器的订单")
