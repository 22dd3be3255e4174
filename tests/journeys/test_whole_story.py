"""The story of the product, by three people in browsers of their own: a promoter, a student without
JavaScript, an operator. Money goes through the sandbox channel and comes back as signed notices."""

import csv
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import UUID

import pytest
import segno
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kefen.ledger import queries as ledger
from kefen.ops.audit import audit_institution
from kefen.platform.tenancy import scope
from tests.faces.school import School
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
PRICE, REFUND = 29_900, 10_000
BOOKED = PRICE * 2000 // 10_000
LEFT = BOOKED * (PRICE - REFUND) // PRICE


@pytest.fixture
def browser(running: tuple[str, School]) -> Iterator[Browser]:
    with chromium() as started:
        yield started


def books_of(institution: UUID) -> tuple[dict[str, int], list[object]]:
    """Balances and findings of the audit; in a thread, as Playwright has a loop in this one."""

    def read() -> tuple[dict[str, int], list[object]]:
        try:
            with scope.institution(institution):
                return ledger.balances(), list(audit_institution())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()


def money(text: str) -> int:
    """`¥1,234.50` as fen."""
    return int(Decimal(re.sub(r"[^\d.]", "", text)) * 100)


def sign_in(context: BrowserContext, here: str, role: str) -> Page:
    """Choose a role of the demo."""
    page = context.new_page()
    page.goto(here)
    page.locator("a.role", has=page.locator("h2", has_text=role)).first.click()
    return page


def take_link(page: Page, here: str) -> str:
    """Promoter centre → courses → poster, and the course with its QR code; answers the link."""
    picture(page, "promoter-home-before")
    page.locator("nav.tabs a").nth(1).click()
    first = page.locator("li.course", has_text="考研数学冲刺班")
    assert money(first.locator(".reb b").inner_text()) == BOOKED
    first.locator("a.btn.accent").click()
    link = page.locator("#link .copy").inner_text()
    poster = page.locator("figure.poster img")
    expect(poster).to_have_js_property("complete", True)
    assert poster.evaluate("e => [e.naturalWidth, e.naturalHeight]") == [750, 1334]
    picture(page, "promoter-poster")
    page.locator("a.back").click()
    assert page.locator("#link .copy").inner_text() == link
    assert re.fullmatch(re.escape(here) + r"/s/[2-9a-z]{7}", link)
    image = page.locator("#qr img")
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("e => e.naturalWidth") == 296
    answer = page.request.get(here + str(image.get_attribute("src")))
    wanted = io.BytesIO()
    segno.make(link, error="m", micro=False).save(wanted, kind="png", scale=8, border=4)
    assert answer.body() == wanted.getvalue()
    picture(page, "promoter-course", whole=True)
    return link


def buy(context: BrowserContext, link: str, phone: str, *, name: str) -> Page:
    """Link → landing → checkout → cashier → paid."""
    page = context.new_page()
    page.goto(link)
    expect(page.locator(".adtag")).to_have_text("广告")
    picture(page, f"{name}-landing")
    page.locator(".buybar a.btn").click()
    page.fill("input[name=phone]", phone)
    page.check("input[name=terms]")
    picture(page, f"{name}-checkout")
    page.locator("form.stack button.accent").click()
    expect(page.locator(".sumup")).to_contain_text("299")
    picture(page, f"{name}-cashier")
    page.locator("button[value=paid]").click()
    expect(page.locator("h1")).to_have_text("报名成功", timeout=30_000)
    picture(page, f"{name}-paid", whole=True)
    return page


def refund(page: Page) -> None:
    """Operator → orders → the order → part of it back, and wait for the channel's word."""
    picture(page, "operator-overview")
    page.get_by_role("link", name="订单", exact=True).click()
    page.locator("td a.go.mono").first.click()
    page.fill("input[name=amount]", "100")
    page.fill("#field-reason", "时间冲突")
    page.locator("form[action$='/refund'] button").click()
    for _ in range(60):
        if page.locator("text=部分退款").count():
            break
        page.wait_for_timeout(300)
        page.reload()
    expect(page.locator("header.head")).to_contain_text("部分退款")
    picture(page, "operator-order", whole=True)


def look_at_proof(page: Page) -> None:
    """The evidence: the formula, the click, and what the refund took back."""
    page.locator("nav.tabs a").nth(2).click()
    page.locator("a.item").first.click()
    expect(page.locator(".formula")).to_contain_text("20%")
    expect(page.locator(".why")).to_contain_text("归因于此")
    expect(page.locator(".hero .big")).to_have_text(re.compile("39.80"))
    expect(page.locator("body")).to_contain_text("时间冲突")
    picture(page, "promoter-proof", whole=True)


