"""What our books say moved at a channel, in the order in which bills are matched.

A room with movements of its own at channels adds its reader to `READERS`, at the place of its
subject: both sides come sorted by subject and number.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from kefen.core.reconciliation import Ours, Subject
from kefen.orders import queries as orders
from kefen.orders.contracts import ChannelMovement
from kefen.payouts import queries as payouts
from kefen.platform.tenancy.queries import current
from kefen.splits import queries as splits

Reader = Callable[[str, datetime, datetime], Iterator[Ours]]


def _payments(channel: str, since: datetime, until: datetime) -> Iterator[Ours]:
    return _of(Subject.PAYMENT, orders.payments_at(channel, since, until))


def _refunds(channel: str, since: datetime, until: datetime) -> Iterator[Ours]:
    return _of(Subject.REFUND, orders.refunds_at(channel, since, until))


def _of(subject: Subject, found: Iterator[ChannelMovement]) -> Iterator[Ours]:
    for one in found:
        yield Ours(
            subject,
            one.number,
            one.channel_number,
            one.amount,
            one.currency,
            one.at,
            settled=one.settled,
        )


def _payouts(channel: str, since: datetime, until: datetime) -> Iterator[Ours]:
    currency = current().currency
    for number, amount, at, settled in payouts.sent_through(channel, since, until):
        yield Ours(Subject.PAYOUT, number, "", amount, currency, at, settled=settled)


def _shares(channel: str, since: datetime, until: datetime) -> Iterator[Ours]:
    """All shares of a split together: channels name them by its number."""
    currency = current().currency
    for number, amount, at, settled in splits.shared_at(channel, since, until):
        yield Ours(Subject.SHARE, number, "", amount, currency, at, settled=settled)


READERS: tuple[Reader, ...] = (_payments, _payouts, _refunds, _shares)


def ours(channel: str, since: datetime, until: datetime) -> Iterator[Ours]:
    """Everything of ours at a channel in [since, until), sorted by subject and number."""
    for read in READERS:
        yield from read(channel, since, until)
