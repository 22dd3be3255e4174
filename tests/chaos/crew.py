"""Workers that take jobs as they come, and the clock that enqueues what lies still.

A job is taken off the queue before it runs and never put back: one that fails, and some that were
never begun, are lost, as if their worker had been killed. So whatever ends, ends because the clock
found it again.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from kefen.commissions import actions as commissions
from kefen.core.errors import ChannelUnavailable, OutcomeUnknown
from kefen.ledger import actions as ledger
from kefen.payouts import actions as payouts
from kefen.platform import clock
from kefen.platform.inbox import actions as inbox
from kefen.platform.tenancy import scope
from kefen.reconciliation import actions as reconciliation
from kefen.splits import actions as splits

_TAKE = """
DELETE FROM procrastinate_jobs WHERE id = (
  SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1
     FOR UPDATE SKIP LOCKED)
RETURNING task_name, args::text
"""
_LOST = 0.02
_MESSAGES = "payouts.tell"


class Crew:
    """Threads that work until told to stop. `broken` is what no job may raise."""

    def __init__(self, institution: UUID, *, workers: int, seed: int) -> None:
        self.done: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.lost = 0
        self.broken: list[BaseException] = []
        self._institution = institution
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._busy = 0
        self._stop, self._waited_for = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"worker {place}", daemon=True)
            for place in range(workers)
        ]

    @contextmanager
    def working(self) -> Iterator["Crew"]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(60)

    def settle(self, seconds: float = 240) -> None:
        """Wait until nothing is queued and nobody works."""
        deadline = time.monotonic() + seconds
        quiet = 0
        self._waited_for.set()
        while quiet < 2:
            assert time.monotonic() < deadline, "the jobs never end"
            assert not self.broken, self.broken
            with self._lock, connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
                (waiting,) = cursor.fetchone()
                quiet = quiet + 1 if waiting == 0 and self._busy == 0 else 0
            time.sleep(0.03)
        self._waited_for.clear()

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                if self._one():
                    continue
                # Idle workers ask seldom, so that the database has time for the others.
                if self._waited_for.wait(0.3):
                    time.sleep(0.02)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.broken.append(error)
        finally:
            connection.close()

    def _one(self) -> bool:
        with self._lock:
            self._busy += 1
            lost = self._dice.random() < _LOST
        try:
            with connection.cursor() as cursor:
                cursor.execute(_TAKE)
                row = cursor.fetchone()
            if row is None:
                return False
            if lost:
                self.lost += 1
            elif row[0] != _MESSAGES:
                self._run(row[0], json.loads(row[1]))
            return True
        finally:
            with self._lock:
                self._busy -= 1

    def _run(self, task: str, arguments: dict[str, Any]) -> None:
        try:
            app.tasks[task].func(**arguments)
        except (ChannelUnavailable, OutcomeUnknown):
            with self._lock:
                self.failed[task] += 1
        else:
            with self._lock:
                self.done[task] += 1


def tick() -> None:
    """Everything that comes round by the clock, once."""
    while commissions.mature(clock.now()):
        pass
    while ledger.fold():
        pass
    commissions.chase_payments()
    commissions.chase_refunds()
    payouts.chase()
    splits.gather(since=timedelta(days=40))
    splits.wake()
    inbox.wake_open(older_than=timedelta(seconds=30))
    reconciliation.reconcile_due()
    reconciliation.review_transit()


def together(institution: UUID, tasks: list[Callable[[], None]], *, threads: int) -> None:
    """Do all of it in some threads, each with a connection of its own; raises what one raised."""
    left, lock, broken = list(reversed(tasks)), threading.Lock(), list[BaseException]()

    def run() -> None:
        try:
            with scope.institution(institution):
                while not broken:
                    with lock:
                        task = left.pop() if left else None
                    if task is None:
                        return
                    task()
        except BaseException as error:  # noqa: BLE001 - handed to the caller
            broken.append(error)
        finally:
            connection.close()

    lanes = [threading.Thread(target=run, daemon=True) for _ in range(threads)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join(300)
        assert not lane.is_alive(), "a customer hangs"
    if broken:
        raise broken[0]
