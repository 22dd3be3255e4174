"""Reads of the queue, and of how much room there is; nothing here walks through what it counts."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection

_BY_TASK: Final = """
SELECT j.queue_name, j.task_name,
       count(*) FILTER (WHERE j.status = 'todo' AND coalesce(j.scheduled_at <= now(), true)),
       count(*) FILTER (WHERE j.status = 'todo' AND j.scheduled_at > now()),
       count(*) FILTER (WHERE j.status = 'doing'),
       count(*) FILTER (WHERE j.status = 'failed'),
       extract(epoch FROM now() - min(greatest(e.at, j.scheduled_at)) FILTER (
         WHERE j.status = 'todo' AND coalesce(j.scheduled_at <= now(), true)))::float
  FROM procrastinate_jobs j
  LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events e
                      WHERE e.job_id = j.id AND e.type = 'deferred' AND j.status = 'todo') e ON true
 WHERE j.status IN ('todo', 'doing', 'failed')
 GROUP BY 1, 2
 ORDER BY 6 DESC, 7 DESC NULLS LAST, 1, 2
"""

_FAILED: Final = """
SELECT j.id, j.task_name, j.args->>'institution', j.attempts,
       (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'failed')
  FROM procrastinate_jobs j WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT %s
"""

_STORAGE: Final = """
SELECT pg_database_size(current_database()), pg_total_relation_size('exports_part')
"""

_WORKERS: Final = """
SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'
"""


@dataclass(frozen=True, slots=True)
class TaskCount:
    """Jobs of one task in one queue: those that may start and how long the oldest has waited,
    those whose time has not come, those that run, those that failed for good."""

    queue: str
    task: str
    waiting: int
    later: int
    running: int
    failed: int
    oldest_seconds: float | None


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed for good, and whose institution it was about; nothing else of what it was
    called with."""

    id: int
    task: str
    institution: UUID | None
    attempts: int
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes: of the database, of files in it that were asked for, free on the disk."""

    database: int
    exports: int
    disk_free: int


def failed() -> int:
    """How many jobs failed for good and wait for a person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def by_task() -> list[TaskCount]:
    """The queues by task, those with failures and with the oldest work first."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_TASK)
        return [TaskCount(*row) for row in cursor.fetchall()]


def failed_jobs(limit: int) -> list[FailedJob]:
    """The newest jobs that failed for good."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, [limit])
        return [
            FailedJob(key, task, None if whose is None else UUID(whose), attempts, at)
            for key, task, whose, attempts, at in cursor.fetchall()
        ]


def workers() -> int:
    """How many workers were heard of in the last half minute."""
    with connection.cursor() as cursor:
        cursor.execute(_WORKERS)
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def storage() -> Storage:
    """How much room is taken, and how much there is."""
    with connection.cursor() as cursor:
        cursor.execute(_STORAGE)
        database, exports = cursor.fetchone()
    return Storage(database, exports, shutil.disk_usage(settings.HOME).free)
