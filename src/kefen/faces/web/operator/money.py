"""Withdrawals and statements in the console."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kefen.core import postings
from kefen.core.payees import AccountKind
from kefen.core.states import WithdrawalState
from kefen.faces.web import books, keyset, names, statements
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import screens
from kefen.faces.web.operator.around import around
from kefen.faces.web.operator.list_screens import FILTERS
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.templatetags.kefen import money_text, percent_bps
from kefen.payouts import queries as payouts
from kefen.payouts.contracts import PayoutAccountFacts
from kefen.payouts.models import Withdrawal
from kefen.payouts.queries import arrangements
from kefen.platform import clock
from kefen.platform.identity.personal import masked_account, masked_name


def withdrawals(
    entry: Entry, form: Form | None = None, error_number: str = ""
) -> screens.WithdrawalsScreen:
    """The queue and the past."""
    filters = {name: entry.query.get(name, "") for name in FILTERS["withdrawals"]}
    page, window = keyset.window(entry, filtered(filters), ("-id",), filters)
    count, amount = payouts.waiting()
    return screens.WithdrawalsScreen(
        currency=entry.school.currency,
        withdrawals=rows_of(page, entry.school.currency),
        window=window,
        state=filters["state"],
        waiting_count=count,
        waiting_amount=amount,
        error_number=error_number,
        form=form or Form(),
        around=around(entry, "withdrawals", filters),
    )


def filtered(filters: Mapping[str, str]) -> "QuerySet[Withdrawal]":
    """The withdrawals that the filters of the list let through."""
    found = payouts.listed()
    if filters.get("number"):
        found = found.filter(number=filters["number"])
    if filters.get("state"):
        found = found.filter(state=filters["state"])
    return found


def rows_of(page: list[Withdrawal], currency: str) -> tuple[screens.WithdrawalRow, ...]:
    """Before the first approval money would go to the account as it is now; afterwards it goes to
    the frozen one."""
    undecided = {row.promoter_id for row in page if _is_untouched(row)}
    accounts = payouts.accounts_of(undecided)
    changed = payouts.accounts_changed(undecided)
    rows = (
        _row(row, currency, accounts.get(row.promoter_id), changed.get(row.promoter_id))
        if _is_untouched(row)
        else _row(row, currency)
        for row in page
    )
    threshold, known = arrangements.policy().two_persons_from, names.members()
    return tuple(
        _with_persons(shown, row, threshold, known) for shown, row in zip(rows, page, strict=True)
    )


def _is_untouched(row: Withdrawal) -> bool:
    return row.state == WithdrawalState.REQUESTED and row.first_approver is None


def _with_persons(
    shown: screens.WithdrawalRow, row: Withdrawal, threshold: int | None, known: dict[UUID, str]
) -> screens.WithdrawalRow:
    """A row with who approved it, and whether it needs two."""
    large = threshold is not None and row.amount >= threshold
    return replace(
        shown,
        two_persons=row.two_persons or (large and row.state == WithdrawalState.REQUESTED),
        first_by=_name(row.first_approver, known),
        first_at=row.first_approved_at,
        second_by=_name(row.second_approver, known),
        held_until=row.held_until,
        to_bank=row.channel == AccountKind.BANK,
    )


def _name(user: UUID | None, known: dict[UUID, str]) -> str:
    return "" if user is None else names.actor_name("operator", user, known)


def _row(
    row: Withdrawal,
    currency: str,
    account: PayoutAccountFacts | None = None,
    changed: datetime | None = None,
) -> screens.WithdrawalRow:
    channel = row.channel if account is None else account.kind
    name, receiver = masked_name(row.receiver_name), ""
    if account is not None:
        name, receiver = account.name, f"{account.bank_name} {account.account}".strip()
    elif row.receiver:
        receiver = masked_account(row.receiver)
    return screens.WithdrawalRow(
        number=row.number,
        promoter_name=names.promoter_name(row.promoter),
        promoter_code=row.promoter.code,
        amount=row.amount,
        state=row.state,
        at=row.requested_at,
        channel=channel,
        tax=row.tax,
        net=row.net,
        tax_note=_note(row, currency),
        reason=row.state_reason,
        receiver="" if channel == AccountKind.SANDBOX else receiver,
        receiver_name=name,
        changed_at=changed if changed is not None and changed > row.requested_at else None,
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
