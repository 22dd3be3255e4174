"""Reads of stray payments: one, those of an order, those that are due, and how bills see them."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Collate

from kefen.core.states import OrderState
from kefen.orders.contracts import ChannelMovement, StrayRecord
from kefen.orders.models import CashierVisit, Order, StrayPayment, StrayState
from kefen.platform.merchants.queries import last_shut_at, shut_since

_CHUNK = 5000
_NEEDS_A_PERSON = Q(state=StrayState.FAILED, settled_at__isnull=True) | Q(
    state=StrayState.ASKED, stuck_at__isnull=False
)
_HELD = Q(settled_at__isnull=True) & ~Q(state=StrayState.RETURNED)
_KEPT = Q(settled_at__isnull=False) & ~Q(state=StrayState.RETURNED)


def record_of(row: StrayPayment) -> StrayRecord:
    """A row, with its order at hand, as other rooms get it."""
    return StrayRecord(
        number=row.number,
        order_id=row.order_id,
        order=row.order.number,
        channel=row.channel,
        channel_number=row.channel_number,
        amount=row.amount,
        currency=row.currency,
        cause=row.cause,
        state=StrayState(row.state),
        reason=row.reason,
        paid_at=row.paid_at,
        received_at=row.received_at,
        attempts=row.attempts,
        stuck_at=row.stuck_at,
        ended_at=row.ended_at,
        settled_at=row.settled_at,
        account=row.account_id or shut_since(row.channel, row.received_at),
    )


def stray_by_number(number: str) -> StrayRecord | None:
    """The stray payment that goes back under this number, or None."""
    row = StrayPayment.objects.select_related("order").filter(number=number).first()
    return None if row is None else record_of(row)


def strays_of(order_id: UUID) -> list[StrayRecord]:
    """The stray payments of an order, oldest first."""
    rows = StrayPayment.objects.select_related("order").filter(order_id=order_id)
    return [record_of(row) for row in rows.order_by("id")]


def due_strays(now: datetime, limit: int = 500) -> list[str]:
    """The numbers of those whose channel is to be asked now, the longest waiting first."""
    waiting = StrayPayment.objects.filter(state=StrayState.ASKED, next_at__lte=now)
    return list(waiting.order_by("next_at", "id").values_list("number", flat=True)[:limit])


def open_strays() -> tuple[int, int]:
    """How many need a person, and for how much."""
    sums = strays_for_a_person().aggregate(number=Count("id"), amount=Sum("amount"))
    return int(sums["number"]), int(sums["amount"] or 0)


def strays_for_a_person() -> "QuerySet[StrayPayment]":
    """Those that stand still until somebody does something."""
    return StrayPayment.objects.filter(_NEEDS_A_PERSON)


def strays_under_way_at(channel: str) -> int:
    """How many a channel's present account was asked to give back without having said what became
    of them."""
    asked = StrayPayment.objects.filter(channel=channel, state=StrayState.ASKED, account_id=None)
    shut_at = last_shut_at(channel)
    return (asked if shut_at is None else asked.filter(received_at__gt=shut_at)).count()


def strays_at_channels() -> dict[str, tuple[int, int]]:
    """What lies at each channel of stray payments: owed to whoever paid, and settled otherwise."""
    sums = StrayPayment.objects.order_by().values_list("channel")
    found = sums.annotate(
        held=Sum("amount", filter=_HELD, default=0), kept=Sum("amount", filter=_KEPT, default=0)
    )
    return {channel: (int(held), int(kept)) for channel, held, kept in found}


def orders_of_strays(numbers: Iterable[str]) -> dict[str, str]:
    """The orders that some stray payments were made for, by their numbers."""
    found = StrayPayment.objects.filter(number__in=list(numbers))
    return dict(found.values_list("number", "order__number"))


def stray_payments_at(channel: str, since: datetime, until: datetime) -> Iterator[ChannelMovement]:
    """Stray payments made there in [since, until), by their orders' numbers."""
    found = (
        StrayPayment.objects.filter(channel=channel, paid_at__gte=since, paid_at__lt=until)
        .annotate(its=F("order__number"))
        .order_by(Collate("its", "C"), Collate("channel_number", "C"))
        .values_list("its", "channel_number", "amount", "currency", "paid_at")
    )
    for number, its, amount, currency, at in found.iterator(_CHUNK):
        yield ChannelMovement(number, its, amount, currency, at)


def stray_returns_at(channel: str, since: datetime, until: datetime) -> Iterator[ChannelMovement]:
    """What went back there in [since, until), and all that was asked for before `until` and has no
    result, by number."""
    found = (
        StrayPayment.objects.filter(channel=channel)
        .filter(
            Q(state=StrayState.RETURNED, ended_at__gte=since, ended_at__lt=until)
            | Q(state=StrayState.ASKED, received_at__lt=until)
        )
        .order_by(Collate("number", "C"))
        .values_list("number", "amount", "currency", "ended_at", "received_at")
    )
    for number, amount, currency, ended, received in found.iterator(_CHUNK):
        at = ended or received
        yield ChannelMovement(number, "", amount, currency, at, settled=ended is not None)


def stray_returns_by_number(
    channel: str, numbers: Iterable[str], *, failed: bool = False
) -> dict[str, ChannelMovement]:
    """Returns there with these numbers: those that came to nothing, or all others."""
    found = StrayPayment.objects.filter(channel=channel, number__in=list(numbers))
    nothing = Q(state=StrayState.FAILED)
    rows = found.filter(nothing if failed else ~nothing).values_list(
        "number", "amount", "currency", "ended_at", "received_at"
    )
    return {
        number: ChannelMovement(number, "", amount, currency, at, settled=ended is not None)
        for number, amount, currency, ended, at in rows
    }


Payment = tuple[str, str]


def not_owed(channel: str, payments: Collection[Payment]) -> set[Payment]:
    """Which of some payments (order's number, channel's number) at a channel nobody owes: their
    order is known, and is cancelled or paid by another payment than this one."""
    named = {one for one in payments if one[0] and one[1]}
    if not named:
        return set()
    orders = Order.objects.filter(number__in={order for order, _ in named})
    rows = {row.number: row for row in orders.exclude(state=OrderState.PLACED)}
    ids = [row.id for row in rows.values() if row.channel == channel]
    visits = CashierVisit.objects.filter(channel=channel, order_id__in=ids) if ids else ()
    own = {visit.order_id: visit.channel_number for visit in visits}
    return {
        (number, its)
        for number, its in named
        if number in rows and is_not_owed(rows[number], channel, its, own)
    }


def is_not_owed(row: Order, channel: str, its: str, own: dict[UUID, str]) -> bool:
    """Whether a payment at a channel is certainly none that the order owes; `own` has the channel's
    number of the order's own payment, where that is known."""
    if row.state == OrderState.CANCELLED:
        return True
    if row.state != OrderState.PAID:
        return False
    return row.channel != channel or own.get(row.id, "") not in ("", its)
