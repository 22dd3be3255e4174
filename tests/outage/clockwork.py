"""The clock and the queue as a worker runs them, in a time that a test passes.

A job that fails comes back when its own patience says so (platform/jobs/retry.py), and what comes
round by the clock comes round when its cron says so. The queue counts in the database's time, so
that passing time brings its instants nearer.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from kefen.core.errors import ChannelUnavailable, OutcomeUnknown
from kefen.platform import clock
from kefen.platform.jobs.retry import Patience

# What comes round by the clock and has to do with money at channels.
ROUNDS = ("commissions.mature", "payments.chase", "refunds.chase", "payouts.chase")
_TOLD = "sandbox.deliver"  # what the sandbox would tell is lost, as is what the others would
_TAKE = """
UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (
  SELECT id FROM procrastinate_jobs
   WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
   ORDER BY id LIMIT 1)
RETURNING id, task_name, args::text, attempts
"""
_NEXT = """
SELECT coalesce(extract(epoch FROM min(scheduled_at) - now()), 1e9)
  FROM procrastinate_jobs WHERE status = 'todo'
"""
_AGAIN = """
UPDATE procrastinate_jobs
   SET status = 'todo', attempts = attempts + 1,
       scheduled_at = now() + (%s - clock_timestamp())
 WHERE id = %s
"""
_NEARER = "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - %s WHERE status = 'todo'"


class Clockwork:
    """`tell` hears by how far the time is ahead. `runs` counts jobs by name, `failed` names those
    that gave up. What a job may not raise goes through."""

    def __init__(self, tell: Callable[[timedelta], None]) -> None:
        self.ahead = timedelta()
        self.runs: Counter[str] = Counter()
        self.failed: list[str] = []
        self._tell = tell
        known = app.periodic_registry.periodic_tasks.values()
        self._rounds = [one for one in known if one.task.name in ROUNDS]
        assert len(self._rounds) == len(ROUNDS)

    def pass_time(self, time: timedelta) -> None:
        """Whatever is due meanwhile happens at its instant."""
        left = time
        self._work()
        while left > timedelta():
            until = min(left, self._to_next_job(), self._to_next_round())
            self.jump(until)
            left -= until
            self._come_round(until)
            self._work()

    def jump(self, time: timedelta) -> None:
        """Nobody works meanwhile."""
        self.ahead += time
        self._tell(self.ahead)
        with connection.cursor() as cursor:
            cursor.execute(_NEARER, [time])

    def waiting(self) -> list[str]:
        """The names of the jobs that are left."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")
            return [name for (name,) in cursor.fetchall()]

    def _to_next_job(self) -> timedelta:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT)
            (seconds,) = cursor.fetchone()
        return timedelta(seconds=max(1, float(seconds)))

    def _to_next_round(self) -> timedelta:
        now = clock.now()
        due = min(one.croniter.get_next(datetime, now) for one in self._rounds)
        return max(due - now, timedelta(seconds=1))

    def _come_round(self, passed: timedelta) -> None:
        now = clock.now()
        for one in self._rounds:
            if one.croniter.get_next(datetime, now - passed) <= now:
                one.task.func(timestamp=int(now.timestamp()))

    def _work(self) -> None:
        while (taken := self._taken()) is not None:
            number, name, arguments, attempts = taken
            if name == _TOLD:
                self._end(number)
                continue
            self.runs[name] += 1
            try:
                app.tasks[name].func(**arguments)
            except (ChannelUnavailable, OutcomeUnknown) as failure:
                self._put_back(number, name, attempts, failure)
            else:
                self._end(number)

    def _taken(self) -> tuple[int, str, dict[str, Any], int] | None:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE)
            row = cursor.fetchone()
        return None if row is None else (row[0], row[1], json.loads(row[2]), row[3])

    def _put_back(self, number: int, name: str, attempts: int, failure: Exception) -> None:
        job = Job(
            id=number, queue="", lock=None, queueing_lock=None, task_name=name, attempts=attempts
        )
        decision = Patience().get_retry_decision(exception=failure, job=job)
        if decision is None or decision.retry_at is None:
            self.failed.append(name)
            self._end(number)
            return
        with connection.cursor() as cursor:
            cursor.execute(_AGAIN, [decision.retry_at, number])

    def _end(self, number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [number])
