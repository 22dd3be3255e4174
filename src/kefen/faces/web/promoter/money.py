"""The promoter's income and statement."""

from collections.abc import Sequence
from itertools import groupby

from kefen.commissions import queries as commissions
from kefen.commissions.models import Commission
from kefen.core.periods import midnight
from kefen.faces.web import keyset, statements
from kefen.faces.web.entry import Entry
from kefen.faces.web.promoter import screens
from kefen.faces.web.promoter.build import Money, live
from kefen.faces.web.promoter.rows import income_rows
from kefen.payouts import queries as payouts

_PAGE = 30
STATES = ("pending", "available", "clawed_back", "held", "rejected")


def income(entry: Entry) -> screens.IncomeScreen:
    """Four amounts, then the commissions by day."""
    me, facts = entry.me, entry.school
    state = entry.query.get("state", "")
    state = state if state in STATES else ""
    found = commissions.in_state(commissions.of_promoter(me.id), state)
    rows, window = keyset.window(entry, found, ("-id",), {"state": state}, size=_PAGE)
    money, paid_out = Money(me.code, facts.currency), payouts.arrived(me.id)
    return screens.IncomeScreen(
        currency=facts.currency,
        expected=money.expected,
        available=money.available,
        in_transit=money.in_transit,
        paid_out=paid_out,
        clawed_back=commissions.taken_back(me.id),
        days=_days(entry, rows, whole=not state),
        state=state,
        owed=money.owed,
        next_due=commissions.next_due(me.id),
        window=window,
        live=live(entry, money, paid_out),
    )


def _days(
    entry: Entry, rows: Sequence[Commission], *, whole: bool
) -> tuple[screens.IncomeDay, ...]:
    """Rows by day of the institution's calendar. The sum of a day is that of the whole day, also
    where its rows go on over the page; of a filter it is that of the rows."""
    zone = entry.school.zone
    days = []
    totals = {}
    if rows and whole:
        first = rows[-1].booked_at.astimezone(zone).date()
        totals = commissions.by_day(midnight(first, zone), promoter_id=entry.me.id)
    for on, group in groupby(income_rows(rows), key=lambda row: row.at.astimezone(zone).date()):
        shown = tuple(group)
        days.append(screens.IncomeDay(on, totals.get(on, sum(r.amount for r in shown)), shown))
    return tuple(days)


def statement(entry: Entry) -> screens.StatementScreen:
    """A month of everything that is the promoter's: expected, available, on its way, less owed."""
    period = statements.chosen(entry.query)
    accounts = Money(entry.me.code, entry.school.currency).codes
    address = entry.address("promoter_statement_csv")
    return screens.StatementScreen(
        entry.school.currency, statements.page(accounts, period, address)
    )
