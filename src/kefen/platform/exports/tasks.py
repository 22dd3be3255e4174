"""The jobs of exports."""

from uuid import UUID

from kefen.platform import jobs
from kefen.platform.exports import actions, work


@jobs.task("exports.write")
def write(export: str) -> None:
    """Write a file."""
    work.run(UUID(export))


@jobs.every_institution("* * * * * 50", "exports.tidy")
def tidy() -> None:
    """Remove files that had their day; wake exports whose job was lost."""
    actions.tidy()


@jobs.every("29 * * * *", "exports.sweep")
def sweep() -> None:
    """Remove what killed runs left on this machine."""
    actions.sweep()
