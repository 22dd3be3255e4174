"""Sums over the commissions of some time: for the overview, by day, by promoter."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Sum

from kefen.commissions.models import Commission
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id

# By quarters of an hour first, in which every zone's days begin: the calendar is asked once for
# each of these, not once for each row.
_BY_DAY = """
SELECT (q.quarter AT TIME ZONE %(zone)s)::date, sum(q.amount)::bigint
  FROM (SELECT date_bin('15 minutes', c.booked_at, 'epoch') AS quarter,
               sum(c.booked - c.reversed) AS amount
          FROM commissions_commission c
         WHERE c.institution_id = %(institution)s AND c.booked_at >= %(since)s
           AND (%(until)s::timestamptz IS NULL OR c.booked_at < %(until)s) {whose}
         GROUP BY 1) AS q
 GROUP BY 1
"""
# The orders of those few alone are counted.
_RANKING = """
WITH best AS (
  SELECT c.promoter_id, sum(c.booked - c.reversed)::bigint AS amount
    FROM commissions_commission c
   WHERE c.institution_id = %(institution)s
     AND c.booked_at >= %(since)s AND c.booked_at < %(until)s
   GROUP BY 1 HAVING sum(c.booked - c.reversed) > 0
   ORDER BY 2 DESC, 1 LIMIT %(limit)s
)
SELECT b.promoter_id, b.amount, (
         SELECT count(*) FROM (
                SELECT DISTINCT c.order_id FROM commissions_commission c
                 WHERE c.institution_id = %(institution)s AND c.promoter_id = b.promoter_id
                   AND c.level = 1 AND c.booked_at >= %(since)s AND c.booked_at < %(until)s) AS o)
  FROM best b ORDER BY b.amount DESC, b.promoter_id
"""
_LEFT_IN = """
SELECT coalesce(sum(booked - reversed), 0)::bigint FROM commissions_commission
 WHERE institution_id = %(institution)s AND booked_at >= %(since)s AND booked_at < %(until)s
"""
# Two indexes of what is not settled, however much there is beside it.
_EXPECTED = """
SELECT ((SELECT coalesce(sum(booked - reversed), 0) FROM commissions_commission
          WHERE institution_id = %(institution)s AND state = 'pending' AND reversed < booked)
      + (SELECT coalesce(sum(booked - reversed), 0) FROM commissions_commission
          WHERE institution_id = %(institution)s AND state = 'held'))::bigint
"""
_SETTLED = """
SELECT count(*) FROM (
  SELECT DISTINCT c.order_id FROM commissions_commission c
   WHERE c.institution_id = %(institution)s AND c.state = 'available' AND c.reversed < c.booked
     AND c.placed_at >= %(since)s AND c.placed_at < %(until)s) AS o
"""


def by_day(
    since: datetime, *, until: datetime | None = None, promoter_id: UUID | None = None
) -> dict[date, int]:
    """What is left of the commissions booked since an instant, or in [since, until), by day of the
    institution's calendar; of everybody or of one promoter."""
    whose = "" if promoter_id is None else "AND c.promoter_id = %(promoter)s"
    parameters: dict[str, Any] = {
        "institution": institution_id(),
        "zone": current().zone.key,
        "since": since,
        "until": until,
        "promoter": promoter_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY.format(whose=whose), parameters)
        return dict(cursor.fetchall())


def booked_within(since: datetime, until: datetime) -> tuple[int, int, int]:
    """What was booked in [since, until): orders, rebates, and what of these was taken back."""
    found = Commission.objects.filter(booked_at__gte=since, booked_at__lt=until).aggregate(
        orders=Count("order_id", distinct=True), gross=Sum("booked"), back=Sum("reversed")
    )
    return int(found["orders"]), int(found["gross"] or 0), int(found["back"] or 0)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A promoter of the ranking: what is left for him, and how many orders of his own earned it."""

    promoter_id: UUID
    left: int
    orders: int


def ranking(since: datetime, until: datetime, limit: int) -> tuple[Ranked, ...]:
    """The promoters with most left of what was booked for them in [since, until)."""
    rows = _within(_RANKING, since, until, limit=limit)
    return tuple(Ranked(*row) for row in rows)


def left_within(since: datetime, until: datetime) -> int:
    """What is left of all commissions booked in [since, until)."""
    ((left,),) = _within(_LEFT_IN, since, until)
    return int(left)


def expected() -> int:
    """What is left of all commissions that are pending or held: what promoters still expect."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPECTED, {"institution": institution_id()})
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def settled_orders(since: datetime, until: datetime) -> int:
    """How many orders placed in [since, until) have a commission that became available."""
    ((number,),) = _within(_SETTLED, since, until)
    return int(number)


def _within(statement: str, since: datetime, until: datetime, **more: int) -> list[tuple[Any, ...]]:
    parameters: dict[str, Any] = {
        "institution": institution_id(),
        "since": since,
        "until": until,
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
