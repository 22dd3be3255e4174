"""Reads of orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Collate

from kefen.catalog import queries as catalog
from kefen.core.errors import UnknownOrder
from kefen.core.ids import is_code
from kefen.core.states import OrderState
from kefen.orders.contracts import RefundRecord, RefundState
from kefen.orders.models import (
    AskState,
    Line,
    Order,
    Refund,
    RefundAsk,
    RefundLine,
)
from kefen.orders.queries.at_channels import (
    ASKED_AFTER_SHUTTING,
    ASKED_FOR,
    PAYABLE_FOR,
    cashiers_at,
    channel_under_way,
    due_cashier_visits,
    known,
    open_cashiers,
    open_refunds_at,
    orders_of_refunds,
    paid_since,
    paid_through,
    payments_at,
    refunds_at,
    refunds_by_number,
)
from kefen.orders.queries.by_hour import PaidDay, PaidSums, paid_sums, paid_total
from kefen.orders.queries.left import (
    account_of,
    due_left,
    left_behind,
    left_by_id,
    left_cashiers,
    may_be_paid_at,
    money_astray,
    open_left,
    owner_of,
)
from kefen.orders.queries.states import in_state, keys_of
from kefen.orders.queries.strays import (
    due_strays,
    not_owed,
    open_strays,
    orders_of_strays,
    stray_by_number,
    strays_at_channels,
    strays_of,
)
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id
from kefen.promoters import queries as promoters

__all__ = [
    "ASKED_AFTER_SHUTTING",
    "ASKED_FOR",
    "PAYABLE_FOR",
    "PaidDay",
    "PaidSums",
    "account_of",
    "cashiers_at",
    "channel_under_way",
    "due_cashier_visits",
    "due_left",
    "due_strays",
    "keys_of",
    "known",
    "left_behind",
    "left_by_id",
    "left_cashiers",
    "may_be_paid_at",
    "money_astray",
    "not_owed",
    "open_cashiers",
    "open_left",
    "open_refunds_at",
    "open_strays",
    "orders_of_refunds",
    "orders_of_strays",
    "owner_of",
    "paid_since",
    "paid_sums",
    "paid_through",
    "paid_total",
    "payments_at",
    "refunds_at",
    "refunds_by_number",
    "stray_by_number",
    "strays_at_channels",
    "strays_of",
]


def by_number(number: str) -> Order:
    """The order with this number. Raises UnknownOrder."""
    row = Order.objects.filter(number=number).first()
    if row is None:
        raise UnknownOrder(order=number)
    return row


def listed() -> "QuerySet[Order]":
    """All orders, newest first, with their lines and courses at hand."""
    return Order.objects.order_by("-placed_at", "-id").prefetch_related("lines__course")


def of_student(student_id: UUID) -> "QuerySet[Order]":
    """A student's orders, newest first."""
    return listed().filter(student_id=student_id)


def lines_of(order_id: UUID) -> "QuerySet[Line]":
    """The lines of an order with course and attribution."""
    return (
        Line.objects.filter(order_id=order_id)
        .select_related("course", "attribution", "winner")
        .order_by("number")
    )


def refunds_of(order_id: UUID) -> "QuerySet[Refund]":
    """The refunds of an order, oldest first."""
    return Refund.objects.filter(order_id=order_id).order_by("id")


def paid_span() -> tuple[datetime, datetime] | None:
    """When the first and the last order were paid; None before the first."""
    paid = Order.objects.filter(paid_at__isnull=False)
    span = paid.aggregate(first=Min("paid_at"), last=Max("paid_at"))
    if span["first"] is None or span["last"] is None:
        return None
    return span["first"], span["last"]


def in_order_of_placing() -> "QuerySet[Line]":
    """Every line, in order of placing, with its order and decision."""
    return Line.objects.select_related("order", "attribution", "winner").order_by(
        "order_id", "number"
    )


def refund_by_number(number: str) -> RefundRecord | None:
    """A refund with what its channel must know, or None."""
    row = Refund.objects.select_related("order").filter(number=number).first()
    if row is None:
        return None
    paid = paid_through([row.order_id]).get(row.order_id)
    return RefundRecord(
        number=number,
        order_id=row.order_id,
        order=row.order.number,
        channel=row.order.channel,
        channel_number="" if paid is None else paid.channel_number,
        paid=row.order.total,
        amount=row.amount,
        currency=row.order.currency,
        state=RefundState(row.state),
        reason=row.reason,
        account=account_of(row.order),
    )


