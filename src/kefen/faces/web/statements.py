"""Statements of a calendar month: opening + movements = closing, straight from the ledger, on a
page and as CSV."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kefen.core.periods import (
    Period,
    PeriodKind,
    first_day,
    following,
    midnight,
    period_from,
    period_of,
)
from kefen.faces.web import labels, statement_sources, typed
from kefen.faces.web.shared.screens import Movement, Statement
from kefen.faces.web.templatetags.kefen import account_label, major
from kefen.ledger import queries as ledger
from kefen.platform import clock
from kefen.platform.tenancy.queries import current
from kefen.statements import queries as statements
from kefen.statements.contracts import StatementLine

BOM = "\ufeff"
_SHOWN = 500
_MONTH = re.compile(r"(\d{4})-(?:0[1-9]|1[0-2])", re.ASCII)
UNITS = {"CNY": gettext_lazy("yuan")}


def month(text: str) -> Period:
    """`2026-11`, or the present month for anything else."""
    zone = current().zone
    found = _MONTH.fullmatch(text)
    if found is None or int(found[1]) not in typed.YEARS:
        return period_of(PeriodKind.MONTH, clock.now(), zone)
    return period_from(PeriodKind.MONTH, date.fromisoformat(f"{text}-01"), zone)


def between(first: date, last: date) -> Period:
    """Some days of the institution's calendar, both included."""
    zone = current().zone
    end = midnight(last + timedelta(days=1), zone)
    return Period(PeriodKind.DAY, first, midnight(first, zone), end)


def chosen(query: Mapping[str, str]) -> Period:
    """The period that an address names: `from` and `to`, one of them for a single day, or a month
    (`period`); the present month for what makes no sense."""
    first, last = typed.day(query.get("from", "")), typed.day(query.get("to", ""))
    first, last = first or last, last or first
    if first is None or last is None or last < first or last.year + 1 not in typed.YEARS:
        return month(query.get("period", ""))
    return between(first, last)


def name_of(period: Period) -> str:
    """How a period is named: a month `2026-11`, else by its days."""
    if period.kind is PeriodKind.MONTH:
        return f"{period.starts_on:%Y-%m}"
    last = _last_day(period)
    return f"{period.starts_on}" if last == period.starts_on else f"{period.starts_on}_{last}"


def query_of(period: Period) -> str:
    """How a period is named in addresses."""
    if period.kind is PeriodKind.MONTH:
        return f"period={name_of(period)}"
    return f"from={period.starts_on}&to={_last_day(period)}"


def lines_of(
    accounts: Sequence[str], period: Period, opening: Mapping[str, int] | None = None
) -> Iterator[StatementLine]:
    """The movements of some accounts in a period, with true balances after each; `opening` where
    the balances before it are read already."""
    currency = current().currency
    if opening is None:
        opening = ledger.balances_before(accounts, currency, period.start)
    return statements.lines(
        currency, list(accounts), since=period.start, until=period.end, opening=dict(opening)
    )


def page(accounts: Sequence[str], period: Period, csv_url: str) -> Statement:
    """One party's month on a page: each event once, with what all its accounts together gained;
    the newest events where there are very many."""
    currency = current().currency
    before = ledger.balances_before(accounts, currency, period.start)
    opening = sum(before.values())
    balance, gained, lost = opening, 0, 0
    movements: list[Movement] = []
    for key, group in groupby(lines_of(accounts, period, before), key=lambda line: line.key):
        lines = list(group)
        change = sum(line.credit - line.debit for line in lines)
        balance += change
        gained, lost = gained + max(change, 0), lost + max(-change, 0)
        moved = 0 if change else sum(line.debit for line in lines)
        kind = kind_of(key, accounts)
        movements.append(Movement(lines[0].at, kind, change, balance, key, moved=moved))
    zone = current().zone
    today = period_of(PeriodKind.MONTH, clock.now(), zone)
    monthly = period.kind is PeriodKind.MONTH
    over = not monthly or period.end is None or period == today
    later = "" if over else name_of(following(period, zone))
    if later and int(later[:4]) not in typed.YEARS:
        later = ""
    return Statement(
        currency=currency,
        starts_on=period.starts_on,
        ends_on=_last_day(period),
        opening=opening,
        closing=balance,
        total_in=gained,
        total_out=lost,
        movements=_with_sources(tuple(reversed(movements[-_SHOWN:])), accounts),
        csv_url=f"{csv_url}?{query_of(period)}",
        period=name_of(period),
        earlier=_month_before(period) if monthly else "",
        later=later,
    )


def _with_sources(movements: tuple[Movement, ...], accounts: Sequence[str]) -> tuple[Movement, ...]:
    """The movements with their order, version and evidence; a promoter sees his own alone."""
    whose = next((code.split(":")[1] for code in accounts if code.startswith("promoter:")), "")
    found = statement_sources.sources({row.reference for row in movements}, whose)
    return tuple(_with_source(row, found[row.reference], whose) for row in movements)


