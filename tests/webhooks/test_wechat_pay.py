"""An order paid by WeChat Pay: from the institution's account to the booked commission."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings

from kefen.faces.api.webhooks_in.work import work
from kefen.orders.actions import PayBy, open_cashier
from kefen.orders.queries import by_number
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.inbox.models import Notification
from kefen.platform.merchants.actions import connect
from kefen.ports.payments import Method
from tests.adapters.contract import Message
from tests.adapters.wechat_side import WeChatSide
from tests.webhooks.shop import SLUG, commissions, place


@pytest.fixture
def side(tmp_path: Path) -> Iterator[WeChatSide]:
    found = WeChatSide(tmp_path)
    yield found
    found.close()


def deliver(message: Message) -> int:
    answer = Client(raise_request_exception=False).post(
        f"/webhooks/wechat_pay/{SLUG}",
        message.body,
        content_type="application/json",
        headers={name: text for name, text in message.headers.items() if name.startswith("wech")},
    )
    return answer.status_code


@pytest.mark.usefixtures("shop")
def test_an_order_is_paid_by_wechat(side: WeChatSide) -> None:
    merchant = side.merchant()
    values = {**merchant.settings, **merchant.secrets}
    with override_settings(STAND_INS=True, NOTIFY_URL=side.notify_url):
        connect("wechat_pay", values=values, actor=SYSTEM, gateway=merchant.gateway)
        place("ord-1")
        by = PayBy("wechat_pay", Method.CODE, "", "203.0.113.9")
        cashier = open_cashier("ord-1", by, return_url="https://school.example/ord-1")
        assert cashier.code.startswith("weixin://")
        side.fault("sign_test", "TRANSACTION.SUCCESS")
        side.student_pays("ord-1")
        side.deliver()
        probe, notice = side.box.messages
        assert deliver(probe) == 401
        assert Notification.objects.count() == 0
        assert [deliver(notice), deliver(notice)] == [204, 204]
        (row,) = Notification.objects.all()
        assert bytes(row.body) == notice.body
        assert row.headers["wechatpay-serial"] == merchant.settings["public_key_id"]
        work(row.id)
    order = by_number("ord-1")
    assert (order.state, order.channel) == ("paid", "wechat_pay")
    assert commissions() == 1
