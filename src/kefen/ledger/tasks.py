"""The jobs of the ledger."""

from kefen.ledger import actions
from kefen.platform import jobs


@jobs.every_institution("* * * * * */10", "ledger.fold")
def fold() -> None:
    """Add waiting deltas of hot accounts to their balances."""
    while actions.fold():
        pass
