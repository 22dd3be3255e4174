"""Bills against the books: fees booked once, corrections in the ledger, and the money at a channel
where every day of it is reconciled."""

from collections.abc import Iterator
from datetime import date, timedelta

from kefen.core.periods import midnight
from kefen.core.reconciliation import EDGE
from kefen.ops.audit.books import rows
from kefen.ops.audit.finding import Finding
from kefen.ports.bills import zone_of
from kefen.reconciliation.actions import overtaken


def fees() -> Iterator[Finding]:
    """Each day's fees are in the ledger as its newest bill says, which is the sum of its lines."""
    for channel, on, said, lines, noted, booked in rows("""
        SELECT d.channel, d.on, b.fees,
               (SELECT coalesce(sum(e.fee + CASE e.subject WHEN 'fee' THEN e.amount ELSE 0 END), 0)
                  FROM reconciliation_billentry e
                 WHERE e.institution_id = d.institution_id AND e.bill_id = b.id)::bigint,
               d.fees_booked,
               (SELECT coalesce(sum(CASE a.code WHEN 'institution:main' THEN m.amount
                                    ELSE -m.amount END), 0)
                  FROM ledger_transfer t
                  JOIN ledger_entry m ON m.institution_id = t.institution_id
                   AND m.transfer_id = t.id
                  JOIN ledger_account a ON a.institution_id = t.institution_id
                   AND a.id = m.debit_id
                 WHERE t.institution_id = d.institution_id
                   AND t.key LIKE 'bill:' || d.channel || ':' || d.on || ':fees%%')::bigint
          FROM reconciliation_billday d
          JOIN reconciliation_bill b ON b.institution_id = d.institution_id AND b.id = d.bill_id
         WHERE d.institution_id = %(institution)s AND d.reconciled_at IS NOT NULL
    """):
        if said != lines:
            yield Finding("bill's fees", f"{channel} {on}", str(said), str(lines))
        # A bill that was fetched again and is not held against the books yet has other fees.
        if noted != booked:
            yield Finding("fees booked", f"{channel} {on}", str(noted), str(booked))


def corrections() -> Iterator[Finding]:
    """A difference that names a transfer has it."""
    for number, key in rows("""
        SELECT d.number, d.ledger_key FROM reconciliation_difference d
         WHERE d.institution_id = %(institution)s AND d.ledger_key <> '' AND NOT EXISTS (
               SELECT 1 FROM ledger_transfer t
                WHERE t.institution_id = d.institution_id AND t.key = d.ledger_key)
    """):
        yield Finding("difference", number, key, "no transfer")


def overtaken_corrections() -> Iterator[Finding]:
    """A correction stands only as long as books and bill say what they said to who decided it."""
    for one in overtaken():
        number = one.number or one.channel_number
        yield Finding("correction", number, f"{one.verdict} on {one.on}", "something else by now")


_AT_CHANNELS = """
SELECT a.code, t.key, t.at, (CASE a.id WHEN m.debit_id THEN m.amount ELSE -m.amount END)::bigint
  FROM ledger_account a
  JOIN ledger_entry m ON m.institution_id = a.institution_id
   AND (m.debit_id = a.id OR m.credit_id = a.id)
  JOIN ledger_transfer t ON t.institution_id = a.institution_id AND t.id = m.transfer_id
 WHERE a.institution_id = %(institution)s AND a.code LIKE 'channel:%%'
   AND a.code <> 'channel:payout'
"""

_DAYS = """
SELECT d.channel, d.on, coalesce((d.totals->>'payment')::bigint, 0)
       - coalesce((d.totals->>'refund')::bigint, 0)
       - coalesce((d.totals->>'share')::bigint, 0) - d.fees_booked
  FROM reconciliation_billday d
 WHERE d.institution_id = %(institution)s AND d.reconciled_at IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM reconciliation_bill b
                    WHERE b.institution_id = d.institution_id AND b.id = d.bill_id
                      AND b.fees <> d.fees_booked)
 ORDER BY d.channel, d.on
"""

_UNSETTLED = """
SELECT DISTINCT channel FROM reconciliation_difference
 WHERE institution_id = %(institution)s
   AND (state = 'open' OR resolution = 'note' AND verdict <> 'fee_differs')
"""


def money_at_channels() -> Iterator[Finding]:
    """Where every day in a row is reconciled and no difference is left, our account moved as the
    bills say."""
    days: dict[str, list[tuple[date, int]]] = {}
    for channel, on, moved in rows(_DAYS):
        days.setdefault(channel, []).append((on, moved))
    for (channel,) in rows(_UNSETTLED):
        days.pop(channel, None)
    unbroken = {name: found for name, found in days.items() if _unbroken(found)}
    if not unbroken:
        return
    ours, near_edge = dict.fromkeys(unbroken, 0), set()
    for code, key, at, amount in rows(_AT_CHANNELS):
        name = code.partition(":")[2]
        if name not in unbroken:
            continue
        zone = zone_of(name)
        start = midnight(unbroken[name][0][0], zone)
        end = midnight(unbroken[name][-1][0] + timedelta(days=1), zone)
        if start <= at < end or ":corrected" in key:
            ours[name] += amount
        elif start - EDGE <= at < end + EDGE:
            near_edge.add(name)  # it may stand on the other day's bill: nothing can be said
    for name, found in unbroken.items():
        theirs = sum(moved for _, moved in found)
        if name not in near_edge and theirs != ours[name]:
            yield Finding("money at channel", name, str(theirs), str(ours[name]))


def _unbroken(found: list[tuple[date, int]]) -> bool:
    return (found[-1][0] - found[0][0]).days == len(found) - 1
