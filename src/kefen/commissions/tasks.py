"""The jobs of commissions."""

from uuid import UUID

import structlog

from kefen.commissions import actions
from kefen.core.errors import ChannelUnavailable, OutcomeUnknown
from kefen.orders import actions as orders
from kefen.platform import clock, jobs

logger = structlog.get_logger(__name__)


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


@jobs.task("payments.ask")
def ask_about_payment(order: str, channel: str) -> None:
    """Ask a channel whether an order was paid."""
    actions.ask_about_payment(order, channel)


@jobs.task("payments.close_rest")
def close_rest(order: str) -> None:
    """Close whatever a paid order could still be paid by."""
    orders.close_rest(order)


@jobs.every_institution("* * * * * 45", "payments.chase")
def chase_payments() -> None:
    """Ask about orders at a cashier of which nothing was heard."""
    actions.chase_payments()


@jobs.task("payments.ask_left")
def ask_about_left(left: str) -> None:
    """Ask a shut account about a cashier that was left there."""
    actions.ask_about_left(UUID(left))


@jobs.every_institution("* * * * * 55", "payments.chase_left")
def chase_left() -> None:
    """Ask about cashiers that were left at shut accounts."""
    actions.chase_left()


@jobs.task("commissions.backtest")
def run_backtest(backtest: str) -> None:
    """Run terms that somebody considers over past orders."""
    actions.run_backtest(UUID(backtest))


@jobs.task("strays.return")
def return_stray(stray: str) -> None:
    """Let a stray payment go back; a channel that does not answer is asked again by the clock."""
    try:
        actions.return_stray(stray)
    except (ChannelUnavailable, OutcomeUnknown) as silence:
        logger.info("stray_not_answered", stray=stray, reason=str(silence))


@jobs.every_institution("* * * * * 25", "strays.chase")
def chase_strays() -> None:
    """Ask again about stray payments whose return has no result."""
    actions.chase_strays()
