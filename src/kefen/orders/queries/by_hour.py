"""What was paid when: sums by day, and by hour of the week, of the institution's calendar."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id


@dataclass(frozen=True, slots=True)
class PaidDay:
    """A day on which something was paid; sales are what was paid minus what went back of it
    since."""

    on: date
    sales: int
    orders: int


@dataclass(frozen=True, slots=True)
class PaidSums:
    """What was paid in some time: by day, and how many orders by weekday (Monday is 0) and hour."""

    days: tuple[PaidDay, ...] = ()
    week: tuple[tuple[int, int, int], ...] = ()

    @property
    def sales(self) -> int:
        """Of all days."""
        return sum(day.sales for day in self.days)

    @property
    def orders(self) -> int:
        """Of all days."""
        return sum(day.orders for day in self.days)


# Orders are put into quarters of an hour first, in which every zone's hours and days begin: the
# calendar is asked once for each of these, not once for each order. Few orders give something
# back; the rest is read from one index.
_SUMS: Final = """
WITH paid AS (
  SELECT date_bin('15 minutes', o.paid_at, 'epoch') AS quarter, sum(o.total) AS total,
         count(*) AS orders
    FROM orders_order o
   WHERE o.institution_id = %(institution)s AND o.paid_at >= %(since)s AND o.paid_at < %(until)s
   GROUP BY 1
), back AS (
  SELECT date_bin('15 minutes', o.paid_at, 'epoch') AS quarter, sum(l.refunded) AS refunded
    FROM orders_line l
    JOIN orders_order o ON o.institution_id = %(institution)s AND o.id = l.order_id
   WHERE l.institution_id = %(institution)s AND l.refunded > 0
     AND o.paid_at >= %(since)s AND o.paid_at < %(until)s
   GROUP BY 1
), local AS (
  SELECT p.quarter AT TIME ZONE %(zone)s AS at, p.total - coalesce(b.refunded, 0) AS sales, p.orders
    FROM paid p LEFT JOIN back b ON b.quarter = p.quarter
)
SELECT l.at::date, extract(isodow FROM l.at)::int - 1, extract(hour FROM l.at)::int,
       sum(l.sales)::bigint, sum(l.orders)::bigint
  FROM local l
 GROUP BY GROUPING SETS ((1), (2, 3))
 ORDER BY 1, 2, 3
"""
_TOTAL: Final = """
SELECT (sum(o.total) - coalesce((
         SELECT sum(l.refunded) FROM orders_line l
           JOIN orders_order b ON b.institution_id = %(institution)s AND b.id = l.order_id
          WHERE l.institution_id = %(institution)s AND l.refunded > 0
            AND b.paid_at >= %(since)s AND b.paid_at < %(until)s), 0))::bigint, count(*)
  FROM orders_order o
 WHERE o.institution_id = %(institution)s AND o.paid_at >= %(since)s AND o.paid_at < %(until)s
"""


def paid_sums(since: datetime, until: datetime) -> PaidSums:
    """What was paid in [since, until), of days on which something was; one query."""
    days, week = list[PaidDay](), list[tuple[int, int, int]]()
    for on, weekday, hour, sales, orders in _read(_SUMS, since, until):
        if on is None:
            week.append((weekday, hour, orders))
        else:
            days.append(PaidDay(on, sales, orders))
    return PaidSums(tuple(days), tuple(week))


def paid_total(since: datetime, until: datetime) -> tuple[int, int]:
    """Sales and orders of [since, until); one query."""
    ((sales, orders),) = _read(_TOTAL, since, until)
    return sales or 0, orders


def _read(statement: str, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    parameters: dict[str, Any] = {
        "institution": institution_id(),
        "zone": current().zone.key,
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
