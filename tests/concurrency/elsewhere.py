"""Somebody else who is at it: another connection that holds what `jobs.alone` would take."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from django.db import connection


@contextmanager
def busy(about: UUID) -> Iterator[None]:
    """While the block runs, nobody here is alone about this."""
    wanted = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password")
    with psycopg.connect(**{name: wanted[name] for name in names if name in wanted}) as other:
        key = int.from_bytes(about.bytes[8:], signed=True)
        other.execute("SELECT pg_advisory_lock(%s::bigint)", [key])
        yield
