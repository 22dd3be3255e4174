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

# `since` is read once, by itself: row-level security lets only plain comparisons use an index.
CONSOLE: Final = """
WITH school AS MATERIALIZED (
  SELECT i.id, date_trunc('day', now() + coalesce(
           (SELECT ahead FROM tenancy_clockshift WHERE %(shifted)s), interval '0'
         ), i.time_zone) - interval '1 day' AS since
    FROM tenancy_institution i WHERE i.id = %(institution)s
), paid AS (
  SELECT count(*) AS number, coalesce(sum(total), 0)::bigint AS amount FROM orders_order
   WHERE institution_id = %(institution)s AND paid_at >= (SELECT since FROM school)
), back AS (
  SELECT count(*) AS number, coalesce(sum(amount), 0)::bigint AS amount FROM orders_refund
   WHERE institution_id = %(institution)s AND booked_at >= (SELECT since FROM school)
), asked AS (
  SELECT count(*) AS number FROM orders_refundask
   WHERE institution_id = %(institution)s AND state = 'asked'
), waiting AS (
  SELECT count(*) AS number, extract(epoch FROM max(requested_at)) AS newest
    FROM payouts_withdrawal
   WHERE institution_id = %(institution)s AND state = 'requested'
), applied AS (
  SELECT count(*) AS number FROM promoters_promoter
   WHERE institution_id = %(institution)s AND status = 'applied'
), clicked AS (
  SELECT floor(extract(epoch FROM max(at)) / %(click_seconds)s)::bigint AS at
    FROM referrals_touch
   WHERE institution_id = %(institution)s AND visitor_id IS NOT NULL
     AND at >= (SELECT since FROM school)
)
SELECT school.id, paid.number, paid.amount, back.number, back.amount, asked.number,
       waiting.number, waiting.newest, applied.number, clicked.at
  FROM school, paid, back, asked, waiting, applied, clicked
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
