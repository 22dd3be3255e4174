"""The jobs of risk; nothing is looked for in a request."""

from kefen.platform import jobs
from kefen.risk import actions


@jobs.every_institution("* * * * * 35", "risk.scan")
def scan() -> None:
    """Look at new clicks and commissions, and hold what is to be held."""
    actions.scan()


@jobs.every_institution("27 * * * *", "risk.look_back")
def look_back() -> None:
    """Look at what each promoter brought in the last thirty days."""
    actions.look_back()
