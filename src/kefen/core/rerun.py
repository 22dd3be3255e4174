"""Recorded orders priced once more by other terms, in the order in which they were booked.

The same functions as at booking decide: `check_at_placing`, `choose`, `price_line`. What only
exists here is the memory of ladders, which booking keeps in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from uuid import UUID
from zoneinfo import ZoneInfo

from kefen.core.commission import Priced, figure_after, price_line
from kefen.core.compliance import CourseFact, check_at_placing
from kefen.core.periods import Period, period_of
from kefen.core.rules import choose
from kefen.core.terms import PlatformLimits, PromoterKind, Rule, Terms, Tiered, TierMetric


@dataclass(frozen=True, slots=True)
class Returned:
    """Money of a line that went back; `booked` (a rising id) says before which bookings."""

    booked: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Credited:
    """Whom a line is credited to: his kind and group then, and who earns level 2 if it is paid."""

    promoter: str
    kind: PromoterKind
    group: str | None
    inviter: str | None


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a paid order; `booked` (a rising id) orders bookings and refunds."""

    order: UUID
    booked: UUID
    placed_at: datetime
    paid_at: datetime
    course: CourseFact
    list_price: int
    quantity: int
    paid: int
    returned: tuple[Returned, ...] = ()


@dataclass(slots=True)
class Climb:
    """How far a promoter is on one ladder in one period."""

    _left: dict[UUID, int] = field(default_factory=dict)
    _orders: int = 0
    _sales: int = 0
    _due: list[tuple[UUID, UUID, int]] = field(default_factory=list)

    def add(self, line: SoldLine) -> None:
        """A line was booked with a commission by this ladder's key."""
        self._change(line.order, line.paid)
        for back in line.returned:
            heappush(self._due, (back.booked, line.order, back.amount))

    def figure(self, metric: TierMetric, booked: UUID) -> int:
        """The figure for an order booked at `booked`: refunds booked later do not count yet."""
        while self._due and self._due[0][0] < booked:
            _, order, amount = heappop(self._due)
            self._change(order, -amount)
        return figure_after(metric, orders=self._orders, sales=self._sales)

    def _change(self, order: UUID, amount: int) -> None:
        before = self._left.get(order, 0)
        after = self._left[order] = before + amount
        self._sales += amount
        self._orders += (after > 0) - (before > 0)


class Rerun:
    """Terms that recorded orders are priced by, one order after the other."""

    def __init__(self, terms: Terms, limits: PlatformLimits, zone: ZoneInfo) -> None:
        self._terms, self._limits, self._zone = terms, limits, zone
        self._ladders = {
            rule.key: rule.level1 for rule in terms.rules if isinstance(rule.level1, Tiered)
        }
        self._climbs: dict[tuple[str, str, Period], Climb] = {}

    def remember(self, line: SoldLine, promoter: str, key: str) -> None:
        """A line that keeps its own version: it only counts on the ladder of its rule's key."""
        if key in self._ladders:
            self._climb(promoter, key, line.paid_at).add(line)

    def price(self, lines: Sequence[tuple[SoldLine, Credited]]) -> list[Priced | None]:
        """Price the credited lines of one order; None where no rule fits. All lines that climb
        the same ladder share one figure (`§3.2`)."""
        priced: list[Priced | None] = []
        climbed: list[tuple[SoldLine, Credited, str]] = []
        for line, credited in lines:
            rule = self._rule(line, credited)
            found = None if rule is None else self._price(line, credited, rule)
            priced.append(found)
            if rule is not None and found is not None and found.level1 > 0:
                climbed.append((line, credited, rule.key))
        for line, credited, key in climbed:
            self.remember(line, credited.promoter, key)
        return priced

    def _rule(self, line: SoldLine, credited: Credited) -> Rule | None:
        return choose(
            self._terms.rules,
            promoter=credited.promoter,
            kind=credited.kind,
            group=credited.group,
            course=line.course.code,
            category=line.course.category,
            at=line.placed_at,
        )

    def _price(self, line: SoldLine, credited: Credited, rule: Rule) -> Priced:
        placing = check_at_placing(self._terms, self._limits, line.course)
        figure = None
        if isinstance(rule.level1, Tiered):
            climb = self._climb(credited.promoter, rule.key, line.paid_at)
            figure = climb.figure(rule.level1.metric, line.booked)
        return price_line(
            rule=rule,
            list_price=line.list_price,
            quantity=line.quantity,
            paid=line.paid,
            figure=figure,
            cap_bps=placing.cap_bps,
            pays_level2=placing.pays_level2 and credited.inviter is not None,
        )

    def _climb(self, promoter: str, key: str, at: datetime) -> Climb:
        period = period_of(self._ladders[key].period, at, self._zone)
        return self._climbs.setdefault((promoter, key, period), Climb())
