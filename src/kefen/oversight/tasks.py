"""The jobs of oversight; no page sums what an institution sold."""

from kefen.oversight import actions
from kefen.platform import jobs


@jobs.every_institution("*/5 * * * *", "oversight.gather_all")
def gather_all() -> None:
    """Figures of every institution."""
    actions.gather()


@jobs.every_institution("23 * * * *", "oversight.months")
def months() -> None:
    """Months and books of every institution."""
    actions.gather_months()


@jobs.task("oversight.gather")
def gather() -> None:
    """Figures of one institution, after the platform changed something about it."""
    actions.gather()
