"""Collecting and giving back."""

from dataclasses import replace

import pytest

from kefen.core.errors import ChannelRejected, ChannelUnavailable, NotFound, OutcomeUnknown
from kefen.ports.payments import (
    Cashier,
    ChannelEvent,
    Collect,
    EventKind,
    GiveBack,
    Method,
    PaymentChannel,
)
from tests.adapters.contract.notifications import NotificationContract, meaning
from tests.adapters.contract.requests import AMOUNT, COLLECT, GIVE_BACK, HERE
from tests.adapters.contract.sides import Side

Payments = Side[PaymentChannel]


class PaymentContract(NotificationContract):
    """`knows_cashiers`: the channel keeps what was opened, so that the same order opens the same
    cashier and another amount is refused at once (Alipay's pages are signed addresses, of which it
    hears when the student comes)."""

    knows_cashiers = True

    def test_each_way_of_paying_has_its_cashier(self, side: Payments) -> None:
        for number, method in enumerate(side.channel.methods):
            cashier = self._open(side, order=f"ord-{number}", method=method)
            if method is Method.CODE:
                assert cashier.code
            elif method is Method.IN_APP:
                assert cashier.bridge or cashier.url.startswith("http")
            else:
                assert cashier.url.startswith("http")
            side.student_pays(f"ord-{number}", method)
            assert self._event(side, f"ord-{number}").amount == AMOUNT

    def test_an_order_opened_in_several_ways_is_paid_once(self, side: Payments) -> None:
        """The last way is open for sure; whoever tries the others as well pays once."""
        for number, last in enumerate(side.channel.methods):
            order, told = f"ord-{number}", side.messages()
            ways = [*(method for method in side.channel.methods if method is not last), last]
            for method in ways:
                self._open(side, order=order, method=method)
            for method in ways:
                side.student_pays(order, method)
            assert side.messages() == told + 1
            assert self._event(side, order).subject == order
            refund = self._refund(side, order=order, refund=f"rfd-{number}")
            side.channel.give_back(refund)
            event = side.channel.query_refund(HERE, refund.refund, order=order)
            assert event is not None
            assert (event.kind, event.order) == (EventKind.REFUND_SUCCEEDED, order)

    def test_the_same_order_opens_the_same_cashier(self, side: Payments) -> None:
        first = self._open(side)
        again = self._open(side)
        other = self._open(side, order="ord-2")
        if not self.knows_cashiers:
            return
        assert place(again) == place(first)
        assert place(other) != place(first)
        with pytest.raises(ChannelRejected):
            self._open(side, amount=AMOUNT + 1)

    def test_a_payment_is_told_and_can_be_asked_for(self, side: Payments) -> None:
        assert side.channel.query_payment(HERE, "ord-1") is None
        self._open(side)
        assert side.channel.query_payment(HERE, "ord-1") is None
        side.student_pays("ord-1")
        event = self._event(side, "ord-1")
        assert event.kind is EventKind.PAYMENT_SUCCEEDED
        assert (event.subject, event.order, event.amount, event.currency) == (
            "ord-1",
            "ord-1",
            AMOUNT,
            side.currency,
        )
        assert event.channel_number
        self.check_message(side, side.last_message(), event)

    def test_another_amount_is_told_as_it_is(self, side: Payments) -> None:
        side.tell_wrong_amount("ord-1")
        self._paid(side)
        message = side.last_message()
        told = side.channel.read_notification(HERE, message.headers, message.body)
        assert (told.kind, told.amount) == (EventKind.PAYMENT_SUCCEEDED, AMOUNT + 1)

    def test_paying_twice_is_one_payment(self, side: Payments) -> None:
        self._paid(side)
        told, event = side.messages(), self._event(side, "ord-1")
        side.student_pays("ord-1")
        assert side.messages() == told
        assert self._event(side, "ord-1") == event

    def test_what_is_closed_cannot_be_paid(self, side: Payments) -> None:
        side.channel.close(HERE, "ord-1")
        for method in side.channel.methods:
            self._open(side, method=method)
        side.channel.close(HERE, "ord-1")
        side.channel.close(HERE, "ord-1")
        for method in side.channel.methods:
            side.student_pays("ord-1", method)
        assert side.channel.query_payment(HERE, "ord-1") is None
        assert side.messages() == 0

    def test_a_student_may_come_back_to_what_was_closed(self, side: Payments) -> None:
        for _ in range(3):
            self._open(side)
            side.channel.close(HERE, "ord-1")
        self._paid(side)
        assert self._event(side, "ord-1").amount == AMOUNT

    def test_what_is_paid_cannot_be_closed(self, side: Payments) -> None:
        self._paid(side)
        with pytest.raises(ChannelRejected):
            side.channel.close(HERE, "ord-1")
        assert self._event(side, "ord-1").amount == AMOUNT

    def test_a_refund_is_done_once_under_its_number(self, side: Payments) -> None:
        self._paid(side)
        request = self._refund(side)
        side.channel.give_back(request)
        told = side.messages()
        side.channel.give_back(request)
        assert side.messages() == told
        event = self._refund_event(side, "rfd-1")
        assert event.kind is EventKind.REFUND_SUCCEEDED
        assert (event.subject, event.order, event.amount) == ("rfd-1", "ord-1", 10_000)
        self.check_message(side, side.last_message(), event)
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(request, amount=10_001))

    def test_what_cannot_be_refunded_is_rejected(self, side: Payments) -> None:
        request = self._refund(side)
        with pytest.raises(ChannelRejected):
            side.channel.give_back(request)
        self._open(side)
        with pytest.raises(ChannelRejected):
            side.channel.give_back(request)
        side.student_pays("ord-1")
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(request, amount=AMOUNT + 1))
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(request, currency="CHF"))
        side.channel.give_back(replace(request, amount=AMOUNT - 1))
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(request, refund="rfd-2", amount=2))
        side.channel.give_back(replace(request, refund="rfd-3", amount=1))

    def test_the_payment_that_is_named_is_refunded_and_no_other(self, side: Payments) -> None:
        self._paid(side)
        request = self._refund(side)
        other = request.channel_number[:-1] + ("1" if request.channel_number[-1] != "1" else "2")
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(request, channel_number=other))
        with pytest.raises(NotFound):
            side.channel.query_refund(
                HERE, "rfd-1", order="ord-1", channel_number=request.channel_number
            )
        side.channel.give_back(request)
        assert self._refund_event(side, "rfd-1").kind is EventKind.REFUND_SUCCEEDED

    def test_a_refund_that_never_arrived_is_not_found(self, side: Payments) -> None:
        self._paid(side)
        with pytest.raises(NotFound):
            side.channel.query_refund(HERE, "rfd-1", order="ord-1")

    def test_a_refused_refund_says_why_and_frees_its_amount(self, side: Payments) -> None:
        self._paid(side)
        side.refuse("rfd-1")
        side.channel.give_back(self._refund(side, amount=AMOUNT))
        event = self._refund_event(side, "rfd-1")
        assert event.kind is EventKind.REFUND_FAILED
        assert event.reason
        side.channel.give_back(self._refund(side, refund="rfd-2", amount=AMOUNT))

    def test_an_unknown_outcome_can_be_asked_for(self, side: Payments) -> None:
        self._paid(side)
        side.stay_silent("rfd-1")
        request = self._refund(side)
        with pytest.raises(OutcomeUnknown):
            side.channel.give_back(request)
        event = self._refund_event(side, "rfd-1")
        assert event.kind is EventKind.REFUND_SUCCEEDED
        told = side.messages()
        side.speak_again("rfd-1")
        side.channel.give_back(request)
        assert side.messages() == told
        assert self._refund_event(side, "rfd-1") == event

    def test_while_the_channel_is_down_nothing_is_done(self, side: Payments) -> None:
        self._paid(side)
        told = side.messages()
        with side.down():
            with pytest.raises(ChannelUnavailable):
                self._open(side, order="ord-2")
            for _ in range(3):
                with pytest.raises(ChannelUnavailable):
                    side.channel.give_back(self._refund(side))
            with pytest.raises(ChannelUnavailable):
                side.channel.close(HERE, "ord-2")
        assert side.messages() == told
        with pytest.raises(NotFound):
            side.channel.query_refund(HERE, "rfd-1", order="ord-1")
        side.channel.give_back(self._refund(side))
        assert self._refund_event(side, "rfd-1").kind is EventKind.REFUND_SUCCEEDED

    def test_late_and_reordered_messages_say_the_same(self, side: Payments) -> None:
        self._paid(side)
        paid = side.last_message()
        side.channel.give_back(self._refund(side))
        refunded = side.last_message()
        for message, wanted in (
            (refunded, self._refund_event(side, "rfd-1")),
            (paid, self._event(side, "ord-1")),
        ):
            told = side.channel.read_notification(HERE, message.headers, message.body)
            assert meaning(told) == meaning(wanted)
            assert side.channel.translate(HERE, message.body) == told

    def test_institutions_do_not_see_each_other(self, side: Payments) -> None:
        self._paid(side)
        assert side.channel.query_payment("another", "ord-1") is None
        with pytest.raises(ChannelRejected):
            side.channel.give_back(replace(self._refund(side), institution="another"))

    def _open(
        self,
        side: Payments,
        *,
        order: str = "ord-1",
        amount: int = AMOUNT,
        method: Method | None = None,
    ) -> Cashier:
        method = method or side.channel.methods[0]
        return side.channel.collect(self._collect(side, order, amount, method))

    def _collect(self, side: Payments, order: str, amount: int, method: Method) -> Collect:
        return replace(
            COLLECT,
            order=order,
            amount=amount,
            method=method,
            payer=side.payer() if method is Method.IN_APP else "",
            currency=side.currency,
            notify_url=side.notify_url,
        )

    def _refund(
        self, side: Payments, *, order: str = "ord-1", refund: str = "rfd-1", amount: int = 10_000
    ) -> GiveBack:
        """As the orders room asks: with the channel's number, where the payment has one."""
        paid = side.channel.query_payment(HERE, order)
        return replace(
            GIVE_BACK,
            order=order,
            refund=refund,
            amount=amount,
            currency=side.currency,
            notify_url=side.notify_url,
            channel_number="" if paid is None else paid.channel_number,
        )

    def _paid(self, side: Payments) -> None:
        self._open(side)
        side.student_pays("ord-1")

    def _event(self, side: Payments, order: str) -> ChannelEvent:
        event = side.channel.query_payment(HERE, order)
        assert event is not None
        return event

    def _refund_event(self, side: Payments, refund: str) -> ChannelEvent:
        event = side.channel.query_refund(HERE, refund, order="ord-1")
        assert event is not None
        return event


def place(cashier: Cashier) -> str:
    """Where a cashier is; an app's call is signed anew each time and has its number in it."""
    return cashier.url or cashier.code or cashier.bridge.get("package", "")
