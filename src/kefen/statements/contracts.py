"""A line of a statement."""

from dataclasses import dataclass
from datetime import datetime

from kefen.core.periods import format_instant


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One ledger entry of a party and the account's balance after it, in minor units.

    `balance` is credit minus debit; for channels and receivables, whose nature it is to stand on
    the other side, debit minus credit.
    """

    party: str
    at: datetime
    key: str
    account: str
    debit: int
    credit: int
    balance: int

    def row(self) -> list[object]:
        """The line as CSV columns, in the order of `queries.HEADER`."""
        at = format_instant(self.at)
        return [at, self.key, self.account, self.debit, self.credit, self.balance]
