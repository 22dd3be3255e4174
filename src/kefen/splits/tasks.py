"""The jobs of splits."""

from datetime import timedelta

from kefen.platform import jobs
from kefen.splits import actions, queries


@jobs.task("splits.advance")
def advance(split: str) -> None:
    """Bring one divisible payment as far as it goes."""
    actions.advance(split)


@jobs.every_institution("* * * * * 20", "splits.look")
def look() -> None:
    """Find new divisible payments, and those whose turn has come."""
    actions.gather(since=timedelta(days=3))
    actions.wake()


@jobs.every_institution("17 4 * * *", "splits.look_back")
def look_back() -> None:
    """Find divisible payments that were learnt of late."""
    actions.gather(since=queries.FOUND_FOR)
