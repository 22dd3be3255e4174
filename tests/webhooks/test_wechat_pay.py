"""An order paid by WeChat Pay: from the institution's account to the booked commission."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings
from wechatpayv3 import WeChatPayType  # type: ignore[import-untyped]

from kefen.adapters.payments.wechat_pay.numbers import write_trade
from kefen.core.errors import ChannelRejected
from kefen.faces.api.webhooks_in.work import work
from kefen.orders.actions import PayBy, close_rest, open_cashier
from kefen.orders.models import CashierVisit
from kefen.orders.queries import by_number
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.inbox.models import Notification
from kefen.platform.merchants.actions import connect
from kefen.ports.payments import Cashier, Method
from tests.adapters.contract import Message
from tests.adapters.wechat_side import WeChatSide
from tests.webhooks.shop import PAID_BOOKS, PRICE, SLUG, books, commissions, place, queued


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


def opened(method: Method) -> Cashier:
    by = PayBy("wechat_pay", method, "", "203.0.113.9")
    return open_cashier("ord-1", by, return_url="https://school.example/ord-1")


@pytest.fixture
def school(shop: object, side: WeChatSide) -> Iterator[WeChatSide]:
    merchant = side.merchant()
    values = {**merchant.settings, **merchant.secrets}
    with override_settings(STAND_INS=True, NOTIFY_URL=side.notify_url):
        connect("wechat_pay", values=values, actor=SYSTEM, gateway=merchant.gateway)
        place("ord-1")
        yield side


def states(side: WeChatSide) -> list[str]:
    return sorted(order["state"] for order in side._orders("ord-1"))


def work_on_all(side: WeChatSide) -> list[tuple[str, str]]:
    """Deliver and work on every notice; answers how each ended."""
    side.deliver()
    for message in side.box.messages:
        deliver(message)
    for row in Notification.objects.order_by("received_at"):
        work(row.id)
    return sorted(Notification.objects.values_list("state", "reason"))


def test_who_goes_to_another_way_of_paying_cannot_pay_in_both(school: WeChatSide) -> None:
    for method in (Method.CODE, Method.MOBILE):
        opened(method)
    for method in (Method.CODE, Method.MOBILE):
        school.student_pays("ord-1", method)
    assert states(school) == ["CLOSED", "SUCCESS"]
    assert work_on_all(school) == [("done", "")]


def test_what_was_paid_in_one_way_is_not_opened_in_another(school: WeChatSide) -> None:
    """Also while nobody here has heard of the payment."""
    opened(Method.CODE)
    school.student_pays("ord-1", Method.CODE)
    with pytest.raises(ChannelRejected, match="paid"):
        opened(Method.MOBILE)
    assert states(school) == ["SUCCESS"]


def test_once_it_is_paid_nothing_of_the_order_stays_payable(school: WeChatSide) -> None:
    opened(Method.CODE)
    stray_trade(school)
    school.student_pays("ord-1", Method.CODE)
    assert work_on_all(school) == [("done", "")]
    assert queued("payments.close_rest") == [
        {"institution": queued("payments.close_rest")[0]["institution"], "order": "ord-1"}
    ]
    close_rest("ord-1")
    assert states(school) == ["CLOSED", "SUCCESS"]
    school.student_pays("ord-1", Method.MOBILE)
    assert states(school) == ["CLOSED", "SUCCESS"]


def test_a_second_payment_is_no_repeat_of_the_first(school: WeChatSide) -> None:
    """However it came about (WeChat was closed too late), it is seen, and the first one stays
    the one that is given back."""
    opened(Method.CODE)
    stray_trade(school)
    school.student_pays("ord-1", Method.CODE)
    assert work_on_all(school) == [("done", "")]
    first = CashierVisit.objects.get().channel_number
    school.student_pays("ord-1", Method.MOBILE)
    assert states(school) == ["SUCCESS", "SUCCESS"]
    assert work_on_all(school) == [("done", ""), ("parked", "paid_twice")]
    assert CashierVisit.objects.get().channel_number == first
    assert books() == {
        account.replace("sandbox", "wechat_pay"): amount for account, amount in PAID_BOOKS.items()
    }


def stray_trade(side: WeChatSide) -> None:
    """A trade of the order by another way that nobody closed before."""
    connection = side.channel.connection("zhixing")
    connection.ask(
        lambda: connection.client.pay(
            description="x",
            out_trade_no=write_trade("ord-1", Method.MOBILE),
            amount={"total": PRICE, "currency": "CNY"},
            scene_info={"payer_client_ip": "203.0.113.9", "h5_info": {"type": "Wap"}},
            notify_url=side.notify_url,
            pay_type=WeChatPayType.H5,
        )
    )
