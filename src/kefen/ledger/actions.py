"""Posting, locking and folding. Nothing else in the house writes money or points."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction

from kefen.core.errors import InsufficientBalance, InvariantBroken, NumberConflict
from kefen.core.ids import uuid7
from kefen.ledger.accounts import account_id, ensure_open, is_folded, unit_of
from kefen.ledger.contracts import Outcome, Transfer
from kefen.platform.tenancy.scope import institution_id

# Arrays travel in binary: see tenancy.bulk.
_POST = (
    "SELECT place, outcome FROM ledger_post(%s, %b::uuid[], %b::text[], %b::text[], %b::bytea[],"
    " %b::timestamptz[], %b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::bigint[], %b::uuid[])"
)


def open_accounts(codes: Iterable[str], currency: str) -> None:
    """Open accounts before anything is posted on them, so that balances show them."""
    ensure_open(codes, currency)


def post(transfers: Sequence[Transfer], currency: str) -> list[Outcome]:
    """Post a batch of transfers, set-based, in one round trip (domain.md §4).

    Call it inside the transaction of the business event. A caller that reads strict balances
    first must have locked, by `lock`, every strict account he posts on; one that only credits
    need not. Answers, for each transfer, whether it was new. Raises NumberConflict if a key is
    known with other content, InsufficientBalance if a floor would be passed, InvariantBroken for
    a transfer without postings or one that turns points into money.
    """
    if not transfers:
        return []
    if not connection.in_atomic_block:
        raise InvariantBroken(invariant="ledger.post outside a transaction")
    codes = {code for t in transfers for p in t.postings for code in (p.debit, p.credit)}
    ensure_open(codes, currency)
    ids = {code: account_id(code, currency) for code in codes}
    units = {code: unit_of(code, currency) for code in codes}
    strict = [ids[code] for code in codes if not is_folded(code)]
    heads, entries = [], []
    for transfer in transfers:
        if not transfer.postings:
            raise InvariantBroken(invariant=f"transfer {transfer.key} moves nothing")
        if any(units[p.debit] != units[p.credit] for p in transfer.postings):
            raise InvariantBroken(invariant=f"transfer {transfer.key} mixes units")
        transfer_id = uuid7()
        heads.append((transfer_id, transfer.key, transfer.kind, digest_of(transfer), transfer.at))
        entries += [
            (uuid7(), transfer_id, ids[p.debit], ids[p.credit], p.amount) for p in transfer.postings
        ]
    columns = [list(column) for column in zip(*heads, strict=True)]
    columns += [list(column) for column in zip(*entries, strict=True)]
    repeats = _execute([institution_id(), *columns, strict])
    return _outcomes(transfers, repeats)


def digest_of(transfer: Transfer) -> bytes:
    """What makes two deliveries of one key the same: kind and postings, not the instant."""
    content = ";".join(f"{p.debit}>{p.credit}:{p.amount}" for p in transfer.postings)
    return hashlib.sha256(f"{transfer.kind}|{content}".encode()).digest()


def _execute(parameters: list[Any]) -> list[tuple[int, str]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_POST, parameters)
            return list(cursor.fetchall())
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", "") == "balance_not_below_floor":
            raise InsufficientBalance(asked="more", available="less") from error
        raise


def _outcomes(transfers: Sequence[Transfer], repeats: list[tuple[int, str]]) -> list[Outcome]:
    outcomes = [Outcome.POSTED] * len(transfers)
    for place, outcome in repeats:
        if outcome == "conflict":
            raise NumberConflict(number=transfers[place - 1].key)
        outcomes[place - 1] = Outcome.KNOWN
    return outcomes


def lock(codes: Iterable[str], currency: str) -> dict[str, int]:
    """Lock strict accounts in the one order and read them: credit minus debit, by code."""
    wanted = {account_id(code, currency): code for code in codes}
    if not wanted:
        return {}
    ensure_open(wanted.values(), currency)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, posted FROM ledger_balance"
            " WHERE institution_id = %s AND account_id = ANY(%s) ORDER BY account_id FOR UPDATE",
            [institution_id(), list(wanted)],
        )
        return {wanted[key]: posted for key, posted in cursor.fetchall()}


@transaction.atomic
def fold(limit: int = 10_000) -> int:
    """Add waiting deltas of the institution in scope to their balances; answers how many.

    Deletes exactly the rows it adds (never "all up to the highest id seen"), so late commits
    are not lost. Balances are locked in the one order, so several may fold at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH taken AS (
              DELETE FROM ledger_delta WHERE institution_id = %(institution)s AND id IN (
                SELECT id FROM ledger_delta WHERE institution_id = %(institution)s
                 LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
              RETURNING account_id, amount
            ), summed AS (
              SELECT account_id, sum(amount)::bigint AS amount FROM taken GROUP BY account_id
            ), locked AS MATERIALIZED (
              SELECT b.account_id, s.amount FROM ledger_balance b JOIN summed s USING (account_id)
               WHERE b.institution_id = %(institution)s ORDER BY b.account_id FOR UPDATE OF b
            ), folded AS (
              UPDATE ledger_balance b SET posted = b.posted + s.amount FROM locked s
               WHERE b.institution_id = %(institution)s AND b.account_id = s.account_id
            )
            SELECT count(*) FROM taken
            """,
            {"institution": institution_id(), "limit": limit},
        )
        row = cursor.fetchone()
        return 0 if row is None else int(row[0])
