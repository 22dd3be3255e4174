"""The jobs of standings."""

from kefen.platform import clock, jobs
from kefen.standings import actions


@jobs.every_institution("* * * * * 30", "standings.close_due")
def close_due() -> None:
    """Close the boards that are due; half a minute after commissions matured."""
    actions.close_due(clock.now())
