"""The channel's bills, from its own books. Its fee is the setting `SANDBOX_FEE_BPS`: none, but in
the demo."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings

from kefen.adapters.payments.sandbox.books import number_of
from kefen.adapters.payments.sandbox.models import Earlier, Payment, Payout, Refund, Verdict
from kefen.adapters.payments.sandbox.signature import CHANNEL
from kefen.core.errors import ChannelUnavailable
from kefen.core.periods import midnight
from kefen.platform import clock
from kefen.ports.bills import BillKind, BillLine, zone_of

_CHUNK = 5000


class SandboxBills:
    """Writes the bill of each day that is over."""

    name = CHANNEL

    def fetch_bill(self, institution: str, day: date) -> Sequence[BillLine]:
        """All movements of a day; raises ChannelUnavailable before its end."""
        zone = zone_of(CHANNEL)
        start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        if clock.now() < end:
            raise ChannelUnavailable(channel=CHANNEL)
        lines = [*_earlier(institution, start, end), *_moved(institution, start, end)]
        return sorted(lines, key=lambda line: (line.at, line.number))

    def learn(self, institution: str, lines: Sequence[BillLine]) -> None:
        """Remember movements from before the channel was there."""
        rows = (
            Earlier(
                institution=institution,
                kind=line.kind.value,
                number=line.number,
                channel_number=line.channel_number,
                amount=line.amount,
                fee=line.fee,
                currency=line.currency,
                at=line.at,
            )
            for line in lines
        )
        Earlier.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


def _earlier(institution: str, start: datetime, end: datetime) -> Iterator[BillLine]:
    rows = Earlier.objects.filter(institution=institution, at__gte=start, at__lt=end)
    for row in rows.iterator(_CHUNK):
        numbers = (row.number, row.channel_number)
        yield BillLine(BillKind(row.kind), *numbers, row.amount, row.fee, row.currency, row.at)


def _moved(institution: str, start: datetime, end: datetime) -> Iterator[BillLine]:
    paid = Payment.objects.filter(institution=institution, paid_at__gte=start, paid_at__lt=end)
    for row in paid.iterator(_CHUNK):
        if row.paid_at is not None and row.amount:
            number = number_of(row)
            kind, fee = BillKind.PAYMENT, row.amount * settings.SANDBOX_FEE_BPS // 10_000
            yield BillLine(kind, row.order, number, row.amount, fee, row.currency, row.paid_at)
    decided = {"decided_at__gte": start, "decided_at__lt": end, "verdict": Verdict.SUCCEEDED}
    refunds = Refund.objects.filter(institution=institution, **decided)
    for back in refunds.select_related("payment").iterator(_CHUNK):
        currency, at = back.payment.currency, back.decided_at
        yield BillLine(
            *(BillKind.REFUND, back.number, back.event, back.amount, 0, currency, at),
            order=back.payment.order,
        )
    for out in Payout.objects.filter(institution=institution, **decided).iterator(_CHUNK):
        if out.amount:
            at = out.decided_at
            yield BillLine(BillKind.PAYOUT, out.number, out.event, out.amount, 0, out.currency, at)
