"""What core is asked about, read by set: one statement for any number of clicks, sales or
promoters. Everything goes by keys in order of arrival, so nothing is read twice without need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from kefen.core.risk import FEWEST_ORDERS, WINDOW_MINUTES, Clicks, Limits, Record, Sale
from kefen.payouts import queries as payouts
from kefen.platform.identity import queries as identity
from kefen.platform.tenancy.scope import institution_id

AT_ONCE = 50_000
# Who commits late has an older id than what was seen: look this far behind, and a window more.
_LATE = timedelta(minutes=2)
_WINDOW = timedelta(minutes=WINDOW_MINUTES)
_MILLISECOND_BITS = 80
_NEVER = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Window:
    """The clicks on a link in ten minutes from `at`."""

    link_id: UUID
    promoter_id: UUID
    at: datetime
    clicks: Clicks


@dataclass(frozen=True, slots=True)
class Sold:
    """A promoter's part of an order."""

    order_id: UUID
    promoter_id: UUID
    at: datetime
    sale: Sale


def behind(seen: UUID | None, by: timedelta = _LATE) -> UUID:
    """Where to begin so that nothing which was committed late is missed."""
    if seen is None:
        return _NEVER
    earlier = (seen.int >> _MILLISECOND_BITS) - int(by / timedelta(milliseconds=1))
    return UUID(int=max(0, earlier) << _MILLISECOND_BITS)


_LAST = """
SELECT id FROM (
  SELECT id FROM {table} WHERE institution_id = %s AND id > %s ORDER BY id LIMIT %s
) new ORDER BY id DESC LIMIT 1
"""


def newest(table: str, seen: UUID | None) -> UUID | None:
    """The last row of the next portion; None when nothing is new."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST.format(table=table), [institution_id(), seen or _NEVER, AT_ONCE])
        row = cursor.fetchone()
    return None if row is None else row[0]


_WINDOWS = """
SELECT link_id, promoter_id, window_at, sum(n)::int,
       coalesce(max(n) FILTER (WHERE network IS NOT NULL), 0)::int, sum(machines)::int
  FROM (SELECT link_id, promoter_id, network,
               date_bin(%(width)s::interval, at, TIMESTAMPTZ '2000-01-01 00:00Z') AS window_at,
               count(*) AS n, count(*) FILTER (WHERE automated) AS machines
          FROM referrals_touch
         WHERE institution_id = %(institution)s AND id > %(after)s AND id <= %(until)s
           AND link_id IS NOT NULL
         GROUP BY 1, 2, 3, 4) by_network
 GROUP BY 1, 2, 3
HAVING sum(n) > %(link)s OR max(n) FILTER (WHERE network IS NOT NULL) > %(network)s
    OR sum(machines) > 0
"""


def windows(seen: UUID | None, until: UUID, limits: Limits) -> list[Window]:
    """The windows with new clicks that had more of something than is usual."""
    parameters: dict[str, Any] = {
        "institution": institution_id(),
        "after": behind(seen, _LATE + _WINDOW),
        "until": until,
        "width": _WINDOW,
        "link": limits.usual_link,
        "network": limits.usual_network,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WINDOWS, parameters)
        rows = cursor.fetchall()
    return [Window(link, promoter, at, Clicks(*counts)) for link, promoter, at, *counts in rows]


_SOLD = """
SELECT c.order_id, c.promoter_id, o.student_id, max(c.booked_at),
       max((SELECT count(DISTINCT mine.visitor_id)
              FROM referrals_tie mine
              JOIN referrals_tie theirs ON theirs.institution_id = mine.institution_id
               AND theirs.visitor_id = mine.visitor_id
             WHERE mine.institution_id = c.institution_id AND mine.student_id = p.account_id
               AND theirs.student_id = o.student_id AND p.account_id <> o.student_id))::int,
       bool_or(EXISTS (
         SELECT 1 FROM jsonb_array_elements(a.evidence) e
           JOIN referrals_touch t ON t.institution_id = c.institution_id
            AND t.id = (e->>'touch')::uuid
          WHERE e->>'verdict' = 'won' AND t.automated))
  FROM commissions_commission c
  JOIN orders_order o ON o.institution_id = c.institution_id AND o.id = c.order_id
  JOIN orders_line l ON l.institution_id = c.institution_id AND l.id = c.line_id
  JOIN referrals_attribution a ON a.institution_id = c.institution_id AND a.id = l.attribution_id
  JOIN promoters_promoter p ON p.institution_id = c.institution_id AND p.id = c.promoter_id
 WHERE c.institution_id = %(institution)s AND c.id > %(after)s AND c.id <= %(until)s
 GROUP BY 1, 2, 3
