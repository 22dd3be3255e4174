"""Reads of the queue."""

from django.db import connection


def failed() -> int:
    """How many jobs failed for good and wait for a person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])