def _with_source(row: Movement, source: statement_sources.Source, whose: str) -> Movement:
    channel, on = source.bill or ("", None)
    return replace(
        row,
        order="" if whose else source.order,
        versions=source.versions,
        proof=source.proof,
        withdrawal=source.withdrawal,
        bill_channel=channel,
        bill_on=on,
        board=source.board or (),
    )


def _last_day(period: Period) -> date:
    if period.kind is PeriodKind.DAY and period.end is not None:
        return (period.end - timedelta(seconds=1)).astimezone(current().zone).date()
    return first_day(PeriodKind.MONTH, period.starts_on + timedelta(days=32)) - timedelta(days=1)


def _month_before(period: Period) -> str:
    before = period.starts_on - timedelta(days=1)
    return f"{before:%Y-%m}" if before.year in typed.YEARS else ""


_OF_PROMOTERS = {"order": "paid", "refund": "refund", "commission": "matured", "board": "prize"}
_OF_INSTITUTIONS = {"order": "sale", "refund": "refunded", "board": "prize"}


def kind_of(key: str, accounts: Sequence[str]) -> str:
    """What an event was to the party that has these accounts; a code of the family `movement`."""
    theirs = any(code.startswith("promoter:") for code in accounts)
    first, last = key.split(":", 1)[0], key.rsplit(":", 1)[-1]
    if first == "withdrawal":
        return last if last in ("requested", "succeeded") else "returned"
    if first == "commission" and last == "rejected":
        return "rejected"
    return (_OF_PROMOTERS if theirs else _OF_INSTITUTIONS).get(first, first)


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


class _Echo:
    """A file that answers what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(accounts: Sequence[str], period: Period, file_name: str) -> HttpResponse:
    """The month as a file that spreadsheets open: in the institution's zone.

    Written whole while the institution is in scope: a stream that is dropped half-way would end
    its scope in whatever thread collects it.
    """
    facts = current()
    unit = str(UNITS.get(facts.currency, facts.currency))
    header = [
        _("Time"),
        _("Movement"),
        _("Ledger key"),
        _("Account"),
        _("Debit (%(unit)s)") % {"unit": unit},
        _("Credit (%(unit)s)") % {"unit": unit},
        _("Balance after (%(unit)s)") % {"unit": unit},
    ]
    rows = "".join(_rows(accounts, period, header, Words(accounts)))
    response = HttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}-{name_of(period)}.csv"'
    return response


class Words:
    """Everything that is translated, looked up once for all rows."""

    def __init__(self, accounts: Sequence[str]) -> None:
        self.accounts = {code: account_label(code) for code in accounts}
        self.movements = {code: str(word) for code, word in labels.LABELS["movement"].items()}
        self.opening, self.closing = _("Opening"), _("Closing")
        self.zone, self.made = _("Time zone"), _("Made at")
        self.period, self.count = _("Period"), _("Entries")


def _rows(
    accounts: Sequence[str], period: Period, header: list[str], words: Words
) -> Iterator[str]:
    writer = csv.writer(_Echo())
    facts = current()
    sign = {code: -1 if statements.shown_as_debit(code) else 1 for code in accounts}
    balances = ledger.balances_before(accounts, facts.currency, period.start)
    yield BOM + writer.writerow(header)
    start = period.start.astimezone(facts.zone)
    for code in accounts:
        shown = _amount(sign[code] * balances[code], facts.currency)
        yield writer.writerow(
            [
                f"{start:%Y-%m-%d %H:%M:%S}",
                words.opening,
                "",
                safe(words.accounts[code]),
                "",
                "",
                shown,
            ]
        )
    count = 0
    for line in lines_of(accounts, period):
        count += 1
        balances[line.account] += line.credit - line.debit
        yield writer.writerow(_cells(line, words))
    for code in accounts:
        shown = _amount(sign[code] * balances[code], facts.currency)
        yield writer.writerow(["", words.closing, "", safe(words.accounts[code]), "", "", shown])
    yield writer.writerow([words.period, name_of(period)])
    yield writer.writerow([words.zone, facts.zone.key])
    yield writer.writerow([words.made, f"{clock.now().astimezone(facts.zone):%Y-%m-%d %H:%M:%S}"])
    yield writer.writerow([words.count, str(count)])


def _cells(line: StatementLine, words: Words) -> list[str]:
    facts = current()
    at = line.at.astimezone(facts.zone)
    kind = kind_of(line.key, list(words.accounts))
    return [
        f"{at:%Y-%m-%d %H:%M:%S}",
        safe(words.movements.get(kind, kind)),
        safe(line.key),
        safe(words.accounts[line.account]),
        _amount(line.debit, facts.currency) if line.debit else "",
        _amount(line.credit, facts.currency) if line.credit else "",
        _amount(line.balance, facts.currency),
    ]


def _amount(minor: int, currency: str) -> str:
    """A number that spreadsheets add up: a plain minus, no separators."""
    return ("-" if minor < 0 else "") + major(abs(minor), currency)
