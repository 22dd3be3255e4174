"""What is watched, read by one statement for all who watch an institution.

The only face that reads the rooms' tables by SQL of its own: a query for each open page and second
would be the most frequent one of all. A test compares it with what the pages show.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from kefen.faces.live.console import CONSOLE, Console, console_of, parameters_of

POOL = 4  # connections of one web process, made when the first page is watched
WAITING = 100  # more looks than this waiting for one are refused
LOOK_SECONDS = 5.0

_INCOME = """
WITH school AS (
  SELECT i.id, i.currency, date_trunc('day', now() + coalesce(
           (SELECT ahead FROM tenancy_clockshift WHERE %(shifted)s), interval '0'
         ), i.time_zone) AS today
    FROM tenancy_institution i WHERE i.id = %(institution)s
), watched AS (
  SELECT id, 'promoter:' || code || ':' AS accounts FROM promoters_promoter
   WHERE institution_id = %(institution)s AND id = ANY(%(promoters)s::uuid[])
), held AS (
  SELECT w.id,
         sum(b.posted) FILTER (WHERE a.code = w.accounts || 'pending') AS expected,
         sum(b.posted) FILTER (WHERE a.code = w.accounts || 'available') AS available,
         sum(b.posted) FILTER (WHERE a.code = w.accounts || 'in_transit') AS in_transit,
         -sum(b.posted) FILTER (WHERE a.code = w.accounts || 'receivable') AS owed
    FROM watched w CROSS JOIN school s
    JOIN ledger_account a ON a.institution_id = s.id AND a.unit = s.currency
     AND a.code IN (w.accounts || 'pending', w.accounts || 'available',
                    w.accounts || 'in_transit', w.accounts || 'receivable')
    JOIN ledger_balance b ON b.institution_id = a.institution_id AND b.account_id = a.id
   GROUP BY w.id
), arrived AS (
  SELECT promoter_id, sum(net) FILTER (WHERE state = 'succeeded') AS paid_out,
         count(*) FILTER (WHERE state = 'awaiting_confirmation') AS waiting
    FROM payouts_withdrawal
   WHERE institution_id = %(institution)s AND promoter_id = ANY(%(promoters)s::uuid[])
     AND state IN ('succeeded', 'awaiting_confirmation')
   GROUP BY promoter_id
), visits AS (
  SELECT t.promoter_id, count(*) AS clicks FROM referrals_touch t, school s
   WHERE t.institution_id = s.id AND t.promoter_id = ANY(%(promoters)s::uuid[])
     AND t.at >= s.today AND t.visitor_id IS NOT NULL
   GROUP BY t.promoter_id
), landed AS (
  SELECT l.promoter_id, count(*) AS landings FROM referrals_landing l, school s
   WHERE l.institution_id = s.id AND l.promoter_id = ANY(%(promoters)s::uuid[])
     AND l.at >= s.today
   GROUP BY l.promoter_id
), brought AS (
  SELECT l.winner_id, count(DISTINCT o.id) AS placed,
         count(DISTINCT o.id) FILTER (WHERE o.state = 'paid') AS paid
    FROM school s
    JOIN orders_order o ON o.institution_id = s.id AND o.placed_at >= s.today
    JOIN orders_line l ON l.institution_id = o.institution_id AND l.order_id = o.id
   WHERE l.winner_id = ANY(%(promoters)s::uuid[])
   GROUP BY l.winner_id
)
SELECT w.id, s.currency, coalesce(h.expected, 0)::bigint, coalesce(h.available, 0)::bigint,
       coalesce(h.in_transit, 0)::bigint, coalesce(h.owed, 0)::bigint,
       coalesce(r.paid_out, 0)::bigint, coalesce(r.waiting, 0), n.id,
       coalesce(v.clicks, 0), coalesce(g.landings, 0), coalesce(b.placed, 0), coalesce(b.paid, 0)
  FROM watched w CROSS JOIN school s
  LEFT JOIN held h ON h.id = w.id
  LEFT JOIN arrived r ON r.promoter_id = w.id
  LEFT JOIN visits v ON v.promoter_id = w.id
  LEFT JOIN landed g ON g.promoter_id = w.id
  LEFT JOIN brought b ON b.winner_id = w.id
  LEFT JOIN LATERAL (
    SELECT c.id FROM commissions_commission c
     WHERE c.institution_id = %(institution)s AND c.promoter_id = w.id
     ORDER BY c.booked_at DESC, c.id DESC LIMIT 1
  ) n ON true
