"""Divided payments against their orders, their withdrawals and the books (decision 0028)."""

from collections.abc import Iterator

from kefen.ops.audit.books import rows
from kefen.ops.audit.finding import Finding


def shares() -> Iterator[Finding]:
    """A withdrawal by split, and no other, is a share of one payment: of the same promoter and
    amount, at the channel by which the order was paid."""
    for number, expected, found in rows("""
        SELECT w.number,
               concat_ws(' ', sh.promoter_id, sh.amount, s.channel, o.channel, 'split'),
               concat_ws(' ', w.promoter_id, w.amount, w.channel, w.channel, w.way)
          FROM payouts_withdrawal w
          LEFT JOIN splits_splitshare sh
            ON sh.institution_id = w.institution_id AND sh.withdrawal_id = w.id
          LEFT JOIN splits_ordersplit s
            ON s.institution_id = w.institution_id AND s.id = sh.split_id
          LEFT JOIN orders_order o ON o.institution_id = w.institution_id AND o.id = s.order_id
         WHERE w.institution_id = %(institution)s AND (w.way = 'split' OR sh.id IS NOT NULL)
           AND (sh.id IS NULL OR w.way <> 'split' OR s.channel <> o.channel
                OR (sh.promoter_id, sh.amount, s.channel)
                   IS DISTINCT FROM (w.promoter_id, w.amount, w.channel))
    """):
        yield Finding("split share", number, expected, found)


def states() -> Iterator[Finding]:
    """Before the plan there is no share; what was sent waits for one at least; and when the rest
    is released, every share has its result. One that got another amount is a person's to settle."""
    for number, state, shares, open_ones in rows("""
        SELECT s.number, s.state, count(sh.id), count(w.id) FILTER (WHERE w.closed_at IS NULL)
          FROM splits_ordersplit s
          LEFT JOIN splits_splitshare sh
            ON sh.institution_id = s.institution_id AND sh.split_id = s.id
          LEFT JOIN payouts_withdrawal w
            ON w.institution_id = s.institution_id AND w.id = sh.withdrawal_id
         WHERE s.institution_id = %(institution)s
         GROUP BY s.id, s.number, s.state, s.reason
        HAVING (s.state = 'waiting' AND count(sh.id) > 0)
            OR (s.state IN ('releasing', 'done', 'failed') AND s.reason <> 'amount_differs'
                AND count(w.id) FILTER (WHERE w.closed_at IS NULL) > 0)
    """):
        yield Finding(
            "split", number, f"no open share while it is {state}", f"{open_ones}/{shares}"
        )


def totals() -> Iterator[Finding]:
    """What left a payment is no more than it was, and no promoter got more of it than was booked
    for him there."""
    for number, paid, shared in rows("""
        SELECT s.number, o.total, sum(w.net)::bigint
          FROM splits_ordersplit s
          JOIN orders_order o ON o.institution_id = s.institution_id AND o.id = s.order_id
          JOIN splits_splitshare sh ON sh.institution_id = s.institution_id AND sh.split_id = s.id
          JOIN payouts_withdrawal w
            ON w.institution_id = s.institution_id AND w.id = sh.withdrawal_id
           AND w.state = 'succeeded'
         WHERE s.institution_id = %(institution)s
         GROUP BY s.id, s.number, o.total, s.released
        HAVING sum(w.net) + coalesce(s.released, 0) > o.total
    """):
        yield Finding("split total", number, f"at most {paid}", str(shared))
    for number, booked, amount in rows("""
        SELECT w.number, coalesce(c.booked, 0), w.amount
          FROM splits_splitshare sh
          JOIN splits_ordersplit s ON s.institution_id = sh.institution_id AND s.id = sh.split_id
          JOIN payouts_withdrawal w
            ON w.institution_id = sh.institution_id AND w.id = sh.withdrawal_id
          LEFT JOIN LATERAL (
               SELECT sum(booked)::bigint AS booked FROM commissions_commission c
                WHERE c.institution_id = sh.institution_id AND c.order_id = s.order_id
                  AND c.promoter_id = sh.promoter_id) c ON true
         WHERE sh.institution_id = %(institution)s AND w.amount > coalesce(c.booked, 0)
           AND sh.instead_of IS NULL -- a channel that paid too much, as a person accepted it
    """):
        yield Finding("split share", number, f"at most {booked}", str(amount))
