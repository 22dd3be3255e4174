"""The jobs of reconciliation."""

from datetime import date

import structlog

from kefen.core.errors import ChannelUnavailable
from kefen.platform import jobs
from kefen.reconciliation import actions

logger = structlog.get_logger(__name__)


@jobs.task("reconciliation.day")
def reconcile(channel: str, on: str) -> None:
    """Reconcile a day; a bill that is not written yet is asked for again by the clock."""
    try:
        actions.reconcile(channel, date.fromisoformat(on))
    except ChannelUnavailable as late:
        logger.info("bill_not_written", channel=channel, on=on, reason=str(late))


@jobs.every_institution("3,33 * * * *", "reconciliation.due")
def due() -> None:
    """Ask for the bills of the days that are due."""
    actions.reconcile_due()


@jobs.every_institution("18 * * * *", "reconciliation.transit")
def transit() -> None:
    """See what was on its way and has arrived."""
    actions.review_transit()


@jobs.every_institution("48 * * * *", "reconciliation.corrections")
def corrections() -> None:
    """Take back corrections that a late payment or a later bill has overtaken."""
    actions.review_corrections()
