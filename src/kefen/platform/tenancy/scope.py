"""The institution on whose behalf code runs.

Every query on an institution's table needs a scope: the manager adds the filter and raises
without one, and row-level security (`kefen.institution`, set here on the connection) refuses
what slips through raw SQL.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import connection

from kefen.core.errors import InvariantBroken

_current: ContextVar[UUID | None] = ContextVar("kefen_institution", default=None)


# What was read once in this scope. A scope lasts for one request, job or replay, so settings may
# be read at its start; whoever changes them in the scope calls `forget`.
_memo: ContextVar[dict[str, Any] | None] = ContextVar("kefen_memo", default=None)


def remembered(name: str, read: Callable[[], Any]) -> Any:
    """The value of `read`, read once in this scope."""
    memo = _memo.get()
    if memo is None or memo.get("changed"):
        return read()
    if name not in memo:
        memo[name] = read()
    return memo[name]


def forget() -> None:
    """Something that is remembered changes in this scope: read anew from here to its end, because
    the change may still be rolled back."""
    memo = _memo.get()
    if memo is not None:
        memo.clear()
        memo["changed"] = True


def institution_id() -> UUID:
    """The institution in scope. Raises InvariantBroken where there is none."""
    found = _current.get()
    if found is None:
        raise InvariantBroken(invariant="a query on an institution's table ran without a scope")
    return found


def institution_id_or_none() -> UUID | None:
    """The institution in scope, or None outside of any."""
    return _current.get()


@contextmanager
def institution(wanted: UUID) -> Iterator[None]:
    """Run the block for one institution; scopes of the same institution nest for free."""
    before = _current.get()
    if before == wanted:
        yield
        return
    token, memory = _current.set(wanted), _memo.set({})
    try:
        # Inside: a scope that the database was not told of must not seem to be entered.
        _tell_database(wanted)
        yield
    finally:
        _current.reset(token)
        _memo.reset(memory)
        # An aborted transaction takes the setting back by itself when it rolls back.
        if not connection.needs_rollback and not _in_failed_transaction():
            _tell_database(before)


def _in_failed_transaction() -> bool:
    if connection.connection is None or connection.connection.closed:
        return True
    from psycopg.pq import TransactionStatus  # noqa: PLC0415 - only needed here

    return bool(connection.connection.info.transaction_status == TransactionStatus.INERROR)


def _tell_database(wanted: UUID | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('kefen.institution', %s, false)",
            ["" if wanted is None else str(wanted)],
        )
