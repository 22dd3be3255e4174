"""Who brought an order, on phones as they are: cookies that are cleared, pages that WeChat shows
from a snapshot, a second device, a link that is passed on (ux.md A5 to A7, domain.md §2)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import urlsplit

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kefen.orders.models import Line
from kefen.platform.identity.actions import account_with_phone, link_user, make_user, sign_in_token
from kefen.platform.tenancy import scope
from kefen.referrals.models import Tie
from tests.faces.school import School
from tests.journeys.browser import PHONE, chromium, person, picture

T = TypeVar("T")
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN"
)


def ask(school: School, question: Callable[[], T]) -> T:
    """Ask the database in a thread, as Playwright has a loop in this one."""

    def read() -> T:
        try:
            with scope.institution(school.facts.id):
                return question()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()


def enrol(page: Page, phone: str) -> str:
    """From the landing that is open through the form to the cashier; answers the order."""
    page.locator(".buybar a.btn").click()
    page.fill("input[name=phone]", phone)
    page.check("input[name=terms]")
    page.locator("form.stack button.accent").click()
    page.locator("button[value=paid]").click()
    expect(page.locator("h1")).to_have_text("报名成功", timeout=30_000)
    return urlsplit(page.url).path.rsplit("/", 1)[1]


def winner(school: School, order: str) -> str | None:
    """Who is credited with an order."""

    def read() -> str | None:
        line = Line.objects.select_related("winner").get(order__number=order)
        return None if line.winner is None else line.winner.code

    return ask(school, read)


def student(school: School, phone: str) -> str:
    """Somebody who can sign in; answers the path of his link."""

    def make() -> str:
        account = account_with_phone(phone)
        user = make_user(f"student-{phone}")
        link_user(account.id, user)
        return f"/sign-in/{sign_in_token(user, reusable=True)}"

    return ask(school, make)


def cookies_cleared(browser: Browser, link: str, school: School) -> None:
    """A5: before the landing is left, and again before the form is sent."""
    context = person(browser, script=False)
    page = context.new_page()
    page.goto(link)
    context.clear_cookies()
    page.locator(".buybar a.btn").click()
    page.wait_for_selector("input[name=phone]")
    page.go_back()
    assert winner(school, enrol(page, "13800000101")) == "yu"
    other = person(browser)
    page = other.new_page()
    page.goto(link)
    other.clear_cookies()
    page.reload()
    other.clear_cookies()
    assert winner(school, enrol(page, "13800000102")) == "yu"


def snapshot_page(browser: Browser, link: str, school: School) -> None:
    """A7: in WeChat nothing is asked before a tap. A snapshot keeps no cookie and no storage: what
    is left is the address, opened afresh."""
    wechat = browser.new_context(user_agent=WECHAT, viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    page = wechat.new_page()
    went: list[str] = []
    page.on("framenavigated", lambda frame: went.append(frame.url))
    page.goto(link)
    page.wait_for_load_state("networkidle")
    assert len([url for url in went if url != "about:blank"]) == 1, went
    assert urlsplit(page.url).path == school.at("c/maths")
    assert "sign-in" not in page.url
    expect(page.locator(".adtag")).to_have_text("广告")
    picture(page, "wechat-landing")
    address = page.url
    wechat.close()
    fresh = browser.new_context(user_agent=WECHAT, viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    page = fresh.new_page()
    page.goto(address)
    assert winner(school, enrol(page, "13800000103")) == "yu"
    fresh.close()


def second_device(browser: Browser, here: str, link: str, school: School) -> None:
    """The link is opened on the phone, the order is placed on another device."""
    way_in = student(school, "13800000104")
    phone = person(browser).new_page()
    phone.goto(here + way_in)
    phone.goto(link)
    desk = person(browser, desk=True).new_page()
    desk.goto(here + way_in)
    desk.goto(here + school.at("c/maths"))
    expect(desk.locator(".adtag")).to_have_count(0)
    assert winner(school, enrol(desk, "13800000104")) == "yu"


def passed_on(browser: Browser, here: str, link: str, school: School) -> None:
    """The buyer sends the address of the landing to a friend, who is signed in."""
    buyer = person(browser).new_page()
    buyer.goto(link)
    landing = buyer.url
    enrol(buyer, "13800000105")
    friend_context = person(browser)
    friend = friend_context.new_page()
    friend.goto(here + student(school, "13800000106"))
    friend.goto(landing)
    expect(friend.locator(".adtag")).to_have_text("广告")
    assert winner(school, enrol(friend, "13800000106")) == "yu"
    account = ask(school, lambda: account_with_phone("13800000106").id)
    assert not ask(school, lambda: Tie.objects.filter(student_id=account).exists())
    # The friend sees his own order and not the buyer's.
    friend.goto(here + school.at("orders"))
    expect(friend.locator("a.item")).to_have_count(1)


def changed_token(context: BrowserContext, link: str, school: School) -> None:
    """A token with another ending sells the course all the same, and credits nobody."""
    page = context.new_page()
    page.goto(link)
    address = page.url
    context.clear_cookies()
    last = "A" if not address.endswith("A") else "B"
    page.goto(address[:-1] + last)
    expect(page.locator(".adtag")).to_have_count(0)
    assert winner(school, enrol(page, "13800000107")) is None


@pytest.mark.timeout(240)
def test_attribution_survives_real_phones(running: tuple[str, School]) -> None:
    here, school = running
    link = f"{here}/s/{school.code}"
    assert re.fullmatch(r"http://[^/]+/s/[2-9a-z]{7}", link)
    with chromium() as browser:
        cookies_cleared(browser, link, school)
        snapshot_page(browser, link, school)
        second_device(browser, here, link, school)
        passed_on(browser, here, link, school)
        changed_token(person(browser), link, school)
