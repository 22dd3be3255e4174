"""A refund takes back the commissions it undoes, from where they are (domain.md §3.6, §4)."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from kefen.commissions.contracts import RefundOrder
from kefen.commissions.points import take_points
from kefen.core import postings
from kefen.core.errors import InvariantBroken, OrderNotPaid, UnknownOrder
from kefen.core.refunds import Sources, remaining, sources
from kefen.core.states import CommissionState, OrderState
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.orders.actions import lock_orders, mark_refunded
from kefen.orders.actions.mark import known_refund, refund_digest, refund_parts
from kefen.orders.contracts import LockedOrder
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id

_COMMISSIONS = """
SELECT c.id, c.line_id, c.level, p.code, c.booked, c.reversed, c.state
  FROM commissions_commission c
  JOIN orders_line l ON l.institution_id = c.institution_id AND l.id = c.line_id
  JOIN promoters_promoter p ON p.institution_id = c.institution_id AND p.id = c.promoter_id
 WHERE c.institution_id = %s AND c.order_id = %s
   FOR NO KEY UPDATE OF c
"""


def refund(request: RefundOrder) -> bool:
    """Book a refund that took place, once by its number; answers whether this call did it.

    The commissions fall to what is proportional to what is left of their lines, always from the
    booked figure, so any order of partial refunds ends at the same one. A matured commission's
    part comes from the available balance as far as it goes, the rest becomes a receivable.
    Raises NumberConflict, UnknownOrder, OrderNotPaid, RefundExceedsPaid, InvalidInput.
    """
    try:
        return _refund(request)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", "") != "refund_number":
            raise
    # The same number was booked for another order at this moment: it exists now.
    return _refund(request)


@transaction.atomic
def _refund(request: RefundOrder) -> bool:
    digest = refund_digest(request.order, request.lines, request.amount)
    order = lock_orders([request.order]).get(request.order)
    known = known_refund(request.number, digest)
    if known is not None and known.booked:
        return False
    if order is None:
        raise UnknownOrder(order=request.order)
    if order.state is not OrderState.PAID:
        raise OrderNotPaid(order=request.order)
    if order.channel is None:
        raise InvariantBroken(invariant="a paid order names its channel")
    parts = refund_parts(order, request.lines, request.amount)
    currency = current().currency
    # Locked before the refund gets its ids: a ladder counts by the order of ids, and a booking
    # that holds these accounts must not count a refund that it could not see.
    rows, balances = _lock(order, currency)
    mark_refunded(
        order,
        request.number,
        parts,
        digest,
        request.at,
        requested=None if known is None else known.id,
    )
    reversals = _reverse(order, rows, balances)
    moves = postings.refunded(order.channel, sum(parts.values()), reversals)
    key = postings.refund_key(request.number)
    transfers = [Transfer(key, "refund", request.at, moves)]
    transfers += take_points(order, request.number, request.at)
    ledger.post(transfers, currency)
    return True


def _lock(order: LockedOrder, currency: str) -> tuple[list[tuple[Any, ...]], dict[str, int]]:
    """Lock the order's commissions, then the accounts; answers both as they stand."""
    with connection.cursor() as cursor:
        cursor.execute(_COMMISSIONS, [institution_id(), order.id])
        rows = cursor.fetchall()
    return rows, _locked({row[3] for row in rows}, currency) if rows else {}


def _reverse(
    order: LockedOrder, rows: list[tuple[Any, ...]], balances: dict[str, int]
) -> list[tuple[str, Sources]]:
    """Lower every commission of the order to what remains of it; answers where it comes from."""
    lines = {line.id: line for line in order.lines}
    reversals: list[tuple[str, Sources]] = []
    changed: list[tuple[UUID, int]] = []
    # By line and level, as they were booked.
    rows.sort(key=lambda row: (lines[row[1]].number, row[2]))
    for key, line_id, _, promoter, booked, reversed_, state in rows:
        line = lines[line_id]
        target = booked - remaining(booked, line.paid, line.refunded)
        amount = max(0, target - reversed_)
        if amount == 0:
            continue
        still = state in (CommissionState.PENDING, CommissionState.HELD)
        taken = sources(amount, pending=still, available_balance=balances[promoter])
        balances[promoter] -= taken.available
        reversals.append((promoter, taken))
        changed.append((key, reversed_ + amount))
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE commissions_commission c SET reversed = r.reversed"
                "  FROM unnest(%s::uuid[], %s::bigint[]) AS r(id, reversed)"
                " WHERE c.institution_id = %s AND c.id = r.id",
                [[key for key, _ in changed], [total for _, total in changed], institution_id()],
            )
    return reversals


def _locked(promoters: set[str], currency: str) -> dict[str, int]:
    """Lock everything that a reversal may post on; answers the available balances."""
    builders = (postings.pending, postings.available, postings.receivable, postings.points)
    found = ledger.lock([build(p) for p in promoters for build in builders], currency)
    return {p: found[postings.available(p)] for p in promoters}
