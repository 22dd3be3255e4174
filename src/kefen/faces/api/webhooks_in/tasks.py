"""The jobs of notifications."""

from datetime import timedelta
from uuid import UUID

from kefen.faces.api.webhooks_in.work import work
from kefen.platform import jobs
from kefen.platform.inbox import actions as inbox


@jobs.task("notifications.work")
def work_on(notification: str) -> None:
    """Give one notification its outcome."""
    work(UUID(notification))


@jobs.every_institution("* * * * * 15", "notifications.wake")
def wake() -> None:
    """Take up again what waits, and what lost its job."""
    inbox.wake_open(older_than=timedelta(seconds=30))
