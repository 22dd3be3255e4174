"""Reading all of an institution at once: one instant, and plans made for reading everything."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def whole_institution() -> Iterator[None]:
    """Run the block on one read-only snapshot: whatever is booked meanwhile, every read sees the
    same instant. Inside a transaction that is open already, the block just joins it."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # Often just after a bulk load that no statistics know of yet: a nested loop chosen by
            # a wrong estimate would take hours, and a table read whole is read in its own order.
            cursor.execute("SET LOCAL enable_nestloop = off")
            cursor.execute("SET LOCAL enable_seqscan = on")
            cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        yield
