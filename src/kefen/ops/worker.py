"""The worker: procrastinate with Django set up."""

import asyncio
from contextvars import Context

from procrastinate.contrib.django import app

HEARTBEAT_SECONDS = 5
STALLED_SECONDS = 20
POLL_SECONDS = 1.0  # scheduled jobs are found by polling; new ones announce themselves
GRACE_SECONDS = 20.0
CONCURRENCY = 3


def run(*, concurrency: int = CONCURRENCY, wait: bool = True) -> None:
    """Work until SIGINT or SIGTERM (jobs under way are finished first), or, without `wait`, until
    nothing is left to do."""
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        # Without the caller's scope: jobs run in threads with connections of their own, which
        # nobody told about it.
        Context().run(lambda: asyncio.run(_work(concurrency, wait)))


async def _work(concurrency: int, wait: bool) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency,
            wait=wait,
            fetch_job_polling_interval=POLL_SECONDS,
            shutdown_graceful_timeout=GRACE_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            delete_jobs="successful",
        )
