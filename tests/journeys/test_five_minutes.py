"""The first five minutes of somebody new, on the very data that `kefen demo` shows: four people in
browsers of their own, from a poster to a rule that the platform does not allow. What a newcomer is
promised is there before he begins."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Locator, Page, expect

from kefen.ops.demo import neighbour, seed
from tests.faces.conftest import compiled
from tests.journeys.browser import chromium, person, picture
from tests.journeys.test_whole_story import money
from tests.webhooks.processes import free_port, web, working

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
COURSE = "雅思口语 7 分陪跑营"
PAY_SECONDS = 30_000


@pytest.fixture
def address(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A freshly seeded demo."""
    compiled()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    here = f"http://127.0.0.1:{(port := free_port())}"
    outside = {"KEFEN_PUBLIC_URL": here, "KEFEN_DEMO": "1", "KEFEN_NOTIFY_URL": ""}
    monkeypatch.setitem(os.environ, "KEFEN_DATABASE_NAME", own_database)
    monkeypatch.setattr(settings, "PUBLIC_URL", here)
    for _ in seed.seed():
        pass
    with ExitStack() as stack:
        stack.enter_context(working(**outside))
        stack.enter_context(web(port, **outside))
        yield here


def enter(browser: Browser, here: str, role: str, place: str = "", *, desk: bool = True) -> Page:
    """Choose a card of the first page."""
    page = person(browser, desk=desk).new_page()
    page.goto(here)
    card = page.locator("a.role", has=page.locator("h2", has_text=role))
    card.filter(has_text=place).first.click()
    return page


def seen_by(page: Page, here: str, school: str) -> dict[str, str]:
    """What the console of a school shows of what a newcomer is promised."""
    found = {}
    for name in ("courses", "risk", "withdrawals", "settlement", "team"):
        page.goto(f"{here}/o/{school}/{name}")
        found[name] = page.locator("main").inner_text()
    return found


def promised(browser: Browser, here: str) -> None:
    """Twelve courses, odd clicks, somebody who must confirm, a settlement to review, every role:
    and nothing of it in the other school's console."""
    first = enter(browser, here, "运营", "知行学堂")
    mine = seen_by(first, here, seed.SLUG)
    first.goto(f"{here}/o/{seed.SLUG}/courses")
    expect(first.locator("main tbody tr")).to_have_count(12)
    first.goto(f"{here}/o/{seed.SLUG}/risk")
    expect(first.locator("main").get_by_role("link", name=re.compile("查看并处理"))).to_have_count(
        2
    )
    assert "待收款人确认" in mine["withdrawals"]
    assert "待发放" in mine["settlement"]
    other = enter(browser, here, "运营", neighbour.NAME)
    theirs = seen_by(other, here, neighbour.SLUG)
    for role in ("负责人", "运营", "财务", "复核", "只读"):
        assert role in mine["team"]
        assert role in theirs["team"]
    assert "待发放" in theirs["settlement"]
    for code in (COURSE, "研友阿泽", "沈岚"):
        assert all(code not in text for text in theirs.values()), code
    answer = other.goto(f"{here}/o/{seed.SLUG}/orders")
    assert answer is not None
    assert answer.status == 404
    first.context.close()
    other.context.close()


def poster_of(promoter: Page, here: str) -> tuple[str, int]:
    """0:20 the home shows money, 0:40 the poster is on the screen; answers the link, and the rebate
    that the course promises."""
    assert money(promoter.locator(".hero .big").inner_text()) > 0
    picture(promoter, "minutes-0-20")
    card = promoter.locator("li.course", has_text=COURSE)
    if not card.count():
        promoter.locator("nav.tabs a").nth(1).click()
    rebate = money(card.first.locator(".reb b").inner_text())
    card.first.locator("a.btn.accent").click()
    image = promoter.locator("figure.poster img")
    expect(image).to_be_in_viewport()
    expect(image).to_have_js_property("naturalWidth", 750)
    expect(promoter.locator("figure.poster")).to_contain_text("长按")
    expect(promoter.locator(".asstudent")).to_contain_text("无痕窗口")
    picture(promoter, "minutes-0-40")
    return promoter.locator("#link .copy").inner_text(), rebate


def buy(browser: Browser, link: str) -> None:
    """1:10 the landing, 1:40 paid in the sandbox."""
    page = person(browser).new_page()
    page.goto(link)
    expect(page.locator(".adtag").first).to_have_text("广告")
    picture(page, "minutes-1-10")
    page.locator(".buybar a.btn").click()
    page.fill("input[name=phone]", "10077770001")
    page.check("input[name=terms]")
    if page.locator("input[type=radio][value=sandbox]").count():  # where there are other ways
        page.check("input[value=sandbox]")
    page.locator("form.stack button.accent").click()
    page.locator("button[value=paid]").click()
    expect(page.locator("h1")).to_have_text("报名成功", timeout=PAY_SECONDS)
    picture(page, "minutes-1-40")


