"""What the sandbox channel's bills say of the demo's thirty days, and holding them against the
books: everything agrees, but for one payment of yesterday whose notification got lost."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings

from kefen.core.reconciliation import Ours
from kefen.core.states import OrderState
from kefen.ops.demo.story import CHANNEL
from kefen.orders import queries as orders
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.bills import BillKind, BillLine, TeachableBills
from kefen.reconciliation import actions, queries


def write_and_reconcile(since: datetime, today: datetime) -> None:
    """Bills for each day in [since, today), reconciled, and what today's will say so far."""
    source = registry.bills(CHANNEL)
    if not isinstance(source, TeachableBills):
        return
    settled = (one for one in queries.movements(CHANNEL, since, clock.now()) if one.settled)
    lines = [_line(one) for one in settled]
    source.learn(current().slug, [*lines, *_lost(today - timedelta(days=1), today)])
    actions.agree_fee(CHANNEL, settings.SANDBOX_FEE_BPS, actor=SYSTEM)
    days = list(_days(since, today))
    for on in days:
        actions.fetch(CHANNEL, on)
    for on in days:
        actions.judge(CHANNEL, on)


def _days(since: datetime, today: datetime) -> Iterator[date]:
    zone = current().zone
    on, end = since.astimezone(zone).date(), today.astimezone(zone).date()
    while on < end:
        yield on
        on += timedelta(days=1)


def _line(one: Ours) -> BillLine:
    kind = BillKind(one.subject.value)
    fee = one.amount * settings.SANDBOX_FEE_BPS // 10_000 if kind is BillKind.PAYMENT else 0
    return BillLine(kind, one.number, f"sbx-{one.number}", one.amount, fee, one.currency, one.at)


def _lost(since: datetime, until: datetime) -> Iterator[BillLine]:
    """An order that was paid at the channel and not here."""
    open_ = orders.listed().filter(
        state=OrderState.PLACED,
        placed_at__gte=since + timedelta(hours=2),
        placed_at__lt=until - timedelta(hours=2),
        total__gt=0,
    )
    found = open_.first()
    if found is not None:
        fee, at = (
            found.total * settings.SANDBOX_FEE_BPS // 10_000,
            found.placed_at + timedelta(seconds=41),
        )
        number = f"sbx-{found.number}"
        yield BillLine(BillKind.PAYMENT, found.number, number, found.total, fee, found.currency, at)
