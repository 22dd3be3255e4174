"""Account codes: their unit, their limits, their ids; opening those that are new."""

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID, uuid5

from django.db import transaction

from kefen.core.ids import uuid7
from kefen.ledger.models import Account, Balance
from kefen.platform import clock
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.scope import institution_id

POINTS = "points"

# Accounts whose committed existence this process has seen.
_opened: set[UUID] = set()


def unit_of(code: str, currency: str) -> str:
    """The unit of an account: points for points accounts, else the institution's currency."""
    return POINTS if code.endswith(":points") or code.startswith("points:") else currency


def is_folded(code: str) -> bool:
    """Is it one of the institution's hot accounts, which collect deltas instead of locking?"""
    return not code.startswith("promoter:")


def _limits(code: str) -> tuple[int | None, int | None]:
    """(floor, ceiling) of credit minus debit. A promoter's money is never negative; what he owes
    is a debit balance (domain.md §3.6, §4); points may fall below zero by refunds (§7)."""
    if is_folded(code) or code.endswith(":points"):
        return None, None
    return (None, 0) if code.endswith(":receivable") else (0, None)


@lru_cache(maxsize=500_000)
def _id(institution: UUID, unit: str, code: str) -> UUID:
    return uuid5(institution, f"{unit}:{code}")


def account_id(code: str, currency: str) -> UUID:
    """The id of an account of the institution in scope, known without a look-up."""
    return _id(institution_id(), unit_of(code, currency), code)


def ensure_open(codes: Iterable[str], currency: str) -> None:
    """Open the accounts that do not exist yet, each with its balance row."""
    missing = {account_id(code, currency): code for code in codes}
    missing = {key: code for key, code in missing.items() if key not in _opened}
    if not missing:
        return
    now = clock.now()
    ordered = sorted(missing.items())
    insert_rows(
        Account,
        ("id", "code", "unit", "folded", "opened_at"),
        [(key, code, unit_of(code, currency), is_folded(code), now) for key, code in ordered],
        skip_known=True,
    )
    insert_rows(
        Balance,
        ("id", "account_id", "posted", "floor", "ceiling"),
        [(uuid7(), key, 0, *_limits(code)) for key, code in ordered],
        skip_known=True,
    )
    # Another transaction may still roll its opening back, so only what is committed counts.
    transaction.on_commit(lambda: _opened.update(missing))


def forget_opened() -> None:
    """Forget what this process knows (a test took the database away)."""
    _opened.clear()
