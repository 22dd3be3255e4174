"""Paid orders as they were recorded, in the order in which they were booked, read in batches: what
a rerun under other terms needs to know of them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kefen.core.attribution import Binding, Touch, Verdict
from kefen.core.compliance import CourseFact
from kefen.core.rerun import Returned, SoldLine
from kefen.platform.tenancy.scope import institution_id

BATCH = 1000

# The transfer of a payment is made at its booking, so that its rising id tells the order of
# bookings; an order for nothing has none, and earns nothing.
_ORDERS = """
SELECT o.id, coalesce(t.id, o.id)
  FROM orders_order o
  LEFT JOIN ledger_transfer t
    ON t.institution_id = o.institution_id AND t.key = 'order:' || o.number || ':paid'
 WHERE o.institution_id = %(institution)s AND o.state = 'paid'
   AND (o.paid_at >= %(paid_since)s OR o.placed_at >= %(placed_since)s)
 ORDER BY t.id NULLS FIRST, o.id
"""
_LINES = """
SELECT l.order_id, o.placed_at, o.paid_at, l.id, l.list_price, l.quantity, l.paid,
       c.code, c.category, c.promotable, c.for_minors,
       a.version_id, a.student_id, a.winner_id, a."group", a.inviter_id, a.evidence,
       b.promoter_id, b.starts_at, b.ends_at,
       coalesce(k1.booked, 0), k1.rule_key, coalesce(k2.booked, 0)
  FROM orders_line l
  JOIN orders_order o ON o.institution_id = %(institution)s AND o.id = l.order_id
  JOIN catalog_course c ON c.institution_id = %(institution)s AND c.id = l.course_id
  JOIN referrals_attribution a ON a.institution_id = %(institution)s AND a.id = l.attribution_id
  LEFT JOIN referrals_binding b
    ON b.institution_id = %(institution)s AND b.id = a.binding_id
  LEFT JOIN commissions_commission k1
    ON k1.institution_id = %(institution)s AND k1.line_id = l.id AND k1.level = 1
  LEFT JOIN commissions_commission k2
    ON k2.institution_id = %(institution)s AND k2.line_id = l.id AND k2.level = 2
 WHERE l.institution_id = %(institution)s AND l.order_id = ANY(%(orders)s)
 ORDER BY l.order_id, l.number
"""
_RETURNED = """
SELECT rl.line_id, rl.id, rl.amount
  FROM orders_refund r
  JOIN orders_refundline rl ON rl.institution_id = %(institution)s AND rl.refund_id = r.id
 WHERE r.institution_id = %(institution)s AND r.order_id = ANY(%(orders)s)
"""
_TOUCHED = """
SELECT t.id, c.code FROM referrals_touch t
  JOIN catalog_course c ON c.institution_id = %(institution)s AND c.id = t.course_id
 WHERE t.institution_id = %(institution)s AND t.id = ANY(%(touches)s)
"""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A touch as it was weighed when the order was placed."""

    id: UUID
    touch: Touch
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """A line, its attribution snapshot, and what was booked for it (minor units)."""

    sold: SoldLine
    version_id: UUID | None
    student_id: UUID
    winner_id: UUID | None
    group: str | None
    inviter_id: UUID | None
    evidence: tuple[Weighed, ...]
    bound_to: UUID | None
    bound: tuple[datetime, datetime] | None
    booked1: int
    rule_key: str | None
    booked2: int

    def binding(self, promoter: str) -> Binding | None:
        """The reservation that decided, if one did, for a promoter's code."""
        return None if self.bound is None else Binding(promoter, *self.bound)


def bookings(paid_since: datetime, placed_since: datetime) -> list[tuple[UUID, UUID]]:
    """(order, booking) of everything paid or placed since these instants, in order of booking."""
    return [
        (order, booked)
        for order, booked in _rows(_ORDERS, paid_since=paid_since, placed_since=placed_since)
    ]


def in_batches(found: Sequence[tuple[UUID, UUID]]) -> Iterator[list[list[RecordedLine]]]:
    """The lines of these orders, order by order, a batch at a time."""
    for start in range(0, len(found), BATCH):
        piece = found[start : start + BATCH]
        booked = dict(piece)
        lines = _lines(booked)
        yield [lines.get(order, []) for order, _ in piece]


def courses_of_touches(ids: Sequence[UUID]) -> dict[UUID, str]:
    """The course that each touch's link was for; a link for the whole school is left out."""
    return dict(_rows(_TOUCHED, touches=list(ids))) if ids else {}


def _lines(booked: dict[UUID, UUID]) -> dict[UUID, list[RecordedLine]]:
    orders = list(booked)
    returned: dict[UUID, list[Returned]] = {}
    for line, key, amount in _rows(_RETURNED, orders=orders):
        returned.setdefault(line, []).append(Returned(key, amount))
    lines: dict[UUID, list[RecordedLine]] = {}
    for row in _rows(_LINES, orders=orders):
        back = tuple(returned.get(row[3], ()))
        lines.setdefault(row[0], []).append(_line(row, booked[row[0]], back))
    return lines


def _line(row: Any, booked: UUID, returned: tuple[Returned, ...]) -> RecordedLine:
    order, placed_at, paid_at, _, list_price, quantity, paid = row[:7]
    code, category, promotable, minors = row[7:11]
    version, student, winner, group, inviter, evidence = row[11:17]
    bound_to, bound_from, bound_until, booked1, rule_key, booked2 = row[17:]
    course = CourseFact(code, category, list_price, promotable, minors)
    sold = SoldLine(order, booked, placed_at, paid_at, course, list_price, quantity, paid, returned)
    touches = json.loads(evidence) if isinstance(evidence, str) else evidence
    return RecordedLine(
        sold=sold,
        version_id=version,
        student_id=student,
        winner_id=winner,
        group=group,
        inviter_id=inviter,
        evidence=tuple(_weighed(one) for one in touches),
        bound_to=bound_to,
        bound=None if bound_to is None else (bound_from, bound_until),
        booked1=booked1,
        rule_key=rule_key,
        booked2=booked2,
    )


def _weighed(one: dict[str, str]) -> Weighed:
    touch = Touch(one["promoter"], datetime.fromisoformat(one["at"]))
    return Weighed(UUID(one["touch"]), touch, Verdict(one["verdict"]))


def _rows(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"institution": institution_id(), **parameters})
        return list(cursor.fetchall())
