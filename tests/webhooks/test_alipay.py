"""An order paid by Alipay and refunded: from the school's account to the booked commission."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import Client, override_settings

from kefen.adapters.payments.alipay.client import ask
from kefen.adapters.payments.alipay.wire_format import yuan
from kefen.commissions import actions as commission_actions
from kefen.core.reconciliation import Verdict
from kefen.emulators.alipay import build, signing
from kefen.emulators.frame.server import running
from kefen.faces.api.webhooks_in.work import work
from kefen.orders.actions import PayBy, open_cashier
from kefen.orders.models import CashierVisit, LeftCashier, StrayPayment
from kefen.orders.queries import by_number, refund_by_number
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.inbox.models import Notification
from kefen.platform.merchants.actions import connect
from kefen.ports.payments import Method
from kefen.reconciliation import actions as reconciliation
from tests.adapters.alipay_side import AlipaySide
from tests.adapters.contract import Message
from tests.adapters.post_box import PostBox
from tests.webhooks.shop import PAID_BOOKS, PRICE, SLUG, books, commissions, place


@pytest.fixture
def side(tmp_path: Path) -> Iterator[AlipaySide]:
    made = cycle([signing.new_key() for _ in range(6)])
    emulator = build(tmp_path)
    with (
        patch.object(signing, "new_key", lambda: next(made)),
        PostBox(answer=b"success") as box,
        running(emulator, delivering=False) as address,
    ):
        found = AlipaySide(address, emulator, box)
        with found.clock, closing(found.http):
            yield found


def deliver(message: Message) -> tuple[int, bytes]:
    answer = Client(raise_request_exception=False).post(
        f"/webhooks/alipay/{SLUG}",
        message.body,
        content_type="application/x-www-form-urlencoded; charset=utf-8",
    )
    return answer.status_code, answer.content


@pytest.mark.usefixtures("shop")
def test_an_order_is_paid_and_refunded_by_alipay(side: AlipaySide) -> None:
    merchant = side.merchant()
    values = {**merchant.settings, **merchant.secrets}
    with override_settings(STAND_INS=True, NOTIFY_URL=side.notify_url):
        connect("alipay", values=values, actor=SYSTEM, gateway=merchant.gateway)
        place("ord-1")
        by = PayBy("alipay", Method.CODE, "", "203.0.113.9")
        cashier = open_cashier("ord-1", by, return_url="https://school.example/ord-1")
        assert cashier.code.startswith("https://qr.alipay.com/")
        assert cashier.stand_in.startswith(side.address)
        side.http.post("/emulator/phone", data={"code": cashier.code, "do": "pay"})
        notice = side.last_message()
        forged = Message(notice.headers, notice.body.replace(b"TRADE_SUCCESS", b"TRADE_FINISHED"))
        assert deliver(forged)[0] == 401
        assert deliver(notice) == (200, b"success")
        assert deliver(notice) == (200, b"success")
        (row,) = Notification.objects.all()
        work(row.id)
        order = by_number("ord-1")
        assert (order.state, order.channel) == ("paid", "alipay")
        assert commissions() == 1

        refund = commission_actions.request_refund("ord-1", 100, "she asked", SYSTEM)
        commission_actions.send_refund(refund)
        told = side.last_message()
        assert b"refund_fee" in told.body
        with patch.object(side.emulator, "_answer_channel", side.emulator.break_down):
            assert deliver(told)[0] == 503
        assert deliver(told) == (200, b"success")
        work(Notification.objects.exclude(id=row.id).get().id)
        booked = refund_by_number(refund)
        assert booked is not None
        assert (booked.state, booked.amount) == ("booked", 100)


@pytest.fixture
def school(shop: object, side: AlipaySide) -> Iterator[AlipaySide]:
    merchant = side.merchant()
    values = {**merchant.settings, **merchant.secrets}
    with override_settings(STAND_INS=True, NOTIFY_URL=side.notify_url):
        connect("alipay", values=values, actor=SYSTEM, gateway=merchant.gateway)
        place("ord-1")
        yield side


def pay(side: AlipaySide, code: str) -> None:
    side.http.post("/emulator/phone", data={"code": code, "do": "pay"})


def pay_a_second_time(side: AlipaySide) -> None:
    """By a trade of the order that nobody closed in time."""
    told = ask(
        side.merchant(),
        "alipay.trade.precreate",
        {"out_trade_no": "ord-1--r2", "total_amount": yuan(PRICE), "subject": "x"},
        notify_url=side.notify_url,
    )
    pay(side, told["qr_code"])


def work_on_all(side: AlipaySide) -> list[tuple[str, str]]:
    """Deliver every notice, twice, and work on it; answers how each ended."""
    side.deliver()
    for message in side.box.messages * 2:
        assert deliver(message)[0] == 200
    for row in Notification.objects.order_by("received_at"):
        work(row.id)
    return sorted(Notification.objects.values_list("state", "reason"))


def trades(side: AlipaySide) -> dict[str, str]:
    """The state of every trade, by Alipay's number of it."""
    with side.emulator.books.transaction() as kept:
        return {one["trade_no"]: one["refunded"] for one in kept.find("trade")}


def test_a_second_payment_goes_back_once_and_is_matched_with_the_bill(school: AlipaySide) -> None:
    cashier = open_cashier(
        "ord-1", PayBy("alipay", Method.CODE), return_url="https://school.example/"
    )
    pay(school, cashier.code)
    assert work_on_all(school) == [("done", "")]
    first = CashierVisit.objects.get().channel_number
    pay_a_second_time(school)
    assert work_on_all(school) == [("done", "")] * 2
    row = StrayPayment.objects.get()
    assert (row.state, row.cause, row.amount) == ("asked", "paid_twice", PRICE)
    assert books()["institution:strays"] == PRICE
    assert books()["channel:alipay"] == -2 * PRICE
    for _ in range(3):
        commission_actions.return_stray(row.number)
    assert {ending for ending, _ in work_on_all(school)} == {"done"}
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("returned", 2)
    assert trades(school) == {first: 0, row.channel_number: PRICE}
    assert CashierVisit.objects.get().channel_number == first
    assert books() == {
        account.replace("sandbox", "alipay"): amount for account, amount in PAID_BOOKS.items()
    }
    day = school.today()
    school.pass_time(timedelta(days=2))
    facts = reconciliation.reconcile("alipay", day)
    assert (facts.open, facts.groups[Verdict.MATCHED].count) == (0, 3)
    assert (facts.totals["payment"], facts.totals["refund"]) == (2 * PRICE, PRICE)


def test_what_was_begun_at_a_shut_account_is_heard_and_given_back_there(
    school: AlipaySide,
) -> None:
    cashier = open_cashier(
        "ord-1", PayBy("alipay", Method.CODE), return_url="https://school.example/"
    )
    assert reconciliation.declare_shut("alipay", reason="closed", actor=SYSTEM)
    other = school.merchants["another"]
    values = {**other.settings, **other.secrets}
    connect("alipay", values=values, actor=SYSTEM, gateway=other.gateway)
    pay(school, cashier.code)
    assert work_on_all(school) == [("done", "")]
    left = LeftCashier.objects.get()
    assert (by_number("ord-1").state, left.state, left.owns) == ("paid", "came", True)
    number = commission_actions.request_refund("ord-1", PRICE, "why", SYSTEM)
    commission_actions.send_refund(number)
    assert {ending for ending, _ in work_on_all(school)} == {"done"}
    commission_actions.send_refund(number)
    assert list(trades(school).values()) == [PRICE]
    assert books() == {}
