"""What every adapter of a payment or payout port must keep to.

An adapter's test module makes a class of each contract that applies and gives it a `side`: the
adapter with the other side of its channel (a sandbox, or recorded answers).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import pytest

from kefen.core.errors import BadSignature, ChannelRejected, InvalidInput, NotFound, OutcomeUnknown
from kefen.ports.payments import (
    ChannelEvent,
    Collect,
    EventKind,
    GiveBack,
    PaymentChannel,
)
from kefen.ports.payouts import PayOut, PayoutChannel

HERE = "zhixing"
AMOUNT = 29_900
COLLECT = Collect(
    institution=HERE,
    order="ord-1",
    amount=AMOUNT,
    currency="CNY",
    subject="考研数学",
    return_url="https://school.example/orders/ord-1",
    notify_url="https://school.example/webhooks/channel/zhixing",
)
GIVE_BACK = GiveBack(
    institution=HERE,
    order="ord-1",
    refund="rfd-1",
    amount=10_000,
    currency="CNY",
    reason="she asked",
    notify_url=COLLECT.notify_url,
)
PAY_OUT = PayOut(
    institution=HERE,
    withdrawal="wd-1",
    receiver="yu",
    amount=5_000,
    currency="CNY",
    notify_url=COLLECT.notify_url,
)


Channel_co = TypeVar("Channel_co", covariant=True)


@dataclass(frozen=True)
class Message:
    """A notification as it leaves the channel."""

    headers: Mapping[str, str]
    body: bytes


class Side(Protocol[Channel_co]):
    """The adapter under test and the other side of it."""

    @property
    def channel(self) -> Channel_co:
        """The adapter."""

    def student_pays(self, order: str) -> None:
        """The student pays at the cashier."""

    def last_message(self) -> Message:
        """The newest notification that the channel wrote."""

    def messages(self) -> int:
        """How many notifications the channel wrote."""

    def refuse(self, number: str) -> None:
        """Let the channel refuse the refund or payout of this number after it took it."""

    def stay_silent(self, number: str) -> None:
        """Let the channel do what is asked under this number, and not answer."""


class _NotificationContract:
    """Notifications of either port."""

    def check_message(
        self, channel: PaymentChannel | PayoutChannel, message: Message, wanted: ChannelEvent
    ) -> None:
        """A genuine message says what a query says; nothing else is believed."""
        event = channel.read_notification(HERE, message.headers, message.body)
        assert event == wanted
        assert channel.translate(HERE, message.body) == event
        assert event.at.tzinfo is not None
        with pytest.raises(BadSignature):
            channel.read_notification(HERE, message.headers, message.body + b" ")
        with pytest.raises(BadSignature):
            channel.read_notification(HERE, {}, message.body)
        with pytest.raises(BadSignature):
            channel.read_notification("another", message.headers, message.body)
        with pytest.raises(InvalidInput):
            channel.translate(HERE, b"{}")


class PaymentContract(_NotificationContract):
    """Collecting and giving back."""

    def test_the_same_order_opens_the_same_cashier(self, side: Side[PaymentChannel]) -> None:
        first = side.channel.collect(COLLECT)
        assert first.url.startswith("http")
        assert side.channel.collect(COLLECT) == first
        with pytest.raises(ChannelRejected):
            side.channel.collect(replace(COLLECT, amount=AMOUNT + 1))
        assert side.channel.collect(replace(COLLECT, order="ord-2")) != first

    def test_a_payment_is_told_and_can_be_asked_for(self, side: Side[PaymentChannel]) -> None:
        assert side.channel.query_payment(HERE, "ord-1") is None
        side.channel.collect(COLLECT)
        assert side.channel.query_payment(HERE, "ord-1") is None
        side.student_pays("ord-1")
        event = side.channel.query_payment(HERE, "ord-1")
        assert event is not None
        assert event.kind is EventKind.PAYMENT_SUCCEEDED
        assert (event.subject, event.order, event.amount, event.currency) == (
            "ord-1",
            "ord-1",
            AMOUNT,
            "CNY",
        )
        self.check_message(side.channel, side.last_message(), event)

    def test_paying_twice_is_one_payment(self, side: Side[PaymentChannel]) -> None:
        self._paid(side)
        side.student_pays("ord-1")
        assert side.messages() == 1

    def test_a_refund_is_done_once_under_its_number(self, side: Side[PaymentChannel]) -> None:
        self._paid(side)
        side.channel.give_back(GIVE_BACK)
        side.channel.give_back(GIVE_BACK)
        assert side.messages() == 2
        event = side.channel.query_refund(HERE, "rfd-1")
        assert event is not None
        assert event.kind is EventKind.REFUND_SUCCEEDED
        assert (event.subject, event.order, event.amount) == ("rfd-1", "ord-1", 10_000)
        self.check_message(side.channel, side.last_message(), event)
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(GIVE_BACK, amount=10_001))

    def test_what_cannot_be_refunded_is_rejected(self, side: Side[PaymentChannel]) -> None:
        with pytest.raises(ChannelRejected):
            side.channel.give_back(GIVE_BACK)
        side.channel.collect(COLLECT)
        with pytest.raises(ChannelRejected):
            side.channel.give_back(GIVE_BACK)
        side.student_pays("ord-1")
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(GIVE_BACK, amount=AMOUNT + 1))
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(GIVE_BACK, currency="USD"))
        side.channel.give_back(replace(GIVE_BACK, amount=AMOUNT - 1))
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(GIVE_BACK, refund="rfd-2", amount=2))
        side.channel.give_back(replace(GIVE_BACK, refund="rfd-3", amount=1))

    def test_a_refund_that_never_arrived_is_not_found(self, side: Side[PaymentChannel]) -> None:
        self._paid(side)
        with pytest.raises(NotFound):
            side.channel.query_refund(HERE, "rfd-1")

    def test_a_refused_refund_says_why_and_frees_its_amount(
        self, side: Side[PaymentChannel]
    ) -> None:
        self._paid(side)
        side.refuse("rfd-1")
        side.channel.give_back(replace(GIVE_BACK, amount=AMOUNT))
        event = side.channel.query_refund(HERE, "rfd-1")
        assert event is not None
        assert event.kind is EventKind.REFUND_FAILED
        assert event.reason
        side.channel.give_back(replace(GIVE_BACK, refund="rfd-2", amount=AMOUNT))

    def test_an_unknown_outcome_can_be_asked_for(self, side: Side[PaymentChannel]) -> None:
        self._paid(side)
        side.stay_silent("rfd-1")
        with pytest.raises(OutcomeUnknown):
            side.channel.give_back(GIVE_BACK)
        event = side.channel.query_refund(HERE, "rfd-1")
        assert event is not None
        assert event.kind is EventKind.REFUND_SUCCEEDED
        assert side.messages() == 2

    def test_institutions_do_not_see_each_other(self, side: Side[PaymentChannel]) -> None:
        self._paid(side)
        assert side.channel.query_payment("another", "ord-1") is None
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(GIVE_BACK, institution="another"))

    def _paid(self, side: Side[PaymentChannel]) -> None:
        side.channel.collect(COLLECT)
        side.student_pays("ord-1")


class PayoutContract(_NotificationContract):
    """Sending money out."""

    def test_a_payout_is_done_once_under_its_number(self, side: Side[PayoutChannel]) -> None:
        with pytest.raises(NotFound):
            side.channel.query_payout(HERE, "wd-1")
        side.channel.pay_out(PAY_OUT)
        side.channel.pay_out(PAY_OUT)
        assert side.messages() == 1
        event = side.channel.query_payout(HERE, "wd-1")
        assert event is not None
        assert event.kind is EventKind.PAYOUT_SUCCEEDED
        assert (event.subject, event.order, event.amount) == ("wd-1", "", 5_000)
        self.check_message(side.channel, side.last_message(), event)
        for other in (
            replace(PAY_OUT, amount=5_001),
            replace(PAY_OUT, receiver="chen"),
            replace(PAY_OUT, currency="USD"),
        ):
            with pytest.raises(ChannelRejected):
                side.channel.pay_out(other)
        assert side.messages() == 1

    def test_a_refused_payout_says_why(self, side: Side[PayoutChannel]) -> None:
        side.refuse("wd-1")
        side.channel.pay_out(PAY_OUT)
        event = side.channel.query_payout(HERE, "wd-1")
        assert event is not None
        assert event.kind is EventKind.PAYOUT_FAILED
        assert event.reason

    def test_an_unknown_payout_can_be_asked_for(self, side: Side[PayoutChannel]) -> None:
        side.stay_silent("wd-1")
        with pytest.raises(OutcomeUnknown):
            side.channel.pay_out(PAY_OUT)
        event = side.channel.query_payout(HERE, "wd-1")
        assert event is not None
        assert event.kind is EventKind.PAYOUT_SUCCEEDED
        with pytest.raises(NotFound):
            side.channel.query_payout("another", "wd-1")
