"""Locking orders and reading them with the snapshot of each line."""

from collections.abc import Iterable

from django.db import connection

from kefen.core.states import OrderState
from kefen.orders.contracts import LockedOrder, OrderLine
from kefen.platform.tenancy.scope import institution_id

_ORDERS = """
SELECT o.id, o.number, o.state, o.total, o.channel, o.placed_at, o.paid_at,
       l.id, l.number, l.quantity, l.list_price, l.paid, l.refunded,
       a.winner_id, w.code, a.inviter_id, i.code, a.version_id, a.rule_id,
       a.cap_bps, a.hold_days, a.points_per_order, a.points_per_yuan
  FROM orders_order o
  JOIN orders_line l ON l.institution_id = o.institution_id AND l.order_id = o.id
  JOIN referrals_attribution a
    ON a.institution_id = l.institution_id AND a.id = l.attribution_id
  LEFT JOIN promoters_promoter w ON w.institution_id = l.institution_id AND w.id = a.winner_id
  LEFT JOIN promoters_promoter i ON i.institution_id = l.institution_id AND i.id = a.inviter_id
 WHERE o.institution_id = %s AND o.number = ANY(%s)
 ORDER BY o.number, l.number
   FOR NO KEY UPDATE OF o, l
"""


def lock_orders(numbers: Iterable[str]) -> dict[str, LockedOrder]:
    """Lock orders and their lines (by number, the one order) and read them; unknown numbers are
    left out. By number, because the index that finds them has them in this order.

    Call it inside a transaction."""
    found: dict[str, LockedOrder] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, [institution_id(), list(set(numbers))])
        for key, number, state, total, channel, placed_at, paid_at, *line in cursor.fetchall():
            order = found.get(number)
            if order is None:
                times = (placed_at, paid_at)
                order = LockedOrder(key, number, OrderState(state), total, channel, *times, [])
                found[number] = order
            order.lines.append(OrderLine(*line))
    return found