def grown(promoter: Page, before: int, rebate: int) -> None:
    """1:42 by exactly what was shown, at the top, without a reload."""
    wanted = f"{(before + rebate) / 100:,.2f}"
    expect(promoter.locator("[data-live=expected]")).to_contain_text(wanted, timeout=PAY_SECONDS)
    assert promoter.evaluate("window.kept") is True
    newest = promoter.locator("[data-part=newest] .item").first
    expect(newest).to_contain_text(COURSE)
    picture(promoter, "minutes-1-42")
    newest.click()
    expect(promoter.locator(".formula")).to_contain_text("18%")
    picture(promoter, "minutes-2-10")


def row_of_feed(operator: Page) -> Locator:
    return operator.locator("ul.feed li").first


def settle(browser: Browser, operator: Page, here: str) -> None:
    """Exceptions first, then what a colleague prepared is released."""
    operator.locator(".todos").get_by_role("link", name=re.compile("结算待复核")).click()
    expect(operator.locator("#exceptions")).to_be_visible()
    picture(operator, "minutes-2-50")
    operator.locator(".tasks a").first.click()
    expect(operator.get_by_role("heading", name="复核", exact=True)).to_be_visible()
    operator.locator("form[action$=release] button").click()
    expect(operator.get_by_text("已处理 2 / 2")).to_be_visible(timeout=60_000)
    picture(operator, "minutes-3-10")


def publish(operator: Page, percent: str) -> None:
    """A draft with another rate for everybody, through the review."""
    operator.get_by_role("link", name="返佣规则").click()
    operator.fill("#field-rule_1_value", percent)


def versions_of(promoter: Page, here: str, *, proof: str) -> str:
    promoter.goto(proof)
    return promoter.locator("main").inner_text()


@pytest.mark.timeout(600)
def test_the_first_five_minutes(address: str) -> None:
    walk(address)


def walk(here: str) -> None:
    """From the first page to a refusal."""
    with chromium() as browser:
        promised(browser, here)
        promoter = enter(browser, here, "推广员", desk=False)
        link, rebate = poster_of(promoter, here)
        promoter.goto(f"{here}/p/{seed.SLUG}/")
        promoter.evaluate("window.kept = true")
        before = money(promoter.locator("[data-live=expected]").inner_text())
        operator = enter(browser, here, "运营", "知行学堂")
        expect(operator.locator("kefen-live")).to_have_attribute("data-state", "live")
        buy(browser, link)
        grown(promoter, before, rebate)
        proof = promoter.url
        # 2:40 the same order at the top of the feed, and everything that waits.
        expect(row_of_feed(operator)).to_contain_text(COURSE, timeout=PAY_SECONDS)
        expect(row_of_feed(operator)).to_contain_text("小鱼妈妈")
        picture(operator, "minutes-2-40")
        settle(browser, operator, here)
        # 3:40 a rule change, simulated first; the order of before keeps its version.
        kept = versions_of(promoter, here, proof=proof)
        publish(operator, "22%")
        operator.fill("#field-sim_price", "599")
        operator.get_by_role("button", name="模拟").first.click()
        expect(operator.get_by_text("× 22%").first).to_be_visible()
        picture(operator, "minutes-3-20")
        operator.get_by_role("button", name="发布前核对").first.click()
        expect(operator.get_by_role("heading", name="影响范围")).to_be_visible()
        operator.get_by_role("button", name="发布新版本").first.click()
        expect(operator.get_by_text("第 3 版已发布")).to_be_visible()
        picture(operator, "minutes-3-40")
        assert versions_of(promoter, here, proof=proof) == kept
        # 4:20 the platform lowers what is allowed; the rule page says no, and why.
        platform = enter(browser, here, "平台")
        platform.goto(f"{here}/platform/limits")
        school = platform.locator("#institution")
        school.select_option(label="知行学堂")
        platform.get_by_role("button", name="查看", exact=True).click()
        platform.fill("#field-max_rate_percent", "15")
        platform.fill("#field-reason", "返佣成本过高")
        platform.get_by_role("button", name="查看影响").click()
        platform.get_by_role("button", name=re.compile("发布")).click()
        expect(platform.get_by_role("status").first).to_contain_text("上限")
        picture(platform, "minutes-4-20")
        publish(operator, "21%")
        operator.get_by_role("button", name="发布前核对").first.click()
        refused = operator.get_by_role("alert")
        expect(refused.first).to_contain_text("15%")
        expect(refused.first).to_contain_text("30%")
        expect(refused.first).to_contain_text("平台")
        expect(refused.first).to_contain_text("返佣成本过高")
        operator.goto(f"{here}/o/{seed.SLUG}/programme")
        expect(operator.get_by_text("第 3 版生效中")).to_be_visible()
        picture(operator, "minutes-4-30")
