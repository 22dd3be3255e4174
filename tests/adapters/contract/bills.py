"""What the channel says that it did."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest

from kefen.core.errors import ChannelUnavailable
from kefen.ports.bills import BillKind, BillLine, BillSource
from kefen.ports.payments import Method, PaymentChannel
from tests.adapters.contract.requests import AMOUNT, COLLECT, GIVE_BACK, HERE
from tests.adapters.contract.sides import Side


class _Both(PaymentChannel, BillSource, Protocol):
    """A channel that collects and writes bills."""


Bills = Side[_Both]


class BillContract:
    """`closes_days`: a day's bill is written when the day is over (Stripe lists what there is)."""

    closes_days = True

    def test_payments_and_refunds_stand_in_the_bill(self, side: Bills) -> None:
        day = side.today()
        paid = self._trade(side)
        if self.closes_days:
            with pytest.raises(ChannelUnavailable):
                side.channel.fetch_bill(HERE, day)
        side.pass_time(timedelta(days=2))
        lines = side.channel.fetch_bill(HERE, day)
        payment = only(lines, BillKind.PAYMENT)
        assert (payment.number, payment.amount) == ("ord-1", AMOUNT)
        assert (payment.channel_number, payment.currency) == (paid, side.currency)
        assert 0 <= payment.fee < AMOUNT
        refund = only(lines, BillKind.REFUND)
        assert (refund.number, refund.amount) == ("rfd-1", 10_000)
        assert (refund.order, payment.order) == ("ord-1", "")
        assert all(line.at.tzinfo is not None for line in lines)
        assert side.channel.fetch_bill(HERE, day) == lines

    def test_a_day_without_trade_has_an_empty_bill(self, side: Bills) -> None:
        self._trade(side)
        side.pass_time(timedelta(days=4))
        assert not side.channel.fetch_bill(HERE, side.today() - timedelta(days=2))

    def test_bills_of_institutions_are_their_own(self, side: Bills) -> None:
        day = side.today()
        self._trade(side)
        side.pass_time(timedelta(days=2))
        assert not side.channel.fetch_bill("another", day)

    def test_a_bill_of_a_channel_that_is_down_comes_later(self, side: Bills) -> None:
        day = side.today()
        self._trade(side)
        side.pass_time(timedelta(days=2))
        with side.down(), pytest.raises(ChannelUnavailable):
            side.channel.fetch_bill(HERE, day)
        assert only(side.channel.fetch_bill(HERE, day), BillKind.PAYMENT).amount == AMOUNT

    def test_what_stands_in_a_title_divides_no_line(self, side: Bills) -> None:
        """What is pasted from elsewhere brings separators that Python takes for ends of lines."""
        title = '考研\u2028数学\x85一\x0b轮\x1c,"`课'
        side.channel.collect(
            replace(
                COLLECT,
                subject=title,
                method=side.channel.methods[0],
                payer=side.payer(),
                notify_url=side.notify_url,
            )
        )
        side.student_pays("ord-1")
        day = side.today()
        side.pass_time(timedelta(days=2))
        assert only(side.channel.fetch_bill(HERE, day), BillKind.PAYMENT).amount == AMOUNT

    def _trade(self, side: Bills) -> str:
        method = side.channel.methods[0]
        side.channel.collect(
            replace(
                COLLECT,
                method=method,
                payer=side.payer() if method is Method.IN_APP else "",
                currency=side.currency,
                notify_url=side.notify_url,
            )
        )
        side.student_pays("ord-1")
        paid = side.channel.query_payment(HERE, "ord-1")
        assert paid is not None
        side.channel.give_back(
            replace(
                GIVE_BACK,
                currency=side.currency,
                notify_url=side.notify_url,
                channel_number=paid.channel_number,
            )
        )
        return paid.channel_number


def only(lines: Sequence[BillLine], kind: BillKind) -> BillLine:
    """The one line of a kind."""
    (line,) = [line for line in lines if line.kind is kind]
    return line
