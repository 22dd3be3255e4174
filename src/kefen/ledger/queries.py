"""Reads of the books."""

from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from kefen.ledger.accounts import account_id
from kefen.ledger.contracts import LedgerLine
from kefen.platform.tenancy.scope import institution_id

_BALANCES = """
SELECT a.code, b.posted + coalesce((
         SELECT sum(d.amount) FROM ledger_delta d
          WHERE d.institution_id = a.institution_id AND d.account_id = a.id), 0)::bigint
  FROM ledger_account a
  JOIN ledger_balance b ON b.institution_id = a.institution_id AND b.account_id = a.id
 WHERE a.institution_id = %s
"""

# One row for each account of each transfer, net, in posting order.
_LINES = """
SELECT t.at, t.key, a.code, sum(m.change)::bigint, min(m.posting)
  FROM (SELECT transfer_id, debit_id AS account_id, -amount AS change, posting
          FROM ledger_entry WHERE institution_id = %(institution)s {debit}
        UNION ALL
        SELECT transfer_id, credit_id, amount, posting
          FROM ledger_entry WHERE institution_id = %(institution)s {credit}) AS m
  JOIN ledger_transfer t ON t.institution_id = %(institution)s AND t.id = m.transfer_id
  JOIN ledger_account a ON a.institution_id = %(institution)s AND a.id = m.account_id
 WHERE a.unit {unit} 'points' {window}
 GROUP BY t.id, t.at, t.key, a.code
HAVING sum(m.change) <> 0
 ORDER BY min(m.posting), a.code
"""


def balances(codes: Iterable[str] | None = None, currency: str = "") -> dict[str, int]:
    """Balances (credit minus debit) by account code; of all accounts, or of `codes`."""
    statement, parameters = _BALANCES, [institution_id()]
    wanted: list[str] = []
    if codes is not None:
        wanted = list(codes)
        statement += " AND a.id = ANY(%s)"
        parameters.append([account_id(code, currency) for code in wanted])  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = dict(cursor.fetchall())
    return {**dict.fromkeys(wanted, 0), **found}


def lines(
    codes: Iterable[str] | None = None,
    currency: str = "",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    points: bool = False,
    hold: bool = False,
) -> Iterator[LedgerLine]:
    """The ledger's lines in posting order, streamed: of all accounts or of `codes`, of transfers
    in [since, until), money by default. With `hold` outside of a transaction, so that the reader
    may write and be seen meanwhile; the server keeps the whole answer then."""
    parameters: dict[str, Any] = {"institution": institution_id()}
    debit = credit = window = ""
    if codes is not None:
        parameters["accounts"] = [account_id(code, currency) for code in codes]
        debit, credit = "AND debit_id = ANY(%(accounts)s)", "AND credit_id = ANY(%(accounts)s)"
    if since is not None:
        parameters["since"] = since
        window += " AND t.at >= %(since)s"
    if until is not None:
        parameters["until"] = until
        window += " AND t.at < %(until)s"
    statement = _LINES.format(
        debit=debit, credit=credit, unit="=" if points else "<>", window=window
    )
    # A server-side cursor keeps memory flat, and lives inside a transaction unless it is held.
    inside = nullcontext() if hold else transaction.atomic()
    with inside, closing(connection.chunked_cursor()) as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(5000):
            for at, key, code, change, posting in rows:
                side = "credit" if change > 0 else "debit"
                yield LedgerLine(at, key, code, side, abs(change), posting)


def transfer_lines(key: str) -> list[LedgerLine]:
    """The lines of one transfer; empty if there is none with this key."""
    statement = _LINES.format(debit="", credit="", unit="<>", window="AND t.key = %(key)s")
    with connection.cursor() as cursor:
        cursor.execute(statement, {"institution": institution_id(), "key": key})
        return [
            LedgerLine(at, key, code, "credit" if change > 0 else "debit", abs(change), posting)
            for at, key, code, change, posting in cursor.fetchall()
        ]


