"""Another account at a channel while something is open there: elsewhere its numbers are unknown,
and what is unknown is sent again."""

from dataclasses import replace

import pytest

from kefen.commissions.actions.take_payment import ask_about_payment
from kefen.core.errors import ChannelRejected, MerchantInUse
from kefen.core.states import WithdrawalState
from kefen.orders.actions import PayBy, open_cashier
from kefen.orders.models import CashierVisit, Order, Refund, RefundState
from kefen.payouts import actions as payouts
from kefen.payouts import queries as withdrawals
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants import queries as merchants
from kefen.platform.merchants.actions import connect
from kefen.ports.merchants import Merchant
from kefen.ports.payments import Method
from tests.adapters.wechat_side import WeChatSide
from tests.orders.school import DAY, ask, come_by, mature, place, sell, unchanged
from tests.splits.test_wechat_pay import MINUTE, buy, days_later, side

__all__ = ["side"]


def enter(side: WeChatSide, slug: str = "zhixing", **changes: str) -> None:
    """The account of `slug` at the emulator, with something else in it."""
    merchant = side.merchants[slug]
    gateway = changes.pop("gateway", side.gateway)
    values = {**merchant.settings, **merchant.secrets, **changes}
    connect("wechat_pay", values=values, gateway=gateway, actor=SYSTEM, splits=True)


def refused(side: WeChatSide, **counts: int) -> None:
    """Every other account is; new keys of this one are not."""
    elsewhere = side.gateway.replace("127.0.0.1", "localhost")
    for slug, changes in (
        ("another", {}),
        ("zhixing", {"merchant_id": "1999999999"}),
        ("zhixing", {"app_id": "wx0123456789abcdef"}),
        ("zhixing", {"gateway": elsewhere}),
        ("zhixing", {"gateway": "https://api.mch.weixin.qq.com"}),
    ):
        with unchanged(), pytest.raises(MerchantInUse) as error:
            enter(side, slug, **changes)
        found = {name: count for name, count in error.value.params.items() if count}
        assert found == {"channel": "wechat_pay", **counts}
    enter(side, api_v3_key="abcdefghijklmnopqrstuvwxyz012345", certificate_serial="ABCDEF0123")
    enter(side)


def test_with_nothing_open_another_account_takes_its_place(side: WeChatSide) -> None:
    enter(side, "another")
    known = merchants.account("wechat_pay")
    assert known is not None
    assert known.settings["merchant_id"] == side.merchants["another"].settings["merchant_id"]


def test_a_divided_payment_holds_the_account(side: WeChatSide) -> None:
    buy(side, "A-1")
    start = clock.now()
    days_later(side, 2 * MINUTE, start)
    refused(side, splits=1)
    side.pass_time(8 * DAY)
    side.fault("fail_after", "splits")
    days_later(side, 8 * DAY, start)
    refused(side, splits=1, withdrawals=1)
    side.speak_again("")
    for minutes in range(1, 40):
        days_later(side, 8 * DAY + 10 * minutes * MINUTE, start)
    enter(side, "another")


def test_a_payout_without_a_result_holds_the_account(side: WeChatSide) -> None:
    come_by("yu")
    sell("A", 10_000)
    mature()
    ask("W", 2_000)
    payouts.approve("W")
    enter(side)
    payouts.mark_sent("W", channel="wechat_pay")
    row = withdrawals.by_number("W")
    assert (row.channel, row.state) == ("wechat_pay", WithdrawalState.SENT)
    refused(side, withdrawals=1)


def test_a_refund_and_a_cashier_hold_the_account(side: WeChatSide) -> None:
    start = clock.now()
    buy(side, "A-2")
    order = Order.objects.get(number="A-2")
    Refund.objects.create(
        number="R-1",
        order_id=order.id,
        amount=1,
        state=RefundState.REQUESTED,
        digest=b"",
        requested_at=clock.now(),
    )
    # Its payment is to be divided, too, though nobody looked after it yet.
    refused(side, refunds=1, splits=1)
    Refund.objects.update(state=RefundState.FAILED)
    place("A-3", 10_000, at=clock.now(), who="s-A-2")
    open_cashier("A-3", PayBy("wechat_pay", Method.CODE), return_url="https://kefen.example")
    refused(side, cashiers=1, splits=1)
    for minutes in range(1, 40):
        days_later(side, 8 * DAY + 10 * minutes * MINUTE, start)
    # However old it is: the channel has to say first that nobody paid.
    CashierVisit.objects.filter(closed_at=None).update(opened_at=clock.now() - 3 * DAY)
    refused(side, cashiers=1)
    ask_about_payment("A-3", "wechat_pay")
    enter(side, "another")


def strange_keys(side: WeChatSide) -> Merchant:
    """The account with keys that the channel does not know."""
    here, another = side.merchants["zhixing"], side.merchants["another"]
    return replace(here, secrets={**another.secrets})


def test_an_account_that_the_channel_refuses_holds_nothing(side: WeChatSide) -> None:
    """Else whoever entered it wrongly could never mend it: nothing that is asked there is
    answered."""
    side.merchants["zhixing"] = strange_keys(side)
    place("A-1", 10_000, at=clock.now(), who="s-A-1")
    with pytest.raises(ChannelRejected):
        open_cashier("A-1", PayBy("wechat_pay", Method.CODE), return_url="https://kefen.example")
    assert CashierVisit.objects.get().closed_at is not None
    enter(side, "another")


def test_one_refusal_ends_no_asking(side: WeChatSide) -> None:
    """What was open before may have been paid; what can be asked about is asked about."""
    place("A-1", 10_000, at=clock.now(), who="s-A-1")
    by = PayBy("wechat_pay", Method.CODE)
    open_cashier("A-1", by, return_url="https://kefen.example")
    side.merchants["zhixing"] = strange_keys(side)
    with pytest.raises(ChannelRejected):
        open_cashier("A-1", by, return_url="https://kefen.example")
    assert CashierVisit.objects.get().closed_at is None
