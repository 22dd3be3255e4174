"""An order paid by Alipay and refunded: from the school's account to the booked commission."""

from collections.abc import Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import Client, override_settings

from kefen.commissions import actions as commission_actions
from kefen.emulators.alipay import build, signing
from kefen.emulators.frame.server import running
from kefen.faces.api.webhooks_in.work import work
from kefen.orders.actions import PayBy, open_cashier
from kefen.orders.queries import by_number, refund_by_number
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.inbox.models import Notification
from kefen.platform.merchants.actions import connect
from kefen.ports.payments import Method
from tests.adapters.alipay_side import AlipaySide
from tests.adapters.contract import Message
from tests.adapters.post_box import PostBox
from tests.webhooks.shop import SLUG, commissions, place


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
