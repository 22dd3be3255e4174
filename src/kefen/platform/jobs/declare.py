"""Declaring tasks: of one institution, of none, and those that come round by the clock."""

import logging
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from procrastinate.contrib.django import app

from kefen.platform.jobs.retry import Patience
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.queries import institution_ids

Work = Callable[..., None]
Declare = Callable[[Work], Work]

logger = logging.getLogger(__name__)
scoped_names: set[str] = set()


def task(name: str) -> Declare:
    """A task of one institution: it runs in the scope in which it was enqueued, and is tried
    again when it fails (retry.py)."""

    def declare(work: Work) -> Work:
        @wraps(work)
        def run(*, institution: str, **arguments: object) -> None:
            with scope.institution(UUID(institution)):
                work(**arguments)

        scoped_names.add(name)
        app.task(name=name, retry=Patience())(run)
        return work

    return declare


def plain_task(name: str) -> Declare:
    """A task of no institution, tried again when it fails."""

    def declare(work: Work) -> Work:
        app.task(name=name, retry=Patience())(work)
        return work

    return declare


def every(cron: str, name: str) -> Declare:
    """A task that runs by the clock (`* * * * *`, with seconds as a sixth field), never twice at
    a time. One that failed has its next turn anyway."""

    def declare(work: Work) -> Work:
        @wraps(work)
        def run(timestamp: int) -> None:  # noqa: ARG001 - procrastinate names the planned instant
            work()

        app.periodic(cron=cron)(app.task(name=name, lock=name, queueing_lock=name)(run))
        return work

    return declare


def every_institution(cron: str, name: str) -> Declare:
    """A task that runs by the clock for each institution in its scope."""

    def declare(work: Work) -> Work:
        @wraps(work)
        def run() -> None:
            in_every_institution(work)

        every(cron, name)(run)
        return work

    return declare


def in_every_institution(work: Work) -> None:
    """Do `work` for each institution in its scope; one that fails does not keep others waiting.

    Raises the first failure when all have had their turn.
    """
    failures: list[Exception] = []
    for institution in institution_ids():
        try:
            with scope.institution(institution):
                work()
        except Exception as failure:
            logger.exception("a job of institution %s failed", institution)
            failures.append(failure)
    if failures:
        raise failures[0]
