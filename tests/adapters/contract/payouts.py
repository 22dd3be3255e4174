"""Sending money out."""

from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest

from kefen.core.errors import ChannelRejected, ChannelUnavailable, NotFound, OutcomeUnknown
from kefen.ports.payments import ChannelEvent, EventKind
from kefen.ports.payouts import Authorise, AuthorisedPayouts, PayOut, PayoutChannel
from tests.adapters.contract.notifications import NotificationContract
from tests.adapters.contract.requests import HERE, PAY_OUT
from tests.adapters.contract.sides import Side

Payouts = Side[PayoutChannel]


class PayoutContract(NotificationContract):
    """`compares_content`: the same number with other content is refused. `notifies_payouts`: a
    payout's result is told (Stripe's transfers are done when they are answered).
    `refuses_at_once`: a payout that cannot be is refused when it is asked for, not by its result.
    Where payouts wait for their receiver, the side confirms them."""

    compares_content = True
    notifies_payouts = True
    refuses_at_once = False

    def test_a_payout_is_done_once_under_its_number(self, side: Payouts) -> None:
        with pytest.raises(NotFound):
            side.channel.query_payout(HERE, "wd-1")
        request = self._request(side)
        side.channel.pay_out(request)
        side.channel.pay_out(request)
        side.receiver_confirms("wd-1")
        side.channel.pay_out(request)
        event = self._event(side)
        assert event.kind is EventKind.PAYOUT_SUCCEEDED
        assert (event.subject, event.order, event.amount) == ("wd-1", "", 5_000)
        assert event.currency == side.currency
        if self.notifies_payouts:
            self.check_message(side, side.last_message(), event)
        if not self.compares_content:
            return
        told = side.messages()
        for other in (
            replace(request, amount=5_001),
            replace(request, receiver=f"{request.receiver}x"),
            replace(request, currency="CHF"),
        ):
            with pytest.raises(ChannelRejected):
                side.channel.pay_out(other)
        assert side.messages() == told

    def test_a_refused_payout_says_why(self, side: Payouts) -> None:
        side.refuse("wd-1")
        if self.refuses_at_once:
            with pytest.raises(ChannelRejected) as refusal:
                side.channel.pay_out(self._request(side))
            assert refusal.value.params["reason"]
            return
        side.channel.pay_out(self._request(side))
        side.receiver_confirms("wd-1")
        event = self._event(side)
        assert event.kind is EventKind.PAYOUT_FAILED
        assert event.reason

    def test_an_unknown_payout_can_be_asked_for(self, side: Payouts) -> None:
        side.stay_silent("wd-1")
        with pytest.raises(OutcomeUnknown):
            side.channel.pay_out(self._request(side))
        side.receiver_confirms("wd-1")
        assert self._event(side).kind is EventKind.PAYOUT_SUCCEEDED
        told = side.messages()
        side.speak_again("wd-1")
        side.channel.pay_out(self._request(side))
        assert side.messages() == told
        with pytest.raises(NotFound):
            side.channel.query_payout("another", "wd-1")

    def test_while_the_channel_is_down_nothing_is_sent(self, side: Payouts) -> None:
        with side.down():
            for _ in range(3):
                with pytest.raises(ChannelUnavailable):
                    side.channel.pay_out(self._request(side))
        with pytest.raises(NotFound):
            side.channel.query_payout(HERE, "wd-1")
        assert side.messages() == 0
        side.channel.pay_out(self._request(side))
        side.receiver_confirms("wd-1")
        assert self._event(side).kind is EventKind.PAYOUT_SUCCEEDED

    def _request(self, side: Payouts, **changes: object) -> PayOut:
        request = replace(
            PAY_OUT,
            receiver=side.person.account,
            name=side.person.name,
            currency=side.currency,
            notify_url=side.notify_url,
        )
        return replace(request, **changes)  # type: ignore[arg-type]

    def _event(self, side: Payouts) -> ChannelEvent:
        event = side.channel.query_payout(HERE, "wd-1")
        assert event is not None
        return event


class ConfirmedContract(PayoutContract):
    """Payouts that wait for their receiver, who has a day."""

    def test_a_payout_waits_for_its_receiver(self, side: Payouts) -> None:
        side.channel.pay_out(self._request(side))
        event = self._event(side)
        assert event.kind is EventKind.PAYOUT_WAITING
        assert event.until is not None
        assert timedelta(hours=23) < event.until - event.at <= timedelta(hours=25)
        side.receiver_confirms("wd-1")
        done = self._event(side)
        assert (done.kind, done.until, done.url) == (EventKind.PAYOUT_SUCCEEDED, None, "")

    def test_a_payout_that_waits_can_be_taken_back(self, side: Payouts) -> None:
        side.channel.pay_out(self._request(side))
        side.channel.cancel_payout(HERE, "wd-1")
        side.channel.cancel_payout(HERE, "wd-1")
        event = self._event(side)
        assert event.kind is EventKind.PAYOUT_CANCELLED
        self.check_message(side, side.last_message(), event)

    def test_a_payout_that_is_done_cannot_be_taken_back(self, side: Payouts) -> None:
        side.channel.pay_out(self._request(side))
        side.receiver_confirms("wd-1")
        with pytest.raises(ChannelRejected):
            side.channel.cancel_payout(HERE, "wd-1")
        assert self._event(side).kind is EventKind.PAYOUT_SUCCEEDED

    def test_what_nobody_confirms_expires(self, side: Payouts) -> None:
        side.channel.pay_out(self._request(side))
        side.pass_time(timedelta(hours=25))
        event = self._event(side)
        assert event.kind is EventKind.PAYOUT_EXPIRED
        self.check_message(side, side.last_message(), event)


class _Both(PayoutChannel, AuthorisedPayouts, Protocol):
    """A payout channel whose receivers can agree once."""


class AuthorisedContract:
    """Receivers who agreed once do not confirm."""

    def test_a_receiver_agrees_once(self, side: Side[_Both]) -> None:
        with pytest.raises(NotFound):
            side.channel.query_authorisation(HERE, "auth-1")
        request = Authorise(
            institution=HERE,
            number="auth-1",
            receiver=side.person.account,
            name=side.person.name,
            notify_url=side.notify_url,
        )
        asked = side.channel.authorise(request)
        assert not asked.active
        assert side.channel.authorise(request).active is False
        assert side.channel.query_authorisation(HERE, "auth-1").active is False
        side.receiver_agrees("auth-1")
        agreed = side.channel.query_authorisation(HERE, "auth-1")
        assert agreed.active
        assert agreed.number
        assert side.channel.authorise(request).active
        side.channel.pay_out(
            replace(
                PAY_OUT,
                receiver=side.person.account,
                name=side.person.name,
                currency=side.currency,
                notify_url=side.notify_url,
                authorisation=agreed.number,
            )
        )
        event = side.channel.query_payout(HERE, "wd-1")
        assert event is not None
        assert event.kind is EventKind.PAYOUT_SUCCEEDED
