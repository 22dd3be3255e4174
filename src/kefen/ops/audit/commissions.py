"""Every commission recomputed from its order's snapshot and the history before it; what matured;
pending balances; points."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kefen.core import points as core_points
from kefen.core.commission import Priced, price_line
from kefen.core.periods import period_of
from kefen.core.refunds import remaining
from kefen.core.terms import PointsTerms, Rule, Tiered, TierMetric
from kefen.ops.audit.books import SUMS, rows
from kefen.ops.audit.finding import Finding
from kefen.platform.tenancy.queries import current
from kefen.programmes import queries as programmes

# Bookings and refunds in the order in which they happened: ids are UUIDv7.
_BOOKED_LINES = """
SELECT o.id, o.number, o.paid_at, l.id, l.number, l.list_price, l.quantity, l.paid,
       a.winner_id, a.inviter_id, a.rule_id, a.version_id, a.cap_bps, a.hold_days,
       c1.id, c1.booked, c1.reversed, c1.state, c1.tier_figure, c1.promoter_id, c1.available_at,
       c2.id, c2.booked, c2.reversed, c2.state, c2.promoter_id, l.refunded
  FROM orders_order o
  JOIN orders_line l ON l.institution_id = o.institution_id AND l.order_id = o.id
  JOIN referrals_attribution a ON a.institution_id = l.institution_id AND a.id = l.attribution_id
  LEFT JOIN commissions_commission c1
    ON c1.institution_id = l.institution_id AND c1.line_id = l.id AND c1.level = 1
  LEFT JOIN commissions_commission c2
    ON c2.institution_id = l.institution_id AND c2.line_id = l.id AND c2.level = 2
 WHERE o.institution_id = %(institution)s AND o.state = 'paid'
 ORDER BY least(c1.id, c2.id) NULLS LAST, o.id, l.number
"""
_REFUND_LINES = """
SELECT id, line_id, amount FROM orders_refundline
 WHERE institution_id = %(institution)s ORDER BY id
"""


@dataclass(slots=True)
class _Climb:
    """One line that counts on a ladder: what was paid for it, and its refunds by their ids."""

    order: UUID
    paid: int
    booked_at: datetime
    refunds: list[tuple[UUID, int]] = field(default_factory=list)

    def left_before(self, instant: UUID) -> int:
        """What was left of the line when the booking with this id happened."""
        return self.paid - sum(amount for at, amount in self.refunds if at < instant)


def recomputed() -> Iterator[Finding]:
    """Each line's two levels, its ladder figure and its reversals are what core computes."""
    zone, rules = current().zone, _rules()
    refunds: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for refund_id, line_id, amount in rows(_REFUND_LINES):
        refunds[line_id].append((refund_id, amount))
    ladders: dict[tuple[UUID, str], list[_Climb]] = defaultdict(list)
    waiting: list[tuple[tuple[UUID, str], _Climb]] = []
    order_before: UUID | None = None
    for row in rows(_BOOKED_LINES):
        order, number, paid_at, line_id, line = row[0], row[1], row[2], row[3], row[4]
        if order != order_before:
            # Lines of one order share a figure: they count only from the next order on.
            for key, climb in waiting:
                ladders[key].append(climb)
            waiting, order_before = [], order
        rule = rules.get(row[10])
        figure = None
        # Level 2 may be booked where level 1 came to nothing; both happened in one booking.
        booking = row[14] or row[21]
        if rule is not None and isinstance(rule.level1, Tiered) and booking is not None:
            period = period_of(rule.level1.period, paid_at, zone)
            earlier = [
                climb
                for climb in ladders[row[8], rule.key]
                # Booked at once, lines of several orders may stand between each other.
                if climb.booked_at in period and climb.order != order
            ]
            figure = _figure(rule.level1, earlier, booking)
        yield from _levels(f"{number}/{line}", row, rule, figure)
        if rule is not None and row[15] is not None:
            climb = _Climb(order, row[7], paid_at, refunds.get(line_id, []))
            waiting.append(((row[8], rule.key), climb))


def _figure(ladder: Tiered, earlier: list[_Climb], booking: UUID) -> int:
    left = [(climb.order, climb.left_before(booking)) for climb in earlier]
    if ladder.metric is TierMetric.SALES:
        return sum(amount for _, amount in left)
    return 1 + len({order for order, amount in left if amount > 0})


