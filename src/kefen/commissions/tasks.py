"""The jobs of commissions."""

from kefen.commissions import actions
from kefen.platform import clock, jobs


@jobs.every_institution("* * * * *", "commissions.mature")
def mature() -> None:
    """Let everything that is due become available."""
    while actions.mature(clock.now()):
        pass


@jobs.task("refunds.send")
def send_refund(refund: str) -> None:
    """Hand a refund to its channel, or ask what became of it."""
    actions.send_refund(refund)


@jobs.every_institution("*/5 * * * *", "refunds.chase")
def chase_refunds() -> None:
    """Ask about refunds of which nothing was heard."""
    actions.chase_refunds()
