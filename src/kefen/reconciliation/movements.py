"""What our books say moved at a channel, in the order in which bills are matched.

A room with movements of its own at channels adds its reader to `READERS`, at the place of its
subject: both sides come sorted by subject and number.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime

from kefen.core.reconciliation import Ours, Subject
from kefen.core.states import WithdrawalState
from kefen.orders import queries as orders
from kefen.orders.contracts import ChannelMovement
from kefen.payouts import queries as payouts
from kefen.platform.tenancy.queries import current
from kefen.splits import queries as splits

ENDED = (WithdrawalState.SUCCEEDED, *payouts.CAME_BACK)
Reader = Callable[[str, datetime, datetime], Iterator[Ours]]


def _payments(channel: str, since: datetime, until: datetime) -> Iterator[Ours]:
    return _of(Subject.PAYMENT, orders.payments_at(channel, since, until))


def _refunds(channel: str, since: datetime, until: datetime) -> Iterator[Ours]:
    """One that was asked for at the channel's console goes by the channel's number with us, too."""
    for one in _of(Subject.REFUND, orders.refunds_at(channel, since, until)):
        yield replace(one, channel_number=one.number)


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


def by_number(channel: str, subject: Subject, numbers: Collection[str]) -> dict[str, Ours]:
    """What our books have under these numbers, on whatever day: a payout leaves on one and is
    confirmed on the next. One that came back left all the same, and its return is of `OTHER`, as
    is a refund that came to nothing."""
    currency = current().currency
    found: list[Ours] = []
    if subject is Subject.REFUND:
        known = orders.refunds_by_number(channel, numbers).values()
        found = list(_of(Subject.REFUND, iter(known)))
    elif subject is Subject.SHARE:
        for number, (net, at, settled) in splits.shared_by_number(channel, numbers).items():
            found.append(Ours(subject, number, "", net, currency, at, settled=settled))
    elif subject in (Subject.PAYOUT, Subject.OTHER):
        for number, (net, at, state) in payouts.sent_by_number(channel, numbers).items():
            if subject is Subject.PAYOUT or state in payouts.CAME_BACK:
                settled = state in ENDED
                found.append(Ours(subject, number, "", net, currency, at, settled=settled))
    if subject is Subject.OTHER:
        failed = orders.refunds_by_number(channel, numbers, failed=True).values()
        found += _of(Subject.OTHER, iter(failed))
    return {one.number: one for one in found}
