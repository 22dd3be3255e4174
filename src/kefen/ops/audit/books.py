"""Balances from entries; orders and refunds against their transfers."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from kefen.ops.audit.finding import Finding
from kefen.platform.tenancy.scope import institution_id


def rows(statement: str) -> Iterator[tuple[Any, ...]]:
    """Stream the rows of a statement about the institution in scope."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, {"institution": institution_id()})
        while found := cursor.fetchmany(5000):
            yield from found


# What every account must hold, by its entries alone.
SUMS = """
SELECT account_id, sum(change)::bigint AS balance
  FROM (SELECT debit_id AS account_id, -amount AS change FROM ledger_entry
         WHERE institution_id = %(institution)s
        UNION ALL SELECT credit_id, amount FROM ledger_entry
         WHERE institution_id = %(institution)s) AS m
 GROUP BY account_id
"""


def cached_balances() -> Iterator[Finding]:
    """The cached balance (with unfolded deltas) is the sum of the entries."""
    for code, expected, found in rows(f"""
        SELECT a.code, coalesce(s.balance, 0),
               b.posted + coalesce((SELECT sum(d.amount) FROM ledger_delta d
                                     WHERE d.institution_id = a.institution_id
                                       AND d.account_id = a.id), 0)::bigint
          FROM ledger_account a
          LEFT JOIN ledger_balance b ON b.institution_id = a.institution_id AND b.account_id = a.id
          LEFT JOIN ({SUMS}) s ON s.account_id = a.id
         WHERE a.institution_id = %(institution)s
    """):
        if expected != found:
            yield Finding("balance", code, str(expected), str(found))


def floors() -> Iterator[Finding]:
    """No promoter's pending, available or in_transit is negative, no receivable is a credit."""
    for code, balance in rows(f"""
        SELECT a.code, s.balance FROM ledger_account a JOIN ({SUMS}) s ON s.account_id = a.id
         WHERE a.institution_id = %(institution)s AND a.code LIKE 'promoter:%%'
           AND ((a.code ~ ':(pending|available|in_transit)$' AND s.balance < 0)
                OR (a.code LIKE '%%:receivable' AND s.balance > 0))
    """):
        yield Finding("floor", code, "a promoter neither owes nor is owed below zero", str(balance))


def transfers_have_entries() -> Iterator[Finding]:
    """Every transfer moves something."""
    for (key,) in rows("""
        SELECT t.key FROM ledger_transfer t
         WHERE t.institution_id = %(institution)s AND NOT EXISTS (
               SELECT 1 FROM ledger_entry e
                WHERE e.institution_id = t.institution_id AND e.transfer_id = t.id)
    """):
        yield Finding("transfer", key, "entries", "none")


def units() -> Iterator[Finding]:
    """Points never turn into money: both accounts of an entry have one unit."""
    for key, debit, credit in rows("""
        SELECT t.key, d.unit, c.unit
          FROM ledger_entry e
          JOIN ledger_account d ON d.institution_id = e.institution_id AND d.id = e.debit_id
          JOIN ledger_account c ON c.institution_id = e.institution_id AND c.id = e.credit_id
          JOIN ledger_transfer t ON t.institution_id = e.institution_id AND t.id = e.transfer_id
         WHERE e.institution_id = %(institution)s AND c.unit <> d.unit
         ORDER BY e.posting
    """):
        yield Finding("unit", key, debit, credit)


def orders_and_transfers() -> Iterator[Finding]:
    """Each paid order, and no other, brought its total into its channel, once."""
    for number, expected, found in rows("""
        SELECT coalesce(o.number, t.key), coalesce(o.total, 0), coalesce(t.amount, 0)
          FROM (SELECT 'order:' || number || ':paid' AS key, number, total,
                       'channel:' || channel AS channel
                  FROM orders_order WHERE institution_id = %(institution)s AND state = 'paid') o
          FULL JOIN (SELECT t.key, a.code AS channel, sum(e.amount)::bigint AS amount
                       FROM ledger_transfer t
                       JOIN ledger_entry e ON e.institution_id = t.institution_id
                        AND e.transfer_id = t.id
                       JOIN ledger_account a ON a.institution_id = t.institution_id
                        AND a.id = e.debit_id
                      WHERE t.institution_id = %(institution)s AND t.kind = 'order_paid'
                      GROUP BY t.key, a.code) t
            ON t.key = o.key AND t.channel = o.channel
         WHERE coalesce(o.total, 0) <> coalesce(t.amount, 0)
    """):
        yield Finding("order paid", number, str(expected), str(found))


