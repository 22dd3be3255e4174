"""Withdrawals and statements in the console."""

from kefen.core import postings
from kefen.faces.web import books, names, statements
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import screens
from kefen.faces.web.operator.orders import paging_of
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.templatetags.kefen import money_text, percent_bps
from kefen.payouts import queries as payouts
from kefen.payouts.models import Withdrawal
from kefen.platform import clock

PAGE = 50


def withdrawals(
    entry: Entry, form: Form | None = None, error_number: str = ""
) -> screens.WithdrawalsScreen:
    """The queue and the past."""
    state = entry.query.get("state", "")
    found = payouts.listed()
    if state:
        found = found.filter(state=state)
    paging = paging_of(entry, found.order_by().count(), {"state": state}, PAGE)
    page = list(found[(paging.page - 1) * PAGE : paging.page * PAGE])
    count, amount = payouts.waiting()
    return screens.WithdrawalsScreen(
        currency=entry.school.currency,
        withdrawals=tuple(_row(row, entry.school.currency) for row in page),
        paging=paging,
        state=state,
        waiting_count=count,
        waiting_amount=amount,
        error_number=error_number,
        form=form or Form(),
    )


def _row(row: Withdrawal, currency: str) -> screens.WithdrawalRow:
    return screens.WithdrawalRow(
        number=row.number,
        promoter_name=names.promoter_name(row.promoter),
        promoter_code=row.promoter.code,
        amount=row.amount,
        state=row.state,
        at=row.requested_at,
        channel=row.channel,
        tax=row.tax,
        net=row.net,
        tax_note=_note(row, currency),
        reason=row.state_reason,
    )


def _note(row: Withdrawal, currency: str) -> str:
    """How the stored tax was computed, in figures: (income − deductions) × rate − quick."""
    found = row.tax_computation
    if not found or not found["tax"]:
        return ""
    taxable = money_text(found["taxable"], currency)
    parts = f"{taxable} × {percent_bps(found['rate_bps'])}"
    for name in ("quick_deduction", "withheld_before"):
        if found[name]:
            parts += f" − {money_text(found[name], currency)}"
    return parts


def statement(entry: Entry) -> screens.StatementsScreen:
    """The school's own money by month, and every account against the ledger."""
    period = statements.chosen(entry.query)
    address = entry.address("operator_statement_csv")
    return screens.StatementsScreen(
        currency=entry.school.currency,
        statement=statements.page([postings.MAIN], period, address),
        books=books.lines(),
        checked_at=clock.now(),
    )
