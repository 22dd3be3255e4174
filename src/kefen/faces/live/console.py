"""What a school's console watches: how many orders, refunds, withdrawals and applicants there are.

By level, like everything here: counts since yesterday began, so that what is committed late or was
paid some minutes ago is seen as well. The page itself reads its version by the same statement.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from kefen.platform.tenancy.scope import institution_id

CLICK_SECONDS: Final = 10
"""So often at most a click alone makes a console draw itself again; money does at once."""

CONSOLE: Final = """
WITH school AS (
  SELECT i.id, date_trunc('day', now() + coalesce(
           (SELECT ahead FROM tenancy_clockshift WHERE %(shifted)s), interval '0'
         ), i.time_zone) - interval '1 day' AS since
    FROM tenancy_institution i WHERE i.id = %(institution)s
)
SELECT s.id, p.number, p.amount, r.number, r.amount, a.number, w.waiting, w.newest, n.number,
       floor(extract(epoch FROM t.at) / %(click_seconds)s)::bigint
  FROM school s
 CROSS JOIN LATERAL (
    SELECT count(*) AS number, coalesce(sum(o.total), 0)::bigint AS amount FROM orders_order o
     WHERE o.institution_id = s.id AND o.paid_at >= s.since) p
 CROSS JOIN LATERAL (
    SELECT count(*) AS number, coalesce(sum(f.amount), 0)::bigint AS amount FROM orders_refund f
     WHERE f.institution_id = s.id AND f.booked_at >= s.since) r
 CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM orders_refundask k
     WHERE k.institution_id = s.id AND k.state = 'asked') a
 CROSS JOIN LATERAL (
    SELECT count(*) AS waiting, extract(epoch FROM max(q.requested_at)) AS newest
      FROM payouts_withdrawal q
     WHERE q.institution_id = s.id AND q.state = 'requested') w
 CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM promoters_promoter m
     WHERE m.institution_id = s.id AND m.status = 'applied') n
  LEFT JOIN LATERAL (
    SELECT c.at FROM referrals_touch c
     WHERE c.institution_id = s.id AND c.visitor_id IS NOT NULL AND c.at >= s.since
     ORDER BY c.at DESC LIMIT 1) t ON true
"""


@dataclass(frozen=True, slots=True)
class Console:
    """What stands at a look, as one word: the page is drawn again when it is another."""

    version: str


def console_of(counts: tuple[object, ...]) -> Console:
    """Counts and sums of a row of `CONSOLE`, without its id."""
    return Console("-".join("" if one is None else str(one) for one in counts))


def parameters_of(institution: UUID, *, shifted: bool) -> dict[str, Any]:
    """What `CONSOLE` asks for."""
    return {"institution": institution, "shifted": shifted, "click_seconds": CLICK_SECONDS}


def version_now() -> str:
    """The version of the institution in scope, for a page that is drawn now."""
    asked = parameters_of(institution_id(), shifted=settings.DEMO)
    with connection.cursor() as cursor:
        cursor.execute(CONSOLE, asked)
        row = cursor.fetchone()
    return "" if row is None else console_of(row[1:]).version