def requested_refunds() -> list[str]:
    """The numbers of all refunds without a result, oldest first."""
    waiting = Refund.objects.filter(state=RefundState.REQUESTED).order_by("id")
    return list(waiting.values_list("number", flat=True))


@dataclass(frozen=True, slots=True)
class Brought:
    """What a promoter's links and codes brought, by attribution; amounts in minor units."""

    paid_orders: int = 0
    paid: int = 0
    refunded: int = 0

    @property
    def sales(self) -> int:
        """Paid minus refunded."""
        return self.paid - self.refunded


def brought_by(promoter_ids: Iterable[UUID]) -> dict[UUID, Brought]:
    """Paid orders and sales of some promoters, by promoter id."""
    lines = Line.objects.filter(winner_id__in=list(promoter_ids), order__paid_at__isnull=False)
    sums = lines.values_list("winner_id").annotate(
        Count("order_id", distinct=True), Sum("paid"), Sum("refunded")
    )
    return {winner: Brought(number, paid, back) for winner, number, paid, back in sums.order_by()}


def refund_rate(course_id: UUID, *, since: datetime, least: int) -> int | None:
    """Which part of what was paid for a course since an instant went back, in basis points; None
    where fewer than `least` orders say too little."""
    lines = Line.objects.filter(course_id=course_id, order__paid_at__gte=since)
    found = lines.aggregate(
        number=Count("order_id", distinct=True), paid=Sum("paid"), refunded=Sum("refunded")
    )
    if found["number"] < least or not found["paid"]:
        return None
    return int(found["refunded"]) * 10_000 // int(found["paid"])


def promoted_orders(
    since: datetime, *, until: datetime | None = None, promoter_id: UUID | None = None
) -> tuple[int, int]:
    """Orders placed since an instant, or in [since, until), that somebody (or one promoter)
    brought, and how many of them are paid."""
    found = Order.objects.filter(is_promoted=True, placed_at__gte=since)
    if promoter_id is not None:
        found = found.filter(
            Exists(Line.objects.filter(order_id=OuterRef("id"), winner_id=promoter_id))
        )
    if until is not None:
        found = found.filter(placed_at__lt=until)
    # By columns of the index, which has all that is asked for.
    paid = Count("placed_at", filter=Q(state=OrderState.PAID))
    number = found.aggregate(placed=Count("placed_at"), paid=paid)
    return int(number["placed"]), int(number["paid"])