_BEFORE = """
SELECT a.code, coalesce(sum(m.change), 0)::bigint
  FROM ledger_account a
  JOIN (SELECT debit_id AS account_id, transfer_id, -amount AS change
          FROM ledger_entry WHERE institution_id = %(institution)s AND debit_id = ANY(%(accounts)s)
        UNION ALL
        SELECT credit_id, transfer_id, amount
          FROM ledger_entry WHERE institution_id = %(institution)s AND credit_id = ANY(%(accounts)s)
       ) AS m ON m.account_id = a.id
  JOIN ledger_transfer t ON t.institution_id = %(institution)s AND t.id = m.transfer_id
 WHERE a.institution_id = %(institution)s AND t.at < %(before)s
 GROUP BY a.code
"""

_ENTRIES = """
SELECT t.at, t.key, d.code, c.code, e.amount
  FROM ledger_transfer t
  JOIN ledger_entry e ON e.institution_id = t.institution_id AND e.transfer_id = t.id
  JOIN ledger_account d ON d.institution_id = e.institution_id AND d.id = e.debit_id
  JOIN ledger_account c ON c.institution_id = e.institution_id AND c.id = e.credit_id
 WHERE t.institution_id = %s AND t.key = ANY(%s) AND d.unit <> 'points'
 ORDER BY e.posting
"""

# One figure for each kind of account: all promoters' pending, each channel, and so on.
_BY_KIND = """
SELECT CASE WHEN a.code LIKE 'promoter:%%' THEN 'promoter:' || split_part(a.code, ':', 3)
            ELSE a.code END AS kind,
       sum(b.posted + coalesce(d.amount, 0))::bigint
  FROM ledger_account a
  JOIN ledger_balance b ON b.institution_id = a.institution_id AND b.account_id = a.id
  LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM ledger_delta
              WHERE institution_id = %(institution)s GROUP BY 1) AS d ON d.account_id = a.id
 WHERE a.institution_id = %(institution)s AND a.unit <> 'points'
 GROUP BY kind
"""


def balances_before(codes: Iterable[str], currency: str, before: datetime) -> dict[str, int]:
    """Balances (credit minus debit) of some accounts by the transfers before an instant."""
    wanted = list(codes)
    parameters: dict[str, Any] = {
        "institution": institution_id(),
        "accounts": [account_id(code, currency) for code in wanted],
        "before": before,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, parameters)
        return {**dict.fromkeys(wanted, 0), **dict(cursor.fetchall())}


def entries(keys: Iterable[str]) -> list[tuple[datetime, str, str, str, int]]:
    """The money entries of some transfers in posting order: at, key, debit, credit, amount."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [institution_id(), list(keys)])
        return list(cursor.fetchall())


def totals_by_kind() -> dict[str, int]:
    """Balances (credit minus debit) added up by kind of account (`promoter:pending`)."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_KIND, {"institution": institution_id()})
        return dict(cursor.fetchall())


def institution_accounts() -> list[str]:
    """The codes of the institution's own money accounts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code FROM ledger_account WHERE institution_id = %s AND unit <> 'points'"
            " AND code NOT LIKE 'promoter:%%' ORDER BY code",
            [institution_id()],
        )
        return [code for (code,) in cursor.fetchall()]


def transfer_count() -> int:
    """How many transfers the books of the institution in scope have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_transfer WHERE institution_id = %s", [institution_id()]
        )
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


_LINE_COUNT = """
SELECT count(*) FROM (
  SELECT e.transfer_id, e.account_id
    FROM (SELECT transfer_id, debit_id AS account_id, -amount AS change FROM ledger_entry
           WHERE institution_id = %(institution)s AND debit_id = ANY(%(accounts)s)
          UNION ALL SELECT transfer_id, credit_id, amount FROM ledger_entry
           WHERE institution_id = %(institution)s AND credit_id = ANY(%(accounts)s)) AS e
    JOIN ledger_transfer t ON t.institution_id = %(institution)s AND t.id = e.transfer_id
   WHERE t.at >= %(since)s AND t.at < %(until)s
   GROUP BY e.transfer_id, e.account_id HAVING sum(e.change) <> 0) AS counted
"""


def line_count(codes: Iterable[str], currency: str, since: datetime, until: datetime) -> int:
    """How many lines `lines` has for some accounts in [since, until)."""
    parameters: dict[str, Any] = {
        "institution": institution_id(),
        "accounts": [account_id(code, currency) for code in codes],
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINE_COUNT, parameters)
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])
