"""Locking orders and reading them with the snapshot of each line."""

from collections.abc import Iterable

from django.db import connection

from kefen.core.states import OrderState
from kefen.orders.contracts import LockedOrder, OrderLine
from kefen.platform.tenancy.scope import institution_id

_ORDERS = """
SELECT id, number, state, total, channel, paid_at FROM orders_order
 WHERE institution_id = %s AND number = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""

_LINES = """
SELECT l.order_id, l.id, l.number, l.quantity, l.list_price, l.paid, l.refunded,
       a.winner_id, w.code, a.inviter_id, i.code, a.version_id, a.rule_id,
       a.cap_bps, a.hold_days, a.points_per_order, a.points_per_yuan
  FROM orders_line l
  JOIN referrals_attribution a
    ON a.institution_id = l.institution_id AND a.id = l.attribution_id
  LEFT JOIN promoters_promoter w ON w.institution_id = l.institution_id AND w.id = a.winner_id
  LEFT JOIN promoters_promoter i ON i.institution_id = l.institution_id AND i.id = a.inviter_id
 WHERE l.institution_id = %s AND l.order_id = ANY(%s)
 ORDER BY l.order_id, l.number
"""


def lock_orders(numbers: Iterable[str]) -> dict[str, LockedOrder]:
    """Lock orders (by id, the one order) and read them with their lines; unknown numbers are
    left out. Call it inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, [institution_id(), list(set(numbers))])
        found = {
            key: LockedOrder(key, number, OrderState(state), total, channel, paid_at, [])
            for key, number, state, total, channel, paid_at in cursor.fetchall()
        }
        if found:
            cursor.execute(_LINES, [institution_id(), list(found)])
            for order_id, *line in cursor.fetchall():
                found[order_id].lines.append(OrderLine(*line))
    return {order.number: order for order in found.values()}