def filtered(
    *,
    text: str = "",
    state: str = "",
    promoter: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> "QuerySet[Order]":
    """Orders by text, state, promoter's code, and time: of payment for the states `paid` and
    `refunded` (something went back), of placing for all others. `refund_asked` are those whose
    students wait for an answer, `stray` those with a payment that did not go back. The text is how
    a number begins, or else a part of a course's title."""
    found = listed().order_by(*keys_of(state))
    lines = Line.objects.all()
    if text:
        numbered = numbered_like(text)
        if numbered.exists():
            found = found.filter(id__in=numbered.values("id"))
        else:
            courses = catalog.titled_like(text)
            found = found.filter(id__in=lines.filter(course_id__in=courses).values("order_id"))
    if promoter:
        winners = list(promoters.by_codes([promoter]).values())
        brought = lines.filter(winner_id__in=[one.id for one in winners]).values("order_id")
        found = found.filter(id__in=brought)
    found = in_state(found, state)
    when = keys_of(state)[0].removeprefix("-")
    if since is not None:
        found = found.filter(**{f"{when}__gte": since})
    if until is not None:
        found = found.filter(**{f"{when}__lt": until})
    return found


def numbered_like(start: str) -> "QuerySet[Order]":
    """Orders whose number begins so, the highest first: a range of an index, whatever the database
    sorts texts by."""
    found = Order.objects.annotate(bare=Collate("number", "C"))
    if not is_code(start):
        return found.none()
    end = start[:-1] + chr(ord(start[-1]) + 1)
    return found.filter(bare__gte=start, bare__lt=end).order_by("-bare")


def newest_paid(limit: int) -> "QuerySet[Order]":
    """The orders that were paid last, with their lines and courses at hand."""
    return listed().filter(paid_at__isnull=False).order_by("-paid_at")[:limit]


def net_of(order_ids: Sequence[UUID]) -> int:
    """What was paid for some orders minus what went back."""
    lines = Line.objects.filter(order_id__in=order_ids, order__state=OrderState.PAID)
    found = lines.aggregate(net=Sum(F("paid") - F("refunded")))
    return int(found["net"] or 0)


def collected_by_channel() -> dict[str, int]:
    """What each channel collected minus what it gave back."""
    sums = (
        Line.objects.filter(order__state=OrderState.PAID)
        .values_list("order__channel")
        .annotate(net=Sum(F("paid") - F("refunded")))
    )
    return dict(sums.order_by())


def refunds_of_line(line_id: UUID) -> "QuerySet[RefundLine]":
    """How much each booked refund took of a line, in order of booking, with the refund at hand."""
    parts = RefundLine.objects.filter(line_id=line_id).select_related("refund")
    return parts.order_by("refund__booked_at", "id")


def newest_refunds(limit: int) -> "QuerySet[Refund]":
    """The newest booked refunds, with their orders at hand."""
    # The second says what the first implies, and what the index has.
    booked = Refund.objects.filter(state=RefundState.BOOKED, booked_at__isnull=False)
    booked = booked.select_related("order")
    return booked.order_by("-booked_at")[:limit]


def by_ids(ids: Iterable[UUID]) -> "dict[UUID, Order]":
    """Orders by id, with their lines and courses at hand."""
    return {row.id: row for row in listed().filter(id__in=list(ids))}


def of_whom(student_id: UUID | None, numbers: Iterable[str]) -> "QuerySet[Order]":
    """The orders of a student, where one is known, and those with some numbers; newest first."""
    mine = Q(number__in=list(numbers))
    if student_id is not None:
        mine |= Q(student_id=student_id)
    return listed().filter(mine)


def has_any(student_id: UUID) -> bool:
    """Did a student ever order anything?"""
    return Order.objects.filter(student_id=student_id).exists()


def newest_placed_at() -> datetime | None:
    """When the last order was placed."""
    return Order.objects.order_by("-placed_at").values_list("placed_at", flat=True).first()


def paid_count() -> int:
    """How many orders were paid."""
    return Order.objects.filter(state=OrderState.PAID).count()


def paid_days() -> list[datetime]:
    """An instant of each day, in the institution's zone, on which orders were paid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(paid_at) FROM orders_order"
            " WHERE institution_id = %s AND paid_at IS NOT NULL"
            " GROUP BY (paid_at AT TIME ZONE %s)::date ORDER BY 1",
            [institution_id(), current().zone.key],
        )
        return [at for (at,) in cursor.fetchall()]


def refund_asks_of(order_id: UUID) -> "QuerySet[RefundAsk]":
    """What the student asked back of an order, newest first."""
    return RefundAsk.objects.filter(order_id=order_id).order_by("-id")


def refund_until(order_id: UUID, paid_at: datetime | None) -> datetime | None:
    """Until when a paid order can be given back by the terms of its courses, the strictest of
    them; None for one that is not paid."""
    found = Line.objects.filter(order_id=order_id).aggregate(days=Min("refund_days"))
    return None if paid_at is None else paid_at + timedelta(days=found["days"] or 0)


def longest_refund_days(order_id: UUID) -> int:
    """The longest refund time of an order's courses, in days."""
    found = Line.objects.filter(order_id=order_id).aggregate(days=Max("refund_days"))
    return int(found["days"] or 0)


def refund_is_open(order_id: UUID) -> bool:
    """Does the student wait for an answer, or is a refund on its way?"""
    asked = RefundAsk.objects.filter(order_id=order_id, state=AskState.ASKED)
    sent = Refund.objects.filter(order_id=order_id, state=RefundState.REQUESTED)
    return asked.exists() or sent.exists()


def refund_on_its_way(order_id: UUID) -> int:
    """What goes back of an order already, without a result yet."""
    asked = Refund.objects.filter(order_id=order_id, state=RefundState.REQUESTED)
    return sum(asked.values_list("amount", flat=True))


def open_refund_asks() -> tuple[int, int]:
    """How many students wait for an answer, and for how much."""
    waiting = RefundAsk.objects.filter(state=AskState.ASKED)
    found = waiting.aggregate(number=Count("id"), amount=Sum("amount"))
    return int(found["number"]), int(found["amount"] or 0)