"""

_ORDERS = """
SELECT o.id, o.state,
       (SELECT coalesce(sum(l.refunded), 0)::bigint FROM orders_line l
         WHERE l.institution_id = o.institution_id AND l.order_id = o.id),
       (SELECT coalesce(array_agg(r.state ORDER BY r.id), '{}') FROM orders_refund r
         WHERE r.institution_id = o.institution_id AND r.order_id = o.id),
       (SELECT coalesce(array_agg(a.state ORDER BY a.id), '{}') FROM orders_refundask a
         WHERE a.institution_id = o.institution_id AND a.order_id = o.id)
  FROM orders_order o
 WHERE o.institution_id = %(institution)s AND o.id = ANY(%(orders)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Income:
    """What a promoter watches; amounts in minor units, counts of his own today."""

    currency: str
    expected: int
    available: int
    in_transit: int
    owed: int
    paid_out: int
    waiting: int
    newest: UUID | None
    clicks: int
    landings: int
    placed: int
    paid: int

    @property
    def version(self) -> str:
        """The rest of the page is drawn again when this changes; a click changes nothing of it."""
        money = (self.expected, self.available, self.in_transit, self.owed, self.paid_out)
        return income_version((*money, self.waiting), self.newest)


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """What a student watches: the order's state, what went back, the state of each refund and of
    each request for one."""

    state: str
    refunded: int
    refunds: tuple[str, ...]
    asks: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Changes with everything that the order's page shows."""
        return order_version(self.state, self.refunded, self.refunds, self.asks)


Figures = Income | OrderProgress | Console


def income_version(sums: Collection[int], newest: UUID | None) -> str:
    """Expected, available, on its way, owed, paid out, how many payouts wait for their receiver;
    then the newest commission."""
    return "-".join([*map(str, sums), "" if newest is None else newest.hex])


def order_version(
    state: str, refunded: int, refunds: Collection[str], asks: Collection[str]
) -> str:
    """State, what went back, states of the refunds and of the requests in their order."""
    return "-".join([state, str(refunded), *refunds, *asks])


class Reader:
    """Connections of its own, beside Django's, for use in an event loop."""

    def __init__(self, conninfo: str, *, shifted: bool) -> None:
        """`shifted`: the demo's clock may run ahead, and decides what is today."""
        self._shifted = shifted
        options: dict[str, Any] = {"autocommit": True, "prepare_threshold": 3}
        self._pool: AsyncConnectionPool[AsyncConnection[TupleRow]] = AsyncConnectionPool(
            conninfo,
            min_size=0,
            max_size=POOL,
            max_waiting=WAITING,
            timeout=LOOK_SECONDS,
            max_idle=60,
            reconnect_timeout=LOOK_SECONDS,
            kwargs=options,
            open=False,
        )
        self._opened = False

    async def read(
        self,
        institution: UUID,
        promoters: Collection[UUID],
        orders: Collection[UUID],
        *,
        console: bool = False,
    ) -> Mapping[UUID, Figures]:
        """The figures of some promoters and orders of one institution, by id, and of its console by
        its own id; who is not of it is not found. Raises psycopg.Error or TimeoutError if the
        database does not answer.
        """
        if not self._opened:
            self._opened = True
            await self._pool.open()
        wanted = {
            "institution": institution,
            "promoters": list(promoters),
            "orders": list(orders),
            "shifted": self._shifted,
        }
        found: dict[UUID, Figures] = {}
        async with (
            asyncio.timeout(LOOK_SECONDS),
            self._pool.connection() as connection,
            connection.transaction(),
        ):
            # Row-level security compares each row with it; it ends with the transaction.
            await connection.execute(
                "SELECT set_config('kefen.institution', %s, true)", [str(institution)]
            )
            if promoters:
                async for key, *sums in await connection.execute(_INCOME, wanted):
                    found[key] = Income(*sums)
            if orders:
                async for key, state, refunded, refunds, asks in await connection.execute(
                    _ORDERS, wanted
                ):
                    found[key] = OrderProgress(state, refunded, tuple(refunds), tuple(asks))
            if console:
                asked = parameters_of(institution, shifted=self._shifted)
                async for key, *counts in await connection.execute(CONSOLE, asked):
                    found[key] = console_of(tuple(counts))
        return found

    async def close(self) -> None:
        """Let the connections go."""
        if self._opened:
            await self._pool.close(timeout=1)
