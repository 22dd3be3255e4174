"""What paying and refunding change in the order itself; `commissions` books the money."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from kefen.core.errors import InvalidInput, NumberConflict, OrderNotPaid, UnknownOrder
from kefen.core.ids import uuid7
from kefen.core.refunds import check_refund, spread
from kefen.core.states import OrderState, move
from kefen.orders import queries
from kefen.orders.actions.lock import lock_orders
from kefen.orders.actions.refund_asks import agree_to_ask, reopen_ask
from kefen.orders.contracts import LockedOrder
from kefen.orders.models import Refund, RefundLine, RefundState
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.merchants import actions as merchants
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.scope import institution_id


def mark_paid(orders: Sequence[tuple[LockedOrder, str, datetime]]) -> None:
    """Orders (locked) became paid at an instant through a channel, which is asked no more."""
    for order, channel, at in orders:
        order.state = move(order.state, OrderState.PAID)
        order.channel, order.paid_at = channel, at
    ids, channels = [order.id for order, _, _ in orders], [channel for _, channel, _ in orders]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_order o SET state = 'paid', channel = p.channel, paid_at = p.at"
            "  FROM unnest(%b::uuid[], %b::text[], %b::timestamptz[]) AS p(id, channel, at)"
            " WHERE o.institution_id = %s AND o.id = p.id",
            [ids, channels, [at for _, _, at in orders], institution_id()],
        )
        cursor.execute(
            "UPDATE orders_cashiervisit v SET closed_at = %s"
            "  FROM unnest(%s::uuid[], %s::text[]) AS p(id, channel)"
            " WHERE v.institution_id = %s AND v.order_id = p.id AND v.channel = p.channel"
            "   AND v.closed_at IS NULL",
            [clock.now(), ids, channels, institution_id()],
        )


def refund_digest(order: str, lines: Mapping[int, int] | None, amount: int | None) -> bytes:
    """What makes two deliveries of one refund the same (replay.md)."""
    named = None if lines is None else sorted(lines.items())
    return hashlib.sha256(json.dumps([order, named, amount]).encode()).digest()


def refund_parts(
    order: LockedOrder, lines: Mapping[int, int] | None, amount: int | None
) -> dict[int, int]:
    """The refund by line number: as named, or one amount spread over what is left of the lines
    (domain.md §3.6). Raises RefundExceedsPaid, InvalidInput."""
    left = {line.number: line.paid - line.refunded for line in order.lines}
    if not lines and (amount is None or amount < 1):
        raise InvalidInput(field="amount", reason="a refund is at least 1")
    if lines is not None:
        check_refund(left, lines)
        return dict(lines)
    shares = spread(amount or 0, list(left.values()))
    return {number: share for number, share in zip(left, shares, strict=True) if share}


def mark_refunded(
    order: LockedOrder,
    number: str,
    parts: Mapping[int, int],
    digest: bytes,
    at: datetime,
    requested: UUID | None,
) -> None:
    """A refund of an order (locked) took place: the lines carry it from now on. `requested` is
    the refund that was asked for before, if one was."""
    refund_id = requested or uuid7()
    if requested is None:
        insert_rows(
            Refund,
            ("id", "number", "order_id", "amount", "state", "digest", "requested_at", "booked_at"),
            [(refund_id, number, order.id, sum(parts.values()), "booked", digest, at, at)],
        )
    else:
        Refund.objects.filter(id=refund_id).update(state=RefundState.BOOKED, booked_at=at)
    changed = [line for line in order.lines if parts.get(line.number)]
    insert_rows(
        RefundLine,
        ("id", "refund_id", "line_id", "amount"),
        [(uuid7(), refund_id, line.id, parts[line.number]) for line in changed],
    )
    for line in changed:
        line.refunded += parts[line.number]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_line l SET refunded = r.refunded"
            "  FROM unnest(%s::uuid[], %s::bigint[]) AS r(id, refunded)"
            " WHERE l.institution_id = %s AND l.id = r.id",
            [
                [line.id for line in changed],
                [line.refunded for line in changed],
                institution_id(),
            ],
        )


@needs(Deed.REFUND)
def request_refund(
    *,
    number: str,
    order: str,
    amount: int,
    reason: str = "",
    actor: Actor = SYSTEM,
) -> UUID:
    """Ask for a refund: kept as `requested` until the channel says that the money went back.

    What is asked for already counts against what is left; a student's open ask is agreed to by
    it. The same number with the same content
    is the same refund. Raises UnknownOrder, OrderNotPaid, RefundExceedsPaid, NumberConflict,
    InvalidInput. Call it inside a transaction.
    """
    if amount < 1:
        raise InvalidInput(field="amount", reason="a refund is at least 1")
    digest = refund_digest(order, None, amount)
    locked = lock_orders([order]).get(order)
    known = Refund.objects.filter(number=number).first()
    if known is not None:
        if bytes(known.digest) != digest:
            raise NumberConflict(number=number)
        return known.id
    if locked is None:
        raise UnknownOrder(order=order)
    if locked.state is not OrderState.PAID:
        raise OrderNotPaid(order=order)
    left = [line.paid - line.refunded for line in locked.lines]
    spread(amount + queries.refund_on_its_way(locked.id), left)
    if locked.channel is not None:
        merchants.hold(locked.channel)
    row = Refund.objects.create(
        number=number,
        order_id=locked.id,
        amount=amount,
        state=RefundState.REQUESTED,
        reason=reason,
        digest=digest,
        requested_at=clock.now(),
    )
    agree_to_ask(locked.id, row.requested_at)
    audit.record(actor, "refund.requested", f"order:{order}", refund=number, amount=amount)
    return row.id


def fail_refund(number: str, *, reason: str) -> bool:
    """The channel refused a refund for good; nothing was booked, its amount is free again, and the
    student's request that it answered is open again. Answers whether this call noted it. Call it
    inside a transaction."""
    row = Refund.objects.select_related("order").filter(number=number).first()
    if row is None:
        return False
    lock_orders([row.order.number])
    found = Refund.objects.filter(number=number, state=RefundState.REQUESTED)
    changed = found.update(state=RefundState.FAILED, reason=reason[:200])
    if changed:
        reopen_ask(row.order_id, row.requested_at)
    return changed > 0


def note_stuck_refund(number: str) -> bool:
    """The channel waits for somebody to settle a refund at its console: it stays under way, so that
    its amount is not free and nothing is divided. Answers whether this call noted it."""
    found = Refund.objects.filter(number=number, state=RefundState.REQUESTED, stuck_at=None)
    return found.update(stuck_at=clock.now()) > 0


@dataclass(frozen=True, slots=True)
class KnownRefund:
    """A refund that has its number already."""

    id: UUID
    booked: bool


def known_refund(number: str, digest: bytes) -> KnownRefund | None:
    """The refund with this number. Raises NumberConflict if it has other content."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, digest, state FROM orders_refund WHERE institution_id = %s AND number = %s",
            [institution_id(), number],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    if bytes(row[1]) != digest:
        raise NumberConflict(number=number)
    return KnownRefund(row[0], row[2] == RefundState.BOOKED)
