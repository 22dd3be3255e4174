"""The sandbox channel's jobs."""

from uuid import UUID

from kefen.adapters.payments.sandbox import notices, payouts
from kefen.platform import jobs


@jobs.plain_task("sandbox.deliver")
def deliver(notice: str) -> None:
    """Deliver one notification."""
    notices.deliver(UUID(notice))


@jobs.every("* * * * * */15", "sandbox.deliver_due")
def deliver_due() -> None:
    """Send notifications whose own job was lost."""
    notices.deliver_due()


@jobs.every("* * * * * */15", "sandbox.expire_due")
def expire_due() -> None:
    """End payouts that nobody confirmed in time."""
    payouts.expire_due()
