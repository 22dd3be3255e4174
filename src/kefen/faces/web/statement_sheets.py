"""Statements as files of any length: opening, every movement with its source, closing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice

from django.utils.translation import gettext as _

from kefen.core import postings
from kefen.core.errors import InvalidInput
from kefen.core.periods import Period
from kefen.faces.web import statement_sources, statements, typed
from kefen.faces.web.templatetags.kefen import account_label
from kefen.ledger import queries as ledger
from kefen.platform.exports.contracts import Cell, Column, Sheet
from kefen.platform.tenancy.queries import current
from kefen.statements import queries
from kefen.statements.contracts import StatementLine

_BATCH = 1000
# What a page answers at once; beyond that a job writes the file.
SMALL = 5000


def accounts_of(promoter: str) -> list[str]:
    """The accounts of a promoter, or of the school."""
    if not promoter:
        return ledger.institution_accounts()
    kinds = (postings.pending, postings.available, postings.in_transit, postings.receivable)
    return [kind(promoter) for kind in kinds]


def count(promoter: str, period: Period) -> int:
    """How many entries the file would have."""
    end = period.end or period.start
    return ledger.line_count(accounts_of(promoter), current().currency, period.start, end)


def sheet(parameters: Mapping[str, str]) -> Sheet:
    """The file; `promoter` (a code, empty for the school), `from` and `to` (days, both included).
    Raises InvalidInput."""
    promoter = parameters.get("promoter", "")
    first, last = (typed.day(parameters.get(name, "")) for name in ("from", "to"))
    if first is None or last is None or last < first:
        raise InvalidInput(field="period", reason="two days are needed")
    period = statements.between(first, last)
    accounts = accounts_of(promoter)
    facts = current()
    name = f"{facts.slug}-{promoter}" if promoter else facts.slug
    return Sheet(
        file_name=f"{name}-{first}-{last}",
        title=_("Statement"),
        columns=(
            Column(_("Time"), Cell.INSTANT),
            Column(_("Movement")),
            Column(_("Ledger key")),
            Column(_("Order")),
            Column(_("Rule version")),
            Column(_("Evidence")),
            Column(_("Account")),
            Column(_("Debit"), Cell.AMOUNT),
            Column(_("Credit"), Cell.AMOUNT),
            Column(_("Balance after"), Cell.AMOUNT),
        ),
        rows=_rows(promoter, accounts, period),
        count=count(promoter, period) + 2 * len(accounts),
        currency=facts.currency,
        filters={_("Period"): f"{first} – {last}", _("Promoter"): promoter or "–"},
    )


def _rows(promoter: str, accounts: Sequence[str], period: Period) -> Iterator[Sequence[object]]:
    currency, words = current().currency, statements.Words(accounts)
    balances = ledger.balances_before(accounts, currency, period.start)
    yield from _totals(period, accounts, balances, words, words.opening)
    lines = queries.lines(
        currency,
        list(accounts),
        since=period.start,
        until=period.end,
        opening=dict(balances),
        hold=True,
    )
    while batch := list(islice(lines, _BATCH)):
        sources = statement_sources.sources({line.key for line in batch}, promoter)
        for line in batch:
            balances[line.account] += line.credit - line.debit
            yield _row(line, sources[line.key], words)
    yield from _totals(period, accounts, balances, words, words.closing)


def _totals(
    period: Period,
    accounts: Sequence[str],
    balances: Mapping[str, int],
    words: "statements.Words",
    what: str,
) -> Iterator[Sequence[object]]:
    at = period.start
    if what == words.closing and period.end is not None:
        at = period.end - timedelta(seconds=1)
    for code in accounts:
        sign = -1 if queries.shown_as_debit(code) else 1
        amounts = (None, None, sign * balances[code])
        yield (at, what, None, None, None, None, words.accounts[code], *amounts)


def _row(
    line: StatementLine, source: statement_sources.Source, words: "statements.Words"
) -> Sequence[object]:
    kind = statements.kind_of(line.key, list(words.accounts))
    return (
        line.at,
        words.movements.get(kind, kind),
        line.key,
        source.order or None,
        ", ".join(str(number) for number in source.versions) or None,
        ", ".join(source.proofs) or None,
        words.accounts.get(line.account) or account_label(line.account),
        line.debit or None,
        line.credit or None,
        line.balance,
    )
