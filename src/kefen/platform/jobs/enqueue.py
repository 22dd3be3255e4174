"""Putting a task into the queue, in the same transaction as the rows it is about."""

import json
from datetime import timedelta

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task
from procrastinate.utils import utcnow

from kefen.core.errors import InvariantBroken
from kefen.platform.jobs.declare import scoped_names
from kefen.platform.tenancy.scope import institution_id

# Never the app's own connector: inside a worker that one has a connection of its own, and a job
# could start before the rows it is about are committed, or although they never are.
_IN_CALLERS_TRANSACTION = JobManager(connector=DjangoConnector())
_AT_ONCE = timedelta()

# Ready to start, or backing off after a failure: that one starts now instead of one more beside it,
# so that however long a channel is down, nothing is asked by more than one job at a time. One that
# somebody else holds is being taken at this moment.
_COMES_FIRST = """
UPDATE procrastinate_jobs
   SET scheduled_at = CASE WHEN scheduled_at > now() THEN now() ELSE scheduled_at END
 WHERE id = (
   SELECT id FROM procrastinate_jobs
    WHERE status = 'todo' AND task_name = %s AND args = %s::jsonb
    ORDER BY scheduled_at NULLS FIRST, id LIMIT 1
      FOR NO KEY UPDATE SKIP LOCKED)
"""


def enqueue(
    name: str, *, after: timedelta = _AT_ONCE, once: bool = False, **arguments: str | int
) -> None:
    """Let the task `name` run with `arguments`, `after` some time; a rollback takes it back.

    With `once`, not if the same one waits already: one that backs off after a failure starts now.
    Every task bears being run twice, so this only saves work. The institution in scope goes along
    with the tasks of an institution.
    """
    known = app.tasks.get(name)
    if known is None:
        raise InvariantBroken(invariant=f"there is a task called {name}")
    if name in scoped_names:
        arguments["institution"] = str(institution_id())
    if once and _comes_first(name, arguments):
        return
    configure_task(
        name=name,
        job_manager=_IN_CALLERS_TRANSACTION,
        queue=known.queue,
        # In real time, which is the queue's own; the demo's clock may run ahead of it.
        schedule_at=utcnow() + after if after else None,
    ).defer(**arguments)


def _comes_first(name: str, arguments: dict[str, str | int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_COMES_FIRST, [name, json.dumps(arguments)])
        return bool(cursor.rowcount)
