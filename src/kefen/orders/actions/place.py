"""Placing orders, one or a thousand at a time; attribution is decided here and now."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from kefen.catalog import queries as catalog
from kefen.catalog.contracts import CourseRecord
from kefen.core.errors import (
    DomainError,
    InstitutionPaused,
    InvalidInput,
    NumberConflict,
    UnknownCourse,
)
from kefen.core.ids import is_code, uuid7
from kefen.core.states import OrderState
from kefen.orders.contracts import PlacedOrder, PlaceOrder
from kefen.orders.models import Line, Order
from kefen.platform.identity.actions import ensure_accounts
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.queries import check_open, current
from kefen.platform.tenancy.scope import institution_id
from kefen.promoters import queries as promoters
from kefen.promoters.contracts import PromoterRecord
from kefen.referrals.actions import attribute
from kefen.referrals.contracts import LineAttribution, Purchase

_ATTEMPTS = 3
_ORDER = (
    *("id", "number", "student_id", "state", "currency", "total", "digest", "is_promoted"),
    "placed_at",
)
_LINE = (
    "id",
    "order_id",
    "number",
    "course_id",
    "quantity",
    "list_price",
    "paid",
    "attribution_id",
    "winner_id",
    "refund_days",
)


def place_one(request: PlaceOrder) -> PlacedOrder:
    """Place one order; raises what `place` answers."""
    (answer,) = place([request])
    if isinstance(answer, DomainError):
        raise answer
    return answer


def place(requests: Sequence[PlaceOrder]) -> list[PlacedOrder | DomainError]:
    """Place orders in order of arrival; answers each with the order or why it was refused.

    NumberConflict: the number is used with other content (same content: the order as it is);
    UnknownCourse; InvalidInput; InstitutionPaused. A refused order leaves nothing behind, its
    number is free.
    """
    for _ in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return _Placing(requests).run()
        except IntegrityError as error:
            # The same number was placed at this moment by somebody else: look again.
            diagnosis = getattr(error.__cause__, "diag", None)
            if getattr(diagnosis, "constraint_name", "") != "order_number":
                raise
    raise NumberConflict(number=", ".join(request.number for request in requests))


@dataclass(slots=True)
class _Known:
    """An order that has its number already, in the database or earlier in the batch."""

    id: UUID
    digest: bytes
    total: int


class _Placing:
    """One batch on its way: what it knows, what it accepts, what it answers."""

    def __init__(self, requests: Sequence[PlaceOrder]) -> None:
        self.requests = requests
        self.known = _known_orders([request.number for request in requests])
        self.courses = catalog.by_codes(
            line.course for request in requests for line in request.lines
        )
        typed = {request.code for request in requests if request.code is not None}
        self.typed: dict[str, PromoterRecord] = promoters.by_codes(typed) if typed else {}
        self.paused = _paused()
        self.answers: list[PlacedOrder | DomainError | None] = []
        self.accepted: list[tuple[PlaceOrder, UUID, bytes]] = []

    def run(self) -> list[PlacedOrder | DomainError]:
        self.answers = [self._answer(request) for request in self.requests]
        if self.accepted:
            students = ensure_accounts(request.student for request, _, _ in self.accepted)
            attributed = attribute([self._purchase(r, students) for r, _, _ in self.accepted])
            self._write(students, attributed)
        return [answer for answer in self.answers if answer is not None]

    def _answer(self, request: PlaceOrder) -> PlacedOrder | DomainError:
        digest = digest_of(request)
        known = self.known.get(request.number)
        if known is not None:
            if known.digest != digest:
                return NumberConflict(number=request.number)
            return PlacedOrder(known.id, request.number, known.total, is_new=False)
        refusal = _check(request, self.courses, self.paused)
        if refusal is not None:
            return refusal
        key, total = uuid7(), sum(line.paid for line in request.lines)
        self.known[request.number] = _Known(key, digest, total)
        self.accepted.append((request, key, digest))
        ignored = request.code is not None and request.code not in self.typed
        return PlacedOrder(key, request.number, total, is_new=True, code_ignored=ignored)

    def _purchase(self, request: PlaceOrder, students: dict[str, UUID]) -> Purchase:
        lines = sorted(request.lines, key=lambda line: line.number)
        return Purchase(
            student_id=students[request.student],
            at=request.at,
            courses=[self.courses[line.course].at(request.at) for line in lines],
            typed=None if request.code is None else self.typed.get(request.code),
            visitors=tuple(request.visitors),
            signed_in=request.signed_in,
            typed_once=request.code_once,
        )

    def _write(self, students: dict[str, UUID], attributed: list[list[LineAttribution]]) -> None:
        currency = current().currency
        orders, rows = [], list[tuple[Any, ...]]()
        for (request, key, digest), decided in zip(self.accepted, attributed, strict=True):
            total = sum(line.paid for line in request.lines)
            student, state = students[request.student], OrderState.PLACED.value
            promoted = any(one.winner_id is not None for one in decided)
            head = (key, request.number, student, state, currency, total, digest)
            orders.append((*head, promoted, request.at))
            lines = sorted(request.lines, key=lambda line: line.number)
            for line, attribution in zip(lines, decided, strict=True):
                course = self.courses[line.course].at(request.at)
                what = (uuid7(), key, line.number, course.id, line.quantity, course.list_price)
                terms = (attribution.winner_id, course.refund_days)
                rows.append((*what, line.paid, attribution.id, *terms))
        # By number, the one order: two batches with the same orders wait, but not for each other.
        insert_rows(Order, _ORDER, sorted(orders, key=lambda row: row[1]))
        insert_rows(Line, _LINE, rows)


def _check(
    request: PlaceOrder, courses: dict[str, CourseRecord], paused: DomainError | None
) -> DomainError | None:
    if paused is not None:
        return paused
    if not is_code(request.number):
        return InvalidInput(field="order", reason="use 1 to 64 of A-Z a-z 0-9 . _ -")
    numbers = [line.number for line in request.lines]
    if not numbers or len(set(numbers)) < len(numbers):
        return InvalidInput(field="lines", reason="an order has lines with numbers of their own")
    for line in request.lines:
        if line.course not in courses:
            return UnknownCourse(course=line.course)
        if line.quantity < 1 or line.paid < 0:
            return InvalidInput(field="lines", reason="quantity is at least 1 and paid at least 0")
    return None


def _paused() -> DomainError | None:
    """Why no new order is placed here at all; those that are there already answer as they did."""
    try:
        check_open()
    except InstitutionPaused as refusal:
        return refusal
    return None


def digest_of(request: PlaceOrder) -> bytes:
    """What makes two deliveries of one order the same: everything except the instant and the
    order of the lines (replay.md)."""
    lines = sorted([line.number, line.course, line.quantity, line.paid] for line in request.lines)
    content = json.dumps([request.student, request.code, lines], separators=(",", ":"))
    return hashlib.sha256(content.encode()).digest()


def _known_orders(numbers: list[str]) -> dict[str, _Known]:
    with connection.cursor() as cursor:
        cursor.execute(
            # One look-up by key for each, also where the table was empty when it was planned.
            "SELECT o.number, o.id, o.digest, o.total FROM unnest(%s::text[]) AS n(number)"
            " CROSS JOIN LATERAL (SELECT o.number, o.id, o.digest, o.total FROM orders_order o"
            " WHERE o.institution_id = %s AND o.number = n.number OFFSET 0) AS o",
            [numbers, institution_id()],
        )
        return {
            number: _Known(key, bytes(digest), total)
            for number, key, digest, total in cursor.fetchall()
        }
