"""A student asks for his money back on his order's page; an operator answers in the console."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from kefen.commissions import actions as commissions
from kefen.orders.models import Order, Refund, RefundAsk
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.ports.payments import ChannelEvent, EventKind
from tests.faces.school import PRICE, School
from tests.webhooks.shop import queued


@pytest.fixture
def bought(school: School) -> tuple[Client, str]:
    """A browser, and the order that was paid on it."""
    browser = school.guest()
    back = school.pay(school.checkout(browser)["Location"])
    return browser, urlsplit(back).path.rsplit("/", 1)[1]


def text(answer: HttpResponse) -> str:
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def page(school: School, browser: Client, number: str, end: str = "") -> HttpResponse:
    return browser.get(school.at(f"orders/{number}{end}"))  # type: ignore[return-value]


def test_asking_says_what_comes_back_and_waits_for_the_school(
    school: School, bought: tuple[Client, str]
) -> None:
    browser, number = bought
    assert school.at(f"orders/{number}/refund") in page(school, browser, number).content.decode()
    form = text(page(school, browser, number, "/refund"))
    assert "¥299.00" in form
    assert "剩余天数7" in form.replace(" ", "")
    sent = browser.post(school.at(f"orders/{number}/refund"), {"reason": "时间冲突", "amount": "1"})
    assert sent.status_code == 302
    ask = RefundAsk.objects.get()
    assert (ask.amount, ask.reason, ask.state) == (PRICE, "时间冲突", "asked")
    assert not Refund.objects.exists()
    assert queued("refunds.send") == []
    shown = page(school, browser, number)
    assert "等待机构答复" in text(shown)
    assert f"/orders/{number}/refund" not in shown.content.decode()
    assert page(school, browser, number, "/refund").status_code == 302
    browser.post(school.at(f"orders/{number}/refund"), {"reason": "again"})
    assert RefundAsk.objects.count() == 1


def test_the_operator_finds_it_and_says_no_or_yes(
    school: School, bought: tuple[Client, str]
) -> None:
    browser, number = bought
    browser.post(school.at(f"orders/{number}/refund"), {"reason": "时间冲突"})
    operator = school.as_("operator")
    assert "学员申请的退款 1" in text(operator.get(school.at("", "o")))
    assert number in text(operator.get(school.at("orders?state=refund_asked", "o")))
    order = school.at(f"orders/{number}", "o")
    assert "时间冲突" in text(operator.get(order))
    refused = operator.post(f"{order}/refund/decline", {"answer": " "})
    assert refused.status_code == 422
    assert "学员会看到，请写明原因" in text(refused)
    assert operator.post(f"{order}/refund/decline", {"answer": "请先退回讲义"}).status_code == 302
    assert "请先退回讲义" in text(page(school, browser, number))
    assert queued("refunds.send") == []
    # Asked once more, and agreed to by refunding.
    browser.post(school.at(f"orders/{number}/refund"), {"reason": "讲义已退"})
    shown = operator.get(order).content.decode()
    assert 'name="amount" value="299.00"' in shown
    found = re.search(r'name="number" value="(rfd_[^"]+)"', shown)
    assert found is not None
    sent = {"number": found[1], "amount": "299.00", "reason": "学员退课"}
    assert operator.post(f"{order}/refund", sent).status_code == 302
    assert [row.state for row in RefundAsk.objects.order_by("id")] == ["declined", "agreed"]
    assert [job["refund"] for job in queued("refunds.send")] == [found[1]]
    assert "state=refund_asked" not in operator.get(school.at("", "o")).content.decode()


@pytest.mark.parametrize("role", ["reviewer", "read_only", "promoter"])
def test_only_who_may_refund_may_answer(
    school: School, bought: tuple[Client, str], role: str
) -> None:
    browser, number = bought
    browser.post(school.at(f"orders/{number}/refund"), {})
    answer = school.as_(role).post(
        school.at(f"orders/{number}/refund/decline", "o"), {"answer": "no"}
    )
    assert answer.status_code in (403, 404)
    assert RefundAsk.objects.get().state == "asked"


def test_nobody_else_asks_for_it(school: School, bought: tuple[Client, str]) -> None:
    _, number = bought
    for stranger in (school.guest(), school.as_("promoter"), school.as_("owner")):
        address = school.at(f"orders/{number}/refund")
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {}).status_code == 404
        assert stranger.post(f"{address}?k=forged", {}).status_code == 404
    assert not RefundAsk.objects.exists()


def test_unpaid_and_late_orders_lead_back_to_their_page(
    school: School, bought: tuple[Client, str]
) -> None:
    browser, number = bought
    with clock.at(clock.now() + timedelta(days=8)):
        answer = browser.post(school.at(f"orders/{number}/refund"), {})
        assert answer.status_code == 302
        shown = page(school, browser, number)
        assert "退款期已过" in text(shown)
        assert f"/orders/{number}/refund" not in shown.content.decode()
    school.checkout(browser, phone="13800000002")
    unpaid = Order.objects.latest("placed_at").number
    assert browser.post(school.at(f"orders/{unpaid}/refund"), {}).status_code == 302
    assert not RefundAsk.objects.exists()


def test_a_refund_that_is_stuck_at_the_channel_says_what_to_do(
    school: School, bought: tuple[Client, str]
) -> None:
    _, number = bought
    commissions.request_refund(number, PRICE, "closed card", SYSTEM, number="r-1")
    operator, order = school.as_("operator"), school.at(f"orders/{number}", "o")
    assert "商户后台" not in text(operator.get(order))
    event = ChannelEvent(
        *("e-1", EventKind.REFUND_STUCK, "r-1", number, PRICE, "CNY", clock.now()), reason="closed"
    )
    for _ in range(2):
        commissions.take_refund_result(event)
    shown = operator.get(order)
    assert "需到支付渠道处理" in text(shown)
    assert "请到支付渠道的商户后台处理这笔退款" in text(shown)
    assert f"{order}/refund" not in shown.content.decode(), "nothing is left to be refunded"
    assert Record.objects.filter(verb="refund.stuck").count() == 1
    school.refund("r-1", number, PRICE)
    assert "商户后台" not in text(operator.get(order))
