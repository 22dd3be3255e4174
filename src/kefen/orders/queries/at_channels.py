"""Orders as channels know them: where they were opened and paid, whom to ask, and what moved there,
in the order in which bills are matched."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from heapq import merge
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Min, OuterRef, Q, Subquery
from django.db.models.functions import Collate

from kefen.core.errors import ChannelError, InvariantBroken
from kefen.core.states import OrderState
from kefen.orders.contracts import ChannelMovement, PaidThrough
from kefen.orders.models import CashierVisit, LeftCashier, Order, Refund, RefundState
from kefen.orders.queries.left import left_behind, open_visits
from kefen.orders.queries.strays import (
    stray_payments_at,
    stray_returns_at,
    stray_returns_by_number,
    strays_under_way_at,
)
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id
from kefen.ports import registry

_CHUNK = 5000


def payments_at(channel: str, since: datetime, until: datetime) -> Iterator[ChannelMovement]:
    """Orders paid there in [since, until), and what was paid there without being due, by number."""
    yield from merge(
        _owed_at(channel, since, until),
        stray_payments_at(channel, since, until),
        key=lambda one: one.number,
    )


def _owed_at(channel: str, since: datetime, until: datetime) -> Iterator[ChannelMovement]:
    visits = CashierVisit.objects.filter(order_id=OuterRef("id"), channel=channel)
    found = (
        Order.objects.filter(
            channel=channel, state=OrderState.PAID, paid_at__gte=since, paid_at__lt=until
        )
        .annotate(its=Subquery(visits.values("channel_number")[:1]))
        .order_by(Collate("number", "C"))
        .values_list("number", "its", "total", "currency", "paid_at")
    )
    for number, its, amount, currency, at in found.iterator(_CHUNK):
        if at is not None and amount:
            yield ChannelMovement(number, its or "", amount, currency, at)


def refunds_at(channel: str, since: datetime, until: datetime) -> Iterator[ChannelMovement]:
    """Refunds there that were booked in [since, until), and all that were asked for before
    `until` and have no result, by number; with the returns of what was not due."""
    yield from merge(
        _refunds_at(channel, since, until),
        stray_returns_at(channel, since, until),
        key=lambda one: one.number,
    )


def _refunds_at(channel: str, since: datetime, until: datetime) -> Iterator[ChannelMovement]:
    found = (
        Refund.objects.filter(order__channel=channel)
        .filter(
            Q(booked_at__gte=since, booked_at__lt=until)
            | Q(state=RefundState.REQUESTED, requested_at__lt=until)
        )
        .order_by(Collate("number", "C"))
        .values_list("number", "amount", "order__currency", "booked_at", "requested_at")
    )
    for number, amount, currency, booked_at, asked_at in found.iterator(_CHUNK):
        at = booked_at or asked_at
        yield ChannelMovement(number, "", amount, currency, at, settled=booked_at is not None)


def refunds_by_number(
    channel: str, numbers: Iterable[str], *, failed: bool = False
) -> dict[str, ChannelMovement]:
    """Refunds and returns there with these numbers: those that came to nothing, or all others."""
    wanted = list(numbers)
    found = Refund.objects.filter(order__channel=channel, number__in=wanted)
    nothing = Q(state=RefundState.FAILED)
    rows = found.filter(nothing if failed else ~nothing).values_list(
        "number", "amount", "order__currency", "booked_at", "requested_at"
    )
    refunds = {
        number: ChannelMovement(
            number, "", amount, currency, asked, settled=failed or booked is not None
        )
        for number, amount, currency, booked, asked in rows
    }
    return refunds | stray_returns_by_number(channel, wanted, failed=failed)


def paid_since() -> dict[str, datetime]:
    """Every channel at which orders were paid, with the first instant."""
    paid = Order.objects.filter(state=OrderState.PAID, channel__isnull=False).order_by()
    found = paid.values_list("channel").annotate(first=Min("paid_at"))
    return {str(channel): first for channel, first in found if first is not None}


def orders_of_refunds(numbers: Iterable[str]) -> dict[str, str]:
    """The orders that some refunds belong to, by the refunds' numbers."""
    found = Refund.objects.filter(number__in=list(numbers))
    return dict(found.values_list("number", "order__number"))


def known(numbers: Iterable[str]) -> set[str]:
    """Those of some numbers that are orders of ours."""
    found = Order.objects.filter(number__in=[number for number in numbers if number])
    return set(found.values_list("number", flat=True))


