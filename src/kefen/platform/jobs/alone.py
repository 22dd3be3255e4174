"""Only one job at a time at something that the outside world is asked about."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


@contextmanager
def alone(about: UUID) -> Iterator[bool]:
    """Whether nobody else is at it; whoever is not alone leaves it to the other, and to the clock.

    The lock belongs to the connection and no transaction: no row is held while the outside world
    is asked, and it dies with the connection.
    """
    key = [int.from_bytes(about.bytes[8:], signed=True)]  # the part that is by chance
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s::bigint)", key)
        mine = cursor.fetchone() == (True,)
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s::bigint)", key)
