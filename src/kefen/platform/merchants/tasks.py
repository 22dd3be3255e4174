"""The jobs of accounts at channels."""

from kefen.platform import jobs
from kefen.platform.merchants import actions


@jobs.every_institution("7 * * * *", "merchants.claim")
def claim() -> None:
    """Claim what accounts of older versions did not."""
    actions.claim_present()