def paid_through(ids: Iterable[UUID]) -> dict[UUID, PaidThrough]:
    """How paid orders were paid, by order."""
    paid = Order.objects.filter(id__in=list(ids), state=OrderState.PAID)
    visits = {
        (visit.order_id, visit.channel): visit
        for visit in CashierVisit.objects.filter(order_id__in=paid.values("id"))
    }
    found: dict[UUID, PaidThrough] = {}
    for order in paid:
        if order.channel is None or order.paid_at is None:
            raise InvariantBroken(invariant="a paid order names its channel and its instant")
        visit = visits.get((order.id, order.channel))
        found[order.id] = PaidThrough(
            order_id=order.id,
            order=order.number,
            channel=order.channel,
            channel_number="" if visit is None else visit.channel_number,
            amount=order.total,
            currency=order.currency,
            paid_at=order.paid_at,
            split=visit is not None and visit.split,
        )
    return found


def open_cashiers(number: str) -> list[str]:
    """The channels at which an order can be paid by now, those opened last first."""
    visits = CashierVisit.objects.filter(
        order__number=number, closed_at__isnull=True, shut_at__isnull=True
    )
    return list(visits.order_by("-opened_at").values_list("channel", flat=True))


def channel_under_way(number: str) -> str | None:
    """The channel that says, or does not deny, that an open order was paid."""
    for channel in open_cashiers(number):
        try:
            if registry.payments(channel).query_payment(current().slug, number) is not None:
                return channel
        except ChannelError:
            return channel
    return None


# From when on a channel's "not paid" is its last word: later than anybody can pay an order that was
# sent to it, and one whose cashier was shut, whatever it was told. Asking ends by an answer, never
# by the clock: a channel may be down for longer, and with it the notices of what was paid there.
ASKED_FOR = timedelta(hours=48)
PAYABLE_FOR = timedelta(hours=1)
ASKED_AFTER_SHUTTING = timedelta(minutes=150)
# A minute after the cashier was opened, then each time half as long again as it has lain open, and
# when the last word is due: some twenty questions in all. Where there is no answer, once a day.
# Channels take turns, so that one that is down, and what piles up there, keeps nobody waiting.
_DUE_VISITS = """
WITH due AS (
  SELECT o.number, v.channel, v.id,
         CASE
           WHEN v.asked_at IS NULL THEN v.opened_at + interval '1 minute'
           WHEN v.asked_at < last.word THEN least(next.question, last.word)
           ELSE next.question
         END AS since
    FROM orders_cashiervisit v
    JOIN orders_order o ON o.institution_id = v.institution_id AND o.id = v.order_id
   CROSS JOIN LATERAL (
         SELECT coalesce(v.shut_at + %(after_shutting)s, v.opened_at + %(asked_for)s) AS word
         ) last
   CROSS JOIN LATERAL (
         SELECT v.asked_at + least(
                  greatest((v.asked_at - v.opened_at) / 2, interval '1 minute'), interval '1 day'
                ) AS question
         ) next
   WHERE v.institution_id = %(institution)s AND v.closed_at IS NULL
     -- Paid elsewhere as well: that money must not lie there unnoticed.
     AND (o.state <> 'paid' OR o.channel <> v.channel OR EXISTS (
          SELECT 1 FROM orders_leftcashier l
           WHERE l.institution_id = o.institution_id AND l.order_id = o.id AND l.owns))
)
SELECT number, channel
  FROM (SELECT *, row_number() OVER (PARTITION BY channel ORDER BY since, id) AS turn
          FROM due WHERE since <= %(now)s) waiting
 ORDER BY turn, since, id LIMIT %(limit)s
"""


def cashiers_at(channel: str) -> int:
    """How many orders can be paid at a channel's cashier by now, or may have been: it is asked
    until it answers, however long that takes."""
    return open_visits(channel).count()


def open_refunds_at(channel: str) -> int:
    """How many refunds were asked of a channel's present account that has not said what became of
    them, returns of what was not due among them."""
    found = Refund.objects.filter(state=RefundState.REQUESTED, order__channel=channel)
    elsewhere = LeftCashier.objects.filter(channel=channel, owns=True)
    found = found.exclude(order_id__in=left_behind(channel).values("order_id"))
    found = found.exclude(order_id__in=elsewhere.values("order_id"))
    return found.count() + strays_under_way_at(channel)


def due_cashier_visits(now: datetime, limit: int = 500) -> list[tuple[str, str]]:
    """The orders (number, channel) whose channel is to be asked now whether they were paid, those
    that waited longest first, channels in turn; also cancelled ones and cashiers that were shut,
    whose money must not lie there unnoticed."""
    values: dict[str, Any] = {
        "institution": institution_id(),
        "now": now,
        "asked_for": ASKED_FOR,
        "after_shutting": ASKED_AFTER_SHUTTING,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE_VISITS, values)
        return [(number, channel) for number, channel in cursor.fetchall()]