def _levels(
    subject: str, row: tuple[Any, ...], rule: Rule | None, figure: int | None
) -> Iterator[Finding]:
    priced = Priced(0, None, 0, 0, 0, 0)
    if rule is not None and (figure is not None or not isinstance(rule.level1, Tiered)):
        priced = price_line(
            rule=rule,
            list_price=row[5],
            quantity=row[6],
            paid=row[7],
            figure=figure,
            cap_bps=row[12],
            pays_level2=row[9] is not None,
        )
    levels = (
        (1, priced.level1, row[14:18], row[8], row[19]),
        (2, priced.level2, row[21:25], row[9], row[25]),
    )
    for level, expected, (_, booked, reversed_, state), person, promoter in levels:
        name = f"{subject} level {level}"
        if expected != (booked or 0):
            yield Finding("commission", name, str(expected), str(booked))
        if booked is None:
            continue
        if person != promoter:
            yield Finding("commission's promoter", name, str(person), str(promoter))
        back = booked if state == "rejected" else booked - remaining(booked, row[7], row[26])
        if back != reversed_:
            yield Finding("commission reversed", name, str(back), str(reversed_))
    if row[14] is not None and figure != row[18]:
        yield Finding("ladder figure", subject, str(figure), str(row[18]))


def _rules() -> dict[UUID, Rule]:
    found: dict[UUID, Rule] = {}
    for version in programmes.schedule().versions:
        by_key = {rule.key: rule for rule in version.terms.rules}
        found.update({stored: by_key[key] for key, stored in version.rule_ids.items()})
    return found


def matured() -> Iterator[Finding]:
    """A commission is available exactly if its maturing was posted."""
    for number, line, level, state, posted in rows("""
        SELECT o.number, l.number, c.level, c.state, t.id IS NOT NULL
          FROM commissions_commission c
          JOIN orders_order o ON o.institution_id = c.institution_id AND o.id = c.order_id
          JOIN orders_line l ON l.institution_id = c.institution_id AND l.id = c.line_id
          LEFT JOIN ledger_transfer t ON t.institution_id = c.institution_id
           AND t.key = 'commission:' || o.number || ':' || l.number || ':' || c.level || ':matured'
         WHERE c.institution_id = %(institution)s AND c.state <> 'rejected'
           AND (c.state = 'available') <> (t.id IS NOT NULL)
    """):
        subject = f"{number}/{line} level {level}"
        yield Finding("maturing", subject, f"posted only if available, it is {state}", str(posted))


def pending_balances() -> Iterator[Finding]:
    """A promoter's pending account is what remains of his pending and held commissions."""
    for code, expected, found in rows(f"""
        SELECT a.code, coalesce(c.remaining, 0), coalesce(s.balance, 0)
          FROM ledger_account a
          LEFT JOIN ({SUMS}) s ON s.account_id = a.id
          LEFT JOIN (SELECT p.code, sum(c.booked - c.reversed)::bigint AS remaining
                       FROM commissions_commission c
                       JOIN promoters_promoter p
                         ON p.institution_id = c.institution_id AND p.id = c.promoter_id
                      WHERE c.institution_id = %(institution)s AND c.state IN ('pending', 'held')
                      GROUP BY p.code) c ON a.code = 'promoter:' || c.code || ':pending'
         WHERE a.institution_id = %(institution)s AND a.code ~ '^promoter:.*:pending$'
           AND coalesce(c.remaining, 0) <> coalesce(s.balance, 0)
    """):
        yield Finding("pending", code, str(expected), str(found))


def points() -> Iterator[Finding]:
    """Each grant is what its order is worth by what is left of it; a points balance is the sum."""
    sums: dict[str, int] = defaultdict(int)
    for number, promoter, earned, left, paid, refunded, per_order, per_yuan in rows("""
        SELECT o.number, p.code, g.earned, g.remaining, sum(l.paid)::bigint,
               sum(l.refunded)::bigint, max(a.points_per_order), max(a.points_per_yuan)
          FROM commissions_pointsgrant g
          JOIN orders_order o ON o.institution_id = g.institution_id AND o.id = g.order_id
          JOIN promoters_promoter p ON p.institution_id = g.institution_id AND p.id = g.promoter_id
          JOIN orders_line l ON l.institution_id = g.institution_id
           AND l.order_id = g.order_id AND l.winner_id = g.promoter_id
          JOIN referrals_attribution a
            ON a.institution_id = g.institution_id AND a.id = l.attribution_id
         WHERE g.institution_id = %(institution)s
         GROUP BY g.id, o.number, p.code, g.earned, g.remaining
    """):
        wanted = core_points.earned(paid, PointsTerms(per_order, per_yuan))
        rest = core_points.remaining(wanted, paid, refunded)
        sums[promoter] += rest
        if (wanted, rest) != (earned, left):
            yield Finding("points", f"{number} {promoter}", f"{rest}/{wanted}", f"{left}/{earned}")
    for code, balance in rows(f"""
        SELECT a.code, s.balance FROM ledger_account a JOIN ({SUMS}) s ON s.account_id = a.id
         WHERE a.institution_id = %(institution)s AND a.code ~ '^promoter:.*:points$'
    """):
        expected = sums[code.split(":")[1]]
        if expected != balance:
            yield Finding("points", code, str(expected), str(balance))
