"""Putting a task into the queue, in the same transaction as the rows it is about."""

from datetime import timedelta

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from kefen.core.errors import InvariantBroken
from kefen.platform.jobs.declare import scoped_names
from kefen.platform.tenancy.scope import institution_id

# Never the app's own connector: inside a worker that one has a connection of its own, and a job
# could start before the rows it is about are committed, or although they never are.
_IN_CALLERS_TRANSACTION = JobManager(connector=DjangoConnector())
_AT_ONCE = timedelta()


def enqueue(
    name: str, *, after: timedelta = _AT_ONCE, once: str | None = None, **arguments: str | int
) -> None:
    """Let the task `name` run with `arguments`, `after` some time; a rollback takes it back.

    `once` names what it is about: while such a job waits for its start, no second one is added.
    The institution in scope goes along with the tasks of an institution.
    """
    known = app.tasks.get(name)
    if known is None:
        raise InvariantBroken(invariant=f"there is a task called {name}")
    if name in scoped_names:
        arguments["institution"] = str(institution_id())
    deferrer = configure_task(
        name=name,
        job_manager=_IN_CALLERS_TRANSACTION,
        queue=known.queue,
        queueing_lock=None if once is None else f"{name}:{once}",
        schedule_in={"seconds": after.total_seconds()} if after else None,
    )
    try:
        with transaction.atomic():
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return