def come_to(page: Page, address: str, sign: str) -> None:
    """Look again until a sign of what a job does is there."""
    for _ in range(60):
        page.goto(address)
        if page.locator(sign).count():
            return
        page.wait_for_timeout(300)
    expect(page.locator(sign).first).to_be_visible()


def withdraw(promoter: Page, operator: Page, here: str) -> None:
    """The hold passes, the money is asked for, approved, confirmed by its receiver, and arrives."""
    promoter.goto(f"{here}/p/zhixing/")
    promoter.locator("aside.demo button[value='604800']").click()
    assert money(promoter.locator(".three b").first.inner_text()) == LEFT
    promoter.locator("a.cash").click()
    promoter.locator("form button.accent").click()
    expect(promoter.locator("main")).to_contain_text("等待机构审核")
    operator.get_by_role("link", name=re.compile("^提现")).click()
    picture(operator, "operator-withdrawals")
    operator.locator("button[value=approve]").click()
    come_to(promoter, f"{here}/p/zhixing/", "a.todo.confirm")
    expect(promoter.locator("a.todo").first).to_contain_text("剩 23 小时")
    picture(promoter, "promoter-home-todo")
    promoter.locator("a.todo.confirm").click()
    picture(promoter, "promoter-withdrawal", whole=True)
    promoter.get_by_role("link", name="确认收款").click()
    picture(promoter, "sandbox-receipt")
    promoter.get_by_role("button", name="确认收款").click()
    expect(promoter.locator(".alert.jade")).to_contain_text("已到账")
    promoter.get_by_role("link", name="回到我的提现").click()
    come_to(promoter, f"{here}/p/zhixing/withdraw", ".chip.jade")
    expect(promoter.locator("ul.list .item").first).to_contain_text("已到账")
    picture(promoter, "promoter-withdraw", whole=True)


def closing(page: Page, address: str) -> tuple[dict[str, int], dict[str, int]]:
    """A statement's file: what each account's entries sum to (credit minus debit), and the
    closing balances as the file shows them."""
    text = page.request.get(address).body().decode("utf-8-sig")
    sums: dict[str, int] = {}
    ends: dict[str, int] = {}
    for row in csv.reader(io.StringIO(text)):
        if len(row) < 7 or row[0] == "时间":
            continue
        if row[1] == "期末":
            ends[row[3]] = round(Decimal(row[6]) * 100)
        elif row[2]:
            change = Decimal(row[5] or 0) - Decimal(row[4] or 0)
            sums[row[3]] = sums.get(row[3], 0) + int(change * 100)
    return sums, ends


@pytest.mark.timeout(180)
def test_from_the_link_to_the_money(browser: Browser, running: tuple[str, School]) -> None:
    here, school = running
    promoter_context = person(browser)
    promoter = sign_in(promoter_context, here, "推广员")
    link = take_link(promoter, here)
    student = person(browser, script=False)
    buy(student, link, "13800000001", name="student")
    promoter.goto(f"{here}/p/zhixing/")
    assert money(promoter.locator(".hero .big").inner_text()) == BOOKED
    picture(promoter, "promoter-home")
    operator = sign_in(person(browser, desk=True), here, "运营")
    refund(operator)
    promoter.reload()
    assert money(promoter.locator(".hero .big").inner_text()) == LEFT
    look_at_proof(promoter)
    withdraw(promoter, operator, here)
    second = person(browser)
    buy(second, link, "13800000002", name="student-script")
    check_books(promoter, operator, here, school)


def check_books(promoter: Page, operator: Page, here: str, school: School) -> None:
    """Both sides' files add up to the ledger, and every entry is audited."""
    balances, findings = books_of(school.facts.id)
    mine, ends = closing(promoter, f"{here}/p/zhixing/statement.csv")
    theirs, _ = closing(operator, f"{here}/o/zhixing/statements.csv")
    operator.goto(f"{here}/o/zhixing/statements")
    picture(operator, "operator-statements", whole=True)
    expect(operator.locator("main")).not_to_contain_text("不一致")
    own = {code: amount for code, amount in balances.items() if code.startswith("promoter:yu:")}
    assert sorted(ends.values()) == sorted(
        -amount if code.endswith(":receivable") else amount
        for code, amount in own.items()
        if not code.endswith(":points")
    )
    assert sum(mine.values()) == sum(own.values())
    rest = {code: a for code, a in balances.items() if not code.startswith("promoter:")}
    assert sum(theirs.values()) == sum(rest.values())
    assert sum(mine.values()) + sum(theirs.values()) == 0
    assert balances["promoter:yu:pending"] == BOOKED
    assert balances["channel:payout"] == LEFT
    assert findings == []
