"""An order paid by WeChat Pay: from the institution's account to the booked commission."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client, override_settings
from wechatpayv3 import WeChatPayType  # type: ignore[import-untyped]

from kefen.adapters.payments.wechat_pay.numbers import write_trade
from kefen.commissions import actions as money
from kefen.core.errors import ChannelRejected, OutcomeUnknown
from kefen.core.reconciliation import Verdict
from kefen.faces.api.webhooks_in.work import work
from kefen.orders import queries
from kefen.orders.actions import PayBy, cancel, close_rest, open_cashier
from kefen.orders.models import CashierVisit, LeftCashier, StrayPayment
from kefen.orders.queries import by_number
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.inbox.models import Notification
from kefen.platform.merchants.actions import connect
from kefen.ports.payments import Cashier, Method
from kefen.reconciliation import actions as reconciliation
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
    """However it came about (WeChat was closed too late), it is seen and goes back; the first one
    stays the order's."""
    opened(Method.CODE)
    stray_trade(school)
    school.student_pays("ord-1", Method.CODE)
    assert work_on_all(school) == [("done", "")]
    first = CashierVisit.objects.get().channel_number
    school.student_pays("ord-1", Method.MOBILE)
    assert states(school) == ["SUCCESS", "SUCCESS"]
    assert work_on_all(school) == [("done", ""), ("done", "")]
    assert CashierVisit.objects.get().channel_number == first
    (job,) = queued("strays.return")
    money.return_stray(job["stray"])
    money.return_stray(job["stray"])
    assert states(school) == ["REFUND", "SUCCESS"]
    (kept,) = (one for one in school._orders("ord-1") if one["state"] == "SUCCESS")
    assert kept["transaction_id"] == first
    assert work_on_all(school) == [("done", "")] * 3
    row = StrayPayment.objects.get()
    assert (row.state, row.cause, row.amount) == ("returned", "paid_twice", PRICE)
    assert row.channel_number != first
    assert refunds_of(school) == [(row.number, PRICE)]
    assert books() == {
        account.replace("sandbox", "wechat_pay"): amount for account, amount in PAID_BOOKS.items()
    }
    verbs = Record.objects.filter(verb__startswith="stray.").order_by("at", "id")
    assert list(verbs.values_list("verb", flat=True)) == [
        *("stray.received", "stray.asked", "stray.returned"),
    ]


def refunds_of(side: WeChatSide) -> list[tuple[str, int]]:
    """What WeChat gave back: number and amount."""
    with side.emulator.books.transaction() as kept:
        found = kept.find("refund", merchant=side.merchant().settings["merchant_id"])
    return [(one["out_refund_no"], one["amount"]) for one in found]


def a_stray_payment(side: WeChatSide) -> StrayPayment:
    """Paid at WeChat after the order was cancelled here."""
    opened(Method.CODE)
    cancel("ord-1")
    side.student_pays("ord-1")
    assert work_on_all(side) == [("done", "")]
    found: StrayPayment = StrayPayment.objects.get()
    return found


def test_a_cancelled_orders_payment_and_its_return_are_matched_with_the_bill(
    school: WeChatSide,
) -> None:
    row = a_stray_payment(school)
    money.return_stray(row.number)
    assert work_on_all(school) == [("done", ""), ("done", "")]
    row.refresh_from_db()
    assert row.state == "returned"
    assert refunds_of(school) == [(row.number, PRICE)]
    assert books() == {}
    day = school.today()
    school.pass_time(timedelta(days=2))
    with clock.at(clock.now() + timedelta(days=2)):
        facts = reconciliation.reconcile("wechat_pay", day)
    assert (facts.open, facts.groups[Verdict.MATCHED].count) == (0, 2)
    assert (facts.totals["payment"], facts.totals["refund"]) == (PRICE, PRICE)


def test_a_return_that_wechat_cannot_deliver_waits_for_a_person(school: WeChatSide) -> None:
    row = a_stray_payment(school)
    school.fault("refund_abnormal", number=row.number)
    money.return_stray(row.number)
    assert work_on_all(school)[-1] == ("done", "")
    row.refresh_from_db()
    assert (row.state, row.stuck_at is None) == ("asked", False)
    assert queries.open_strays() == (1, PRICE)
    assert books() == {"channel:wechat_pay": -PRICE, "institution:strays": PRICE}


def test_a_return_that_wechat_closed_is_refused(school: WeChatSide) -> None:
    row = a_stray_payment(school)
    school.refuse(row.number)
    money.return_stray(row.number)
    assert work_on_all(school)[-1] == ("done", "")
    row.refresh_from_db()
    assert (row.state, row.reason) == ("failed", "the refund was closed")
    assert queries.open_strays() == (1, PRICE)
    money.settle_stray(row.number, note="银行转账退回", actor=SYSTEM)
    assert queries.open_strays() == (0, 0)
    assert books() == {"channel:wechat_pay": -PRICE, "institution:main": PRICE}


def test_an_answer_that_got_lost_is_asked_for_and_not_sent_again(school: WeChatSide) -> None:
    row = a_stray_payment(school)
    school.stay_silent(row.number)
    with pytest.raises(OutcomeUnknown):
        money.return_stray(row.number)
    school.speak_again(row.number)
    money.return_stray(row.number)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("returned", 2)
    assert refunds_of(school) == [(row.number, PRICE)]


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


def test_what_was_begun_at_a_shut_account_is_heard_and_given_back_there(
    school: WeChatSide,
) -> None:
    opened(Method.CODE)
    assert reconciliation.declare_shut("wechat_pay", reason="closed", actor=SYSTEM)
    other = school.merchants["another"]
    values = {**other.settings, **other.secrets}
    connect("wechat_pay", values=values, actor=SYSTEM, gateway=other.gateway)
    school.student_pays("ord-1", Method.CODE)
    assert work_on_all(school) == [("done", "")]
    order, left = by_number("ord-1"), LeftCashier.objects.get()
    assert (order.state, left.state, left.owns) == ("paid", "came", True)
    assert not money.ask_about_left(left.id)
    number = money.request_refund("ord-1", PRICE, "why", SYSTEM)
    money.send_refund(number)
    money.send_refund(number)
    assert refunds_of(school) == [(number, PRICE)]
    assert {ending for ending, _ in work_on_all(school)} == {"done"}
    assert books() == {}
