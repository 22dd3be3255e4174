"""Reads of cashiers at accounts that their channel shut."""

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from kefen.core.states import OrderState
from kefen.orders.contracts import LeftRecord
from kefen.orders.models import CashierVisit, LeftCashier, LeftState, Order
from kefen.platform.merchants.queries import last_shut_at, shut_since
from kefen.platform.tenancy.scope import institution_id


def left_record(row: LeftCashier) -> LeftRecord:
    """A row, with its order at hand, as other rooms get it."""
    return LeftRecord(
        id=row.id,
        order_id=row.order_id,
        order=row.order.number,
        order_state=OrderState(row.order.state),
        channel=row.channel,
        account=row.account_id,
        amount=row.order.total,
        currency=row.order.currency,
        state=LeftState(row.state),
        owns=row.owns,
        opened_at=row.opened_at,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        decision=row.decision,
        note=row.note,
        named_number=row.named_number,
        first_person=row.first_person,
        settled_at=row.settled_at,
    )


def left_by_id(left: UUID) -> LeftRecord | None:
    """One left cashier, or None."""
    row = LeftCashier.objects.select_related("order").filter(id=left).first()
    return None if row is None else left_record(row)


def left_cashiers(channel: str, *, limit: int = 200) -> list[LeftRecord]:
    """Those of a channel without an end first, then those that ended last."""
    rows = LeftCashier.objects.select_related("order").filter(channel=channel)
    waiting = list(rows.filter(state=LeftState.OPEN).order_by("opened_at", "id")[:limit])
    ended = rows.exclude(state=LeftState.OPEN).order_by("-ended_at", "-id")
    return [left_record(row) for row in (*waiting, *ended[: max(0, limit - len(waiting))])]


def open_left() -> dict[str, tuple[int, int]]:
    """How many left cashiers have no end, and what would be paid at them, by channel."""
    found = LeftCashier.objects.filter(state=LeftState.OPEN).order_by("channel")
    sums = found.values_list("channel").annotate(Count("id"), Sum("order__total"))
    return {channel: (number, int(amount)) for channel, number, amount in sums}


_ASTRAY = """
SELECT '', count(*), coalesce(sum(amount), 0)::bigint
  FROM orders_straypayment
 WHERE institution_id = %(institution)s
   AND ((state = 'failed' AND settled_at IS NULL)
        OR (state = 'asked' AND stuck_at IS NOT NULL))
UNION ALL
SELECT l.channel, count(*), sum(o.total)::bigint
  FROM orders_leftcashier l
  JOIN orders_order o ON o.institution_id = l.institution_id AND o.id = l.order_id
 WHERE l.institution_id = %(institution)s AND l.state = 'open'
 GROUP BY l.channel
"""


def money_astray() -> tuple[tuple[int, int], dict[str, tuple[int, int]]]:
    """What `open_strays` and `open_left` answer, by one question."""
    with connection.cursor() as cursor:
        cursor.execute(_ASTRAY, {"institution": institution_id()})
        found = {channel: (number, amount) for channel, number, amount in cursor.fetchall()}
    return found.pop(""), found


def due_left(now: datetime, limit: int = 500) -> list[UUID]:
    """Those whose channel is to be asked now, the longest waiting first."""
    waiting = LeftCashier.objects.filter(state=LeftState.OPEN, next_at__lte=now)
    return list(waiting.order_by("next_at", "id").values_list("id", flat=True)[:limit])


def open_visits(channel: str) -> "QuerySet[CashierVisit]":
    """The cashiers at a channel's present account that have no last word."""
    visits = CashierVisit.objects.filter(channel=channel, closed_at__isnull=True)
    # One that was paid at a shut account may be paid at this one as well.
    owned = LeftCashier.objects.filter(owns=True).values("order_id")
    told = Q(order__state=OrderState.PAID, order__channel=channel) & ~Q(order_id__in=owned)
    return visits.exclude(told)


def left_behind(channel: str) -> "QuerySet[CashierVisit]":
    """The cashiers that ended before the channel's last account was shut: what was paid by them
    is there."""
    shut_at = last_shut_at(channel)
    found = CashierVisit.objects.filter(channel=channel)
    return found.none() if shut_at is None else found.filter(closed_at__lt=shut_at)


def may_be_paid_at(channel: str) -> int:
    """What would be paid at all of a channel's cashiers that have no last word."""
    found = open_visits(channel).aggregate(amount=Sum("order__total"))
    return int(found["amount"] or 0)


def owner_of(order_id: UUID) -> UUID | None:
    """The shut account by whose left cashier an order's own payment came, None for any other."""
    owning = LeftCashier.objects.filter(order_id=order_id, owns=True)
    return owning.values_list("account_id", flat=True).first()


def account_of(order: Order) -> UUID | None:
    """The shut account that has an order's own payment, None where it is the one in place."""
    if order.state != OrderState.PAID or order.channel is None:
        return None
    owner = owner_of(order.id)
    if owner is not None:
        return owner
    visits = CashierVisit.objects.filter(order_id=order.id, channel=order.channel)
    paid_at = visits.values_list("closed_at", flat=True).first()
    return None if paid_at is None else shut_since(order.channel, paid_at)
