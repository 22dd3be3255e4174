"""The jobs of payouts."""

from kefen.payouts import actions
from kefen.platform import jobs


@jobs.task("payouts.send")
def send(withdrawal: str) -> None:
    """Hand a withdrawal to its channel, or ask what became of it."""
    actions.send(withdrawal)


@jobs.every_institution("*/5 * * * *", "payouts.chase")
def chase() -> None:
    """Ask about payouts of which nothing was heard, and go on with what a lost job left."""
    actions.chase()
    actions.resume_batches()
    actions.resume_bank_files()


@jobs.task("payouts.run_batch")
def run_batch(batch: str) -> None:
    """Approve and send what waits in a batch."""
    actions.run_batch(batch)


@jobs.task("payouts.fill_bank_file")
def fill_bank_file(number: str) -> None:
    """Put what is approved into a bank file."""
    actions.fill_bank_file(number)


@jobs.task("payouts.settle_bank_file")
def settle_bank_file(number: str) -> None:
    """Book what the bank said of a file."""
    actions.settle_bank_file(number)


@jobs.task("payouts.tell")
def tell(withdrawal: str, change: str) -> None:
    """Tell a promoter what became of his withdrawal."""
    actions.deliver(withdrawal, change)


@jobs.every_institution("*/10 * * * *", "payouts.authorisations")
def authorisations() -> None:
    """Ask which promoters agreed to payouts without confirming, and who took it back."""
    actions.refresh_authorisations()