def refunds_and_transfers() -> Iterator[Finding]:
    """Each booked refund, and no other, left its order's channel, once."""
    for number, expected, found in rows("""
        SELECT coalesce(r.number, t.key), coalesce(r.amount, 0), coalesce(t.amount, 0)
          FROM (SELECT 'refund:' || f.number AS key, f.number, f.amount,
                       'channel:' || o.channel AS channel
                  FROM orders_refund f JOIN orders_order o
                    ON o.institution_id = f.institution_id AND o.id = f.order_id
                 WHERE f.institution_id = %(institution)s AND f.state = 'booked') r
          FULL JOIN (SELECT t.key, a.code AS channel, sum(e.amount)::bigint AS amount
                       FROM ledger_transfer t
                       JOIN ledger_entry e ON e.institution_id = t.institution_id
                        AND e.transfer_id = t.id
                       JOIN ledger_account a ON a.institution_id = t.institution_id
                        AND a.id = e.credit_id AND a.code LIKE 'channel:%%'
                      WHERE t.institution_id = %(institution)s AND t.kind = 'refund'
                      GROUP BY t.key, a.code) t
            ON t.key = r.key AND t.channel = r.channel
         WHERE coalesce(r.amount, 0) <> coalesce(t.amount, 0)
    """):
        yield Finding("refund", number, str(expected), str(found))


def strays_and_transfers() -> Iterator[Finding]:
    """Each stray payment came to its channel once, and left it once where it went back."""
    for number, event, expected, found in rows("""
        SELECT coalesce(s.number, t.key), coalesce(s.event, 'none'),
               coalesce(s.amount, 0), coalesce(t.amount, 0)
          FROM (SELECT number, amount, channel, event FROM (
                  SELECT number, amount, 'channel:' || channel AS channel, unnest(ARRAY[
                           'received',
                           CASE WHEN state = 'returned' THEN 'returned' END,
                           CASE WHEN settled_at IS NOT NULL THEN 'settled' END]) AS event
                    FROM orders_straypayment WHERE institution_id = %(institution)s) e
                 WHERE event IS NOT NULL) s
          FULL JOIN (SELECT t.key, e.amount, d.code AS debit, c.code AS credit
                       FROM ledger_transfer t
                       JOIN ledger_entry e ON e.institution_id = t.institution_id
                        AND e.transfer_id = t.id
                       JOIN ledger_account d ON d.institution_id = t.institution_id
                        AND d.id = e.debit_id
                       JOIN ledger_account c ON c.institution_id = t.institution_id
                        AND c.id = e.credit_id
                      WHERE t.institution_id = %(institution)s AND t.key LIKE 'stray:%%') t
            ON t.key = 'stray:' || s.number || ':' || s.event
           AND CASE s.event WHEN 'received' THEN t.debit = s.channel
                            WHEN 'returned' THEN t.credit = s.channel
                            ELSE t.credit = 'institution:main' END
         WHERE coalesce(s.amount, 0) <> coalesce(t.amount, 0)
    """):
        yield Finding("stray payment", f"{number} {event}", str(expected), str(found))


def line_refunds() -> Iterator[Finding]:
    """What lines say was refunded is what refunds say, and orders are the sum of their lines."""
    for number, line, expected, found in rows("""
        SELECT o.number, l.number, coalesce(sum(r.amount), 0)::bigint, l.refunded
          FROM orders_line l
          JOIN orders_order o ON o.institution_id = l.institution_id AND o.id = l.order_id
          LEFT JOIN orders_refundline r
            ON r.institution_id = l.institution_id AND r.line_id = l.id
         WHERE l.institution_id = %(institution)s
         GROUP BY o.number, l.number, l.refunded
        HAVING coalesce(sum(r.amount), 0) <> l.refunded
    """):
        yield Finding("line refunded", f"{number}/{line}", str(expected), str(found))
    for number, expected, found in rows("""
        SELECT o.number, sum(l.paid)::bigint, o.total
          FROM orders_order o
          JOIN orders_line l ON l.institution_id = o.institution_id AND l.order_id = o.id
         WHERE o.institution_id = %(institution)s
         GROUP BY o.number, o.total HAVING sum(l.paid) <> o.total
    """):
        yield Finding("order total", number, str(expected), str(found))
