"""The live figures of a board, from orders and commissions by the institution's books."""

from django.db import connection

from kefen.core.periods import Period
from kefen.core.terms import BoardMetric
from kefen.platform.tenancy.scope import institution_id

_PAID = """
  FROM orders_order o
  JOIN orders_line l ON l.institution_id = o.institution_id AND l.order_id = o.id
  JOIN promoters_promoter p ON p.institution_id = o.institution_id AND p.id = l.winner_id
 WHERE o.institution_id = %(institution)s AND o.paid_at >= %(start)s AND o.paid_at < %(end)s
"""
_STATEMENTS = {
    # By attribution, whether or not a rule paid.
    BoardMetric.SALES: f"SELECT p.code, sum(l.paid - l.refunded)::bigint {_PAID} GROUP BY p.code",
    BoardMetric.ORDERS: (
        f"SELECT p.code, count(DISTINCT o.id) {_PAID} AND l.refunded < l.paid GROUP BY p.code"
    ),
    BoardMetric.COMMISSION: """
SELECT p.code, sum(c.booked - c.reversed)::bigint
  FROM orders_order o
  JOIN commissions_commission c ON c.institution_id = o.institution_id AND c.order_id = o.id
  JOIN promoters_promoter p ON p.institution_id = o.institution_id AND p.id = c.promoter_id
 WHERE o.institution_id = %(institution)s AND o.paid_at >= %(start)s AND o.paid_at < %(end)s
   AND c.level = 1
 GROUP BY p.code
""",
}


def figures(metric: BoardMetric, period: Period) -> dict[str, int]:
    """Each promoter's figure in a period by `paid_at`; refunds so far are off it already."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENTS[metric],
            {"institution": institution_id(), "start": period.start, "end": period.end},
        )
        return dict(cursor.fetchall())
