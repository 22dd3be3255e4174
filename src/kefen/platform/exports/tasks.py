"""The jobs of exports."""

from uuid import UUID

from kefen.platform import jobs
from kefen.platform.exports import actions, work


@jobs.task("exports.write")
def write(export: str) -> None:
    """Write a file."""
    work.run(UUID(export))


@jobs.plain_task("exports.write_for_platform")
def write_for_platform(export: str) -> None:
    """Write a file of the platform's own."""
    work.run(UUID(export))


@jobs.every("* * * * * 55", "exports.tidy_for_platform")
def tidy_for_platform() -> None:
    """The same for the platform's own files."""
    actions.tidy()


@jobs.every_institution("* * * * * 50", "exports.tidy")
def tidy() -> None:
    """Remove files that had their day; wake exports whose job was lost."""
    actions.tidy()


@jobs.every("29 * * * *", "exports.sweep")
def sweep() -> None:
    """Remove what killed runs left on this machine."""
    actions.sweep()