"""


def sold(seen: UUID | None, until: UUID) -> list[Sold]:
    """What new commissions have in common with those who bought."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SOLD, {"institution": institution_id(), "after": behind(seen), "until": until}
        )
        rows = cursor.fetchall()
    paid_to_buyer = _paid_to_buyer([(row[1], row[2]) for row in rows])
    return [
        Sold(order, promoter, at, Sale(devices, (promoter, student) in paid_to_buyer, automated))
        for order, promoter, student, at, devices, automated in rows
    ]


def _paid_to_buyer(pairs: Sequence[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Those (promoter, student) where the promoter is paid to an account that is the student's
    phone number. Both are sealed, so they are compared here."""
    numbers = payouts.account_numbers({promoter for promoter, _ in pairs})
    concerned = [pair for pair in pairs if numbers.get(pair[0])]
    phones = {
        key: account.phone
        for key, account in identity.accounts({student for _, student in concerned}).items()
    }
    return {
        (promoter, student)
        for promoter, student in concerned
        if phones.get(student) and _digits(phones[student]) == _digits(numbers[promoter])
    }


def _digits(text: str) -> str:
    """A phone number as it is compared: without a country's prefix."""
    return "".join(letter for letter in text if letter.isdigit())[-11:]


_RECORDS = """
SELECT promoter_id, sum(orders)::int, sum(refunded)::int,
       count(*) FILTER (WHERE refunded > 1)::int, sum(unvisited)::int
  FROM (SELECT promoter_id, student_id, count(*) AS orders,
               count(*) FILTER (WHERE refunded) AS refunded,
               count(*) FILTER (WHERE NOT visited) AS unvisited
          FROM (SELECT c.promoter_id, o.student_id, c.order_id, bool_or(l.refunded > 0) AS refunded,
                       bool_or(EXISTS (
                         SELECT 1 FROM jsonb_array_elements(a.evidence) e
                           JOIN referrals_touch t ON t.institution_id = c.institution_id
                            AND t.id = (e->>'touch')::uuid
                          WHERE t.promoter_id = c.promoter_id AND t.visitor_id IS NOT NULL
                            AND e->>'verdict' IN ('won', 'bound'))) AS visited
                  FROM commissions_commission c
                  JOIN orders_order o ON o.institution_id = c.institution_id AND o.id = c.order_id
                  JOIN orders_line l ON l.institution_id = c.institution_id AND l.id = c.line_id
                  JOIN referrals_attribution a ON a.institution_id = c.institution_id
                   AND a.id = l.attribution_id
                 WHERE c.institution_id = %(institution)s AND c.booked_at >= %(since)s
                   AND c.level = 1
                 GROUP BY 1, 2, 3) by_order
         GROUP BY 1, 2) by_student
 GROUP BY 1
HAVING sum(orders) >= %(fewest)s
"""


def records(since: datetime) -> dict[UUID, Record]:
    """What each promoter brought since an instant."""
    parameters: dict[str, Any] = {
        "institution": institution_id(),
        "since": since,
        "fewest": FEWEST_ORDERS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, parameters)
        return {promoter: Record(*counts) for promoter, *counts in cursor.fetchall()}
