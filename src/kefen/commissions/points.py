"""Points of orders (domain.md §7): given when the first commission of an order matures, taken
back in proportion by refunds before and after."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from kefen.commissions.models import PointsGrant
from kefen.core import points, postings
from kefen.core.ids import uuid7
from kefen.core.terms import PointsTerms
from kefen.ledger.contracts import Transfer
from kefen.orders.contracts import LockedOrder
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.scope import institution_id

_BASES = """
SELECT w.order_id, w.promoter_id, o.number, p.code, sum(l.paid)::bigint, sum(l.refunded)::bigint,
       max(a.points_per_order), max(a.points_per_yuan)
  FROM unnest(%(orders)s::uuid[], %(promoters)s::uuid[]) AS w(order_id, promoter_id)
  JOIN orders_line l ON l.institution_id = %(institution)s
   AND l.order_id = w.order_id AND l.winner_id = w.promoter_id
  JOIN orders_order o ON o.institution_id = %(institution)s AND o.id = w.order_id
  JOIN promoters_promoter p ON p.institution_id = %(institution)s AND p.id = w.promoter_id
  JOIN referrals_attribution a ON a.institution_id = %(institution)s AND a.id = l.attribution_id
 WHERE NOT EXISTS (SELECT 1 FROM commissions_pointsgrant g
                    WHERE g.institution_id = %(institution)s
                      AND g.order_id = w.order_id AND g.promoter_id = w.promoter_id)
 GROUP BY w.order_id, w.promoter_id, o.number, p.code
"""
_GRANT = ("id", "order_id", "promoter_id", "paid", "earned", "remaining", "granted_at")


def grant_points(first: Mapping[tuple[UUID, UUID], datetime]) -> list[Transfer]:
    """Give the points of (order, promoter) pairs whose level 1 commission matured at an instant,
    once for each pair; answers the transfers. The caller has locked the promoters' accounts."""
    if not first:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _BASES,
            {
                "institution": institution_id(),
                "orders": [order for order, _ in first],
                "promoters": [promoter for _, promoter in first],
            },
        )
        bases = cursor.fetchall()
    grants, transfers = [], []
    for order_id, promoter_id, order, promoter, paid, refunded, per_order, per_yuan in bases:
        earned = points.earned(paid, PointsTerms(per_order, per_yuan))
        left, at = points.remaining(earned, paid, refunded), first[order_id, promoter_id]
        if earned == 0:
            continue
        grants.append((uuid7(), order_id, promoter_id, paid, earned, left, at))
        moves = postings.points_given(promoter, left)
        if moves:
            key = postings.points_given_key(order, promoter)
            transfers.append(Transfer(key, "points_granted", at, moves))
    insert_rows(PointsGrant, _GRANT, grants)
    return transfers


def take_points(order: LockedOrder, refund: str, at: datetime) -> list[Transfer]:
    """The transfers by which a refund (the lines carry it already) takes points back."""
    transfers: list[Transfer] = []
    if not any(line.points_per_order or line.points_per_yuan for line in order.lines):
        return transfers
    for grant in PointsGrant.objects.filter(order_id=order.id).select_related("promoter"):
        refunded = sum(x.refunded for x in order.lines if x.winner_id == grant.promoter_id)
        left = points.remaining(grant.earned, grant.paid, refunded)
        moves = postings.points_taken(grant.promoter.code, grant.remaining - left)
        if moves:
            key = postings.points_taken_key(refund, grant.promoter.code)
            transfers.append(Transfer(key, "points_taken", at, moves))
            PointsGrant.objects.filter(id=grant.id).update(remaining=left)
    return transfers
