"""Dividing a payment at the channel."""

from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest

from kefen.core.errors import ChannelRejected, ChannelUnavailable, NotFound, OutcomeUnknown
from kefen.ports.payments import Collect, Method, PaymentChannel
from kefen.ports.splits import Receiver, Share, ShareResult, ShareState, Split, SplitChannel
from tests.adapters.contract.requests import AMOUNT, COLLECT, HERE
from tests.adapters.contract.sides import Side


class _Both(PaymentChannel, SplitChannel, Protocol):
    """A channel that collects and divides."""


Splits = Side[_Both]


class SplitContract:
    """`freezes` money until it is released; `checks_receivers`: who was not added gets nothing."""

    checks_receivers = True

    def test_facts_are_usable(self, side: Splits) -> None:
        facts = side.channel.split_facts(HERE)
        assert 0 < facts.maximum_bps <= 10_000
        assert timedelta() <= facts.earliest < facts.latest
        assert facts.receivers_per_request >= 1
        assert facts.requests_per_payment >= 1
        assert facts.minimum >= 1

    def test_a_share_reaches_its_receiver_once(self, side: Splits) -> None:
        request = self._ready(side)
        with pytest.raises(NotFound):
            self._result(side, request)
        side.channel.split(request)
        side.channel.split(request)
        assert request.shares[0].receiver.name == side.person.name, "the request is not changed"
        result = self._result(side, request)
        assert result.state is ShareState.SUCCEEDED
        assert (result.account, result.amount) == (side.person.account, 1_000)
        assert result.number in {"", "shr-1"}

    def test_the_same_number_with_another_amount_is_refused(self, side: Splits) -> None:
        request = self._ready(side)
        side.channel.split(request)
        with pytest.raises(ChannelRejected):
            side.channel.split(replace(request, shares=(replace(request.shares[0], amount=999),)))

    def test_more_than_the_channel_allows_is_rejected(self, side: Splits) -> None:
        request = self._ready(side)
        most = AMOUNT * side.channel.split_facts(HERE).maximum_bps // 10_000
        too_much = replace(request, shares=(replace(request.shares[0], amount=most + 1),))
        with pytest.raises(ChannelRejected):
            side.channel.split(too_much)
        with pytest.raises(NotFound):
            self._result(side, request)

    def test_who_was_not_added_gets_nothing(self, side: Splits) -> None:
        if not self.checks_receivers:
            return
        request = self._ready(side, add=False)
        try:
            side.channel.split(request)
        except ChannelRejected:
            return
        result = self._result(side, request)
        assert result.state is ShareState.FAILED
        assert result.reason

    def test_an_unknown_split_can_be_asked_for(self, side: Splits) -> None:
        request = self._ready(side)
        side.stay_silent(request.number)
        with pytest.raises(OutcomeUnknown):
            side.channel.split(request)
        assert self._result(side, request).state is ShareState.SUCCEEDED
        side.speak_again(request.number)
        side.channel.split(request)
        assert self._result(side, request).amount == 1_000

    def test_while_the_channel_is_down_nothing_is_shared(self, side: Splits) -> None:
        request = self._ready(side)
        with side.down(), pytest.raises(ChannelUnavailable):
            side.channel.split(request)
        with pytest.raises(NotFound):
            self._result(side, request)

    def test_the_rest_is_released_once(self, side: Splits) -> None:
        request = self._ready(side)
        side.channel.split(request)
        payment = {"order": request.order, "channel_number": request.channel_number}
        freezes = side.channel.split_facts(HERE).freezes
        if freezes:
            with pytest.raises(NotFound):
                side.channel.query_finish(HERE, "fin-1", **payment)
        side.channel.finish(HERE, "fin-1", **payment, amount=AMOUNT - 1_000)
        side.channel.finish(HERE, "fin-1", **payment, amount=AMOUNT - 1_000)
        assert side.channel.query_finish(HERE, "fin-1", **payment) is True
        if freezes:
            share = replace(request.shares[0], number="shr-2", amount=100)
            with pytest.raises(ChannelRejected):
                side.channel.split(replace(request, number="spl-2", shares=(share,)))

    def _ready(self, side: Splits, *, add: bool = True) -> Split:
        """A payment that may be shared, and whom to share it with."""
        receiver = Receiver(side.person.account, side.person.name)
        if add:
            side.channel.add_receiver(HERE, receiver)
            side.channel.add_receiver(HERE, receiver)
        side.channel.collect(self._collect(side))
        side.student_pays("ord-1")
        side.pass_time(side.channel.split_facts(HERE).earliest + timedelta(seconds=1))
        paid = side.channel.query_payment(HERE, "ord-1")
        assert paid is not None
        return Split(
            institution=HERE,
            number="spl-1",
            order="ord-1",
            channel_number=paid.channel_number,
            paid=AMOUNT,
            currency=side.currency,
            shares=(Share("shr-1", receiver, 1_000, "推广佣金"),),
        )

    def _collect(self, side: Splits) -> Collect:
        method = side.channel.methods[0]
        return replace(
            COLLECT,
            method=method,
            payer=side.payer() if method is Method.IN_APP else "",
            currency=side.currency,
            notify_url=side.notify_url,
            split=True,
        )

    def _result(self, side: Splits, request: Split) -> ShareResult:
        (result,) = side.channel.query_split(
            HERE, request.number, order=request.order, channel_number=request.channel_number
        )
        return result
