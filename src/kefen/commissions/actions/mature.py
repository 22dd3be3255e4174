"""Commissions whose hold is over become available; points come with the first of an order
(domain.md §3.5, §3.6, §7)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from kefen.commissions.contracts import Matured
from kefen.commissions.points import grant_points
from kefen.core import postings
from kefen.core.balances import settle
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id

_DUE = """
SELECT c.id, c.order_id, o.number, l.number, c.level, c.promoter_id, p.code,
       c.booked - c.reversed, c.available_at, a.points_per_order + a.points_per_yuan
  FROM commissions_commission c
  JOIN orders_order o ON o.institution_id = c.institution_id AND o.id = c.order_id
  JOIN orders_line l ON l.institution_id = c.institution_id AND l.id = c.line_id
  JOIN promoters_promoter p ON p.institution_id = c.institution_id AND p.id = c.promoter_id
  JOIN referrals_attribution a ON a.institution_id = l.institution_id AND a.id = l.attribution_id
 WHERE c.institution_id = %s AND c.state = 'pending' AND c.reversed < c.booked
   AND c.available_at <= %s
 ORDER BY c.available_at, c.id
 LIMIT %s
   FOR NO KEY UPDATE OF c SKIP LOCKED
"""


@transaction.atomic
def mature(until: datetime, *, limit: int = 1000) -> list[Matured]:
    """Mature up to `limit` commissions with `available_at <= until`, in order of that instant and
    of booking; call again until nothing comes back. Each settles first what its promoter owes.

    Rows that a refund holds locked are left for the next call.
    """
    institution = current()
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [institution_id(), until, limit])
        due = cursor.fetchall()
    if not due:
        return []
    ledger.open_accounts([postings.POINTS_ISSUED], institution.currency)
    owed = _receivables({row[6] for row in due}, institution.currency)
    transfers, matured = [], []
    for key, _, order, line, level, _, promoter, amount, available_at, _ in due:
        settled = settle(amount, owed[promoter]).settled
        owed[promoter] -= settled
        moves = postings.matured(promoter, amount, settled)
        transfer_key = postings.matured_key(order, line, level)
        transfers.append(Transfer(transfer_key, "commission_matured", available_at, moves))
        matured.append(Matured(key, promoter, amount, settled))
    _mark([row[0] for row in due], [row[8] for row in due])
    # The first of an order's level 1 commissions brings its points, where any are promised.
    first = {(row[1], row[5]): row[8] for row in reversed(due) if row[4] == 1 and row[9]}
    ledger.post([*transfers, *grant_points(first)], institution.currency)
    return matured


def _receivables(promoters: Iterable[str], currency: str) -> dict[str, int]:
    """Lock everything that will be posted on; answers what each promoter owes."""
    people = list(promoters)
    builders = (postings.pending, postings.available, postings.receivable, postings.points)
    found = ledger.lock([build(p) for p in people for build in builders], currency)
    return {p: -found[postings.receivable(p)] for p in people}


def _mark(ids: list[UUID], instants: list[datetime]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commissions_commission c SET state = 'available', matured_at = m.at"
            "  FROM unnest(%s::uuid[], %s::timestamptz[]) AS m(id, at)"
            " WHERE c.institution_id = %s AND c.id = m.id",
            [ids, instants, institution_id()],
        )
