"""Who would get what for one sale, and when: the questions of booking, asked of terms that need
not be published (`domain.md §3`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kefen.core import points
from kefen.core.commission import Priced, available_at, figure_after, price_line
from kefen.core.compliance import CourseFact, Placing, check_at_placing
from kefen.core.rules import choose
from kefen.core.terms import PlatformLimits, PromoterKind, Rule, Terms, Tiered


@dataclass(frozen=True, slots=True)
class Supposed:
    """A sale that nobody made: `course` bought once for `paid`, at `at`, through a promoter.

    `promoter` is empty for anybody of this `kind` and `group`; `has_inviter` says that somebody
    who may earn level 2 invited him; `orders` and `sales` are what he has in the period so far.
    """

    course: CourseFact
    paid: int
    at: datetime
    kind: PromoterKind
    promoter: str = ""
    group: str | None = None
    has_inviter: bool = False
    orders: int = 0
    sales: int = 0


@dataclass(frozen=True, slots=True)
class Simulation:
    """What terms say of a supposed sale; `rule` is None where none fits, and then nobody earns.

    `points` are those of the promoter, from the same instant on as the money.
    """

    rule: Rule | None
    priced: Priced | None
    placing: Placing
    available_at: datetime
    points: int


def simulate(terms: Terms, limits: PlatformLimits, sale: Supposed) -> Simulation:
    """Price a supposed sale as if `terms` were in force at its instant."""
    placing = check_at_placing(terms, limits, sale.course)
    rule = None
    if placing.promotable:
        rule = choose(
            terms.rules,
            promoter=sale.promoter,
            kind=sale.kind,
            group=sale.group,
            course=sale.course.code,
            category=sale.course.category,
            at=sale.at,
        )
    due = available_at(sale.at, placing.hold_days)
    if rule is None:
        return Simulation(None, None, placing, due, 0)
    figure = None
    if isinstance(rule.level1, Tiered):
        figure = figure_after(rule.level1.metric, orders=sale.orders, sales=sale.sales)
    priced = price_line(
        rule=rule,
        list_price=sale.course.list_price,
        quantity=1,
        paid=sale.paid,
        figure=figure,
        cap_bps=placing.cap_bps,
        pays_level2=placing.pays_level2 and sale.has_inviter,
    )
    earned = points.earned(sale.paid, terms.points) if priced.level1 > 0 else 0
    return Simulation(rule, priced, placing, due, earned)
