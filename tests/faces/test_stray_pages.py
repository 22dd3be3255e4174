"""Payments that nobody owed, in the console: what happened to each, and what a person can do."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from kefen.commissions import actions as commissions
from kefen.orders import actions as orders
from kefen.orders.models import Order, StrayPayment
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.ports.payments import ChannelEvent, EventKind
from tests.faces.school import PRICE, School
from tests.webhooks.shop import queued


def text(answer: HttpResponse) -> str:
    return re.sub(r"<[^>]+>", "", answer.content.decode())


@pytest.fixture
def stray(school: School) -> StrayPayment:
    """A payment of an order that was cancelled before."""
    school.checkout(school.guest(), phone="13800000003")
    number = Order.objects.latest("placed_at").number
    orders.cancel(number)
    kind = EventKind.PAYMENT_SUCCEEDED
    event = ChannelEvent(
        *("e-1", kind, number, number, PRICE, "CNY", clock.now()), channel_number="4200-1"
    )
    assert not commissions.take_payment("wechat_pay", event)
    found: StrayPayment = StrayPayment.objects.get()
    return found


def tell(stray: StrayPayment, kind: EventKind, reason: str = "") -> None:
    event = ChannelEvent(
        *("e-2", kind, stray.number, stray.order.number, PRICE, "CNY", clock.now()), reason=reason
    )
    commissions.take_stray_result("wechat_pay", event)


def shown(school: School, browser: Client, stray: StrayPayment) -> str:
    return text(browser.get(school.at(f"orders/{stray.order.number}", "o")))


def test_the_order_shows_where_the_money_is(school: School, stray: StrayPayment) -> None:
    operator = school.as_("operator")
    page = shown(school, operator, stray)
    for word in ("多收款", "正在退回", "订单已取消", "微信支付", "299.00", "4200-1", stray.number):
        assert word in page
    assert "应退付款人（多收款）" in page
    assert "再次请求渠道退款" not in page
    assert "state=stray" not in operator.get(school.at("", "o")).content.decode()
    tell(stray, EventKind.REFUND_STUCK)
    assert "请到支付渠道的商户后台处理这笔退款" in shown(school, operator, stray)
    assert "未能退回的多收款 1" in text(operator.get(school.at("", "o")))
    tell(stray, EventKind.REFUND_SUCCEEDED)
    page = shown(school, operator, stray)
    assert "已退回" in page
    assert "商户后台" not in page
    assert "state=stray" not in operator.get(school.at("", "o")).content.decode()


def test_a_refused_one_is_asked_for_again_or_settled(school: School, stray: StrayPayment) -> None:
    operator = school.as_("operator")
    tell(stray, EventKind.REFUND_FAILED, "余额不足")
    page = shown(school, operator, stray)
    assert "渠道拒绝" in page
    assert "余额不足" in page
    assert "未能退回的多收款 1" in text(operator.get(school.at("", "o")))
    assert stray.order.number in text(operator.get(school.at("orders?state=stray", "o")))
    again = school.at(f"strays/{stray.number}/again", "o")
    before = len(queued("strays.return"))
    assert operator.post(again).status_code == 302
    assert "正在退回" in shown(school, operator, stray)
    assert len(queued("strays.return")) >= before
    # Pressed once more: there is nothing to ask for again.
    assert operator.post(again).status_code == 302
    assert Record.objects.filter(verb="stray.asked_again").count() == 1
    tell(stray, EventKind.REFUND_FAILED, "余额不足")
    settle = school.at(f"strays/{stray.number}/settle", "o")
    assert operator.post(settle, {"note": " "}).status_code == 302
    assert "请写明如何退的" in shown(school, operator, stray)
    assert operator.post(settle, {"note": "银行转账"}).status_code == 302
    assert "已另行退还" in shown(school, operator, stray)
    assert "state=stray" not in operator.get(school.at("", "o")).content.decode()
    assert Record.objects.get(verb="stray.settled").details["reason"] == "银行转账"


@pytest.mark.parametrize("role", ["reviewer", "read_only", "promoter"])
def test_only_who_may_refund_decides(school: School, stray: StrayPayment, role: str) -> None:
    tell(stray, EventKind.REFUND_FAILED, "余额不足")
    browser = school.as_(role)
    for verb in ("again", "settle"):
        answer = browser.post(school.at(f"strays/{stray.number}/{verb}", "o"), {"note": "x"})
        assert answer.status_code in (403, 404)
    stray.refresh_from_db()
    assert (stray.state, stray.settled_at) == ("failed", None)
    assert school.as_("owner").post(school.at("strays/none/again", "o")).status_code == 404
