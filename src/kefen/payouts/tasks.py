"""The jobs of payouts."""

from kefen.payouts import actions
from kefen.platform import jobs


@jobs.task("payouts.send")
def send(withdrawal: str) -> None:
    """Hand a withdrawal to its channel, or ask what became of it."""
    actions.send(withdrawal)


@jobs.every_institution("*/5 * * * *", "payouts.chase")
def chase() -> None:
    """Ask about payouts of which nothing was heard."""
    actions.chase()
