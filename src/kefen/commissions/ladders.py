"""The figures of tiered rules: how many orders, or how much sales, a promoter had in a period
when a new order is booked (domain.md §3.2)."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from kefen.core.commission import figure_after
from kefen.core.periods import Period, PeriodKind, period_of
from kefen.core.terms import Tiered
from kefen.platform.tenancy.scope import institution_id

# Orders that earned by a rule key in a period, of which something is left, and what is left.
_READ = """
SELECT w.place, count(DISTINCT c.order_id), coalesce(sum(l.paid - l.refunded), 0)::bigint
  FROM unnest(%(promoters)s::uuid[], %(keys)s::text[],
              %(starts)s::timestamptz[], %(ends)s::timestamptz[])
       WITH ORDINALITY AS w(promoter_id, rule_key, starts_at, ends_at, place)
  JOIN commissions_commission c
    ON c.institution_id = %(institution)s AND c.promoter_id = w.promoter_id
   AND c.rule_key = w.rule_key AND c.level = 1
   AND c.booked_at >= w.starts_at AND (w.ends_at IS NULL OR c.booked_at < w.ends_at)
  JOIN orders_line l
    ON l.institution_id = %(institution)s AND l.id = c.line_id AND l.refunded < l.paid
 GROUP BY w.place
"""


@dataclass(slots=True)
class _Figure:
    orders: int = 0
    sales: int = 0
    added: set[UUID] = field(default_factory=set)


class Ladders:
    """Counters of one batch: read once from the database, then kept up as the batch books."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._figures: dict[tuple[UUID, str], dict[Period, _Figure]] = {}

    def want(self, promoter: UUID, key: str, kind: PeriodKind, at: datetime) -> None:
        """Ask for the figure of a promoter, a rule key and the period of `at`."""
        period = period_of(kind, at, self._zone)
        self._figures.setdefault((promoter, key), {}).setdefault(period, _Figure())

    def read(self) -> None:
        """Read everything that was asked for."""
        wanted = [
            (promoter, key, period, figure)
            for (promoter, key), periods in self._figures.items()
            for period, figure in periods.items()
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                _READ,
                {
                    "institution": institution_id(),
                    "promoters": [row[0] for row in wanted],
                    "keys": [row[1] for row in wanted],
                    "starts": [row[2].start for row in wanted],
                    "ends": [row[2].end for row in wanted],
                },
            )
            for place, orders, sales in cursor.fetchall():
                figure = wanted[place - 1][3]
                figure.orders, figure.sales = orders, sales

    def figure(self, promoter: UUID, key: str, ladder: Tiered, at: datetime) -> int:
        """`n` (1 + earlier orders) or the sum of sales so far, as the ladder's metric says."""
        found = self._figures[promoter, key][period_of(ladder.period, at, self._zone)]
        return figure_after(ladder.metric, orders=found.orders, sales=found.sales)

    def add(self, promoter: UUID, key: str, at: datetime, order: UUID, paid: int) -> None:
        """A line was booked by this key: it counts for the orders after this one."""
        for period, figure in self._figures.get((promoter, key), {}).items():
            if at in period:
                figure.sales += paid
                if order not in figure.added:
                    figure.added.add(order)
                    figure.orders += 1
