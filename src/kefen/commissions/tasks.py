"""The jobs of commissions."""

from uuid import UUID

from kefen.commissions import actions
from kefen.orders import actions as orders
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


@jobs.task("commissions.backtest")
def run_backtest(backtest: str) -> None:
    """Run terms that somebody considers over past orders."""
    actions.run_backtest(UUID(backtest))
