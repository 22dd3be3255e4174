"""Statements: every movement of a party with running balances, straight from the ledger."""

from collections.abc import Iterator
from datetime import datetime

from kefen.ledger import queries as ledger
from kefen.statements.contracts import StatementLine

INSTITUTION = "institution"
HEADER = ("at", "key", "account", "debit", "credit", "balance")


def party_of(account: str) -> str:
    """Whose account it is: a promoter's code, or the institution."""
    return account.split(":")[1] if account.startswith("promoter:") else INSTITUTION


def shown_as_debit(account: str) -> bool:
    """Does the account's balance read debit minus credit?"""
    return account.startswith("channel:") or account.endswith(":receivable")


def lines(
    currency: str,
    accounts: list[str] | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    opening: dict[str, int] | None = None,
    hold: bool = False,
) -> Iterator[StatementLine]:
    """The movements of all money accounts, or of some, in posting order, streamed.

    `opening` gives balances (credit minus debit) before the first line, by account; `hold` reads
    outside of a transaction (ledger.queries.lines).
    """
    balances = dict(opening or {})
    for line in ledger.lines(accounts, currency, since=since, until=until, hold=hold):
        credit = line.amount if line.side == "credit" else 0
        debit = line.amount - credit
        balance = balances[line.account] = balances.get(line.account, 0) + credit - debit
        yield StatementLine(
            party=party_of(line.account),
            at=line.at,
            key=line.key,
            account=line.account,
            debit=debit,
            credit=credit,
            balance=-balance if shown_as_debit(line.account) else balance,
        )
