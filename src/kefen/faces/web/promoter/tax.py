"""Tax records: what was paid to a promoter in a calendar year and what was withheld from it."""

import csv
import io

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kefen.core.periods import Period, PeriodKind, period_from, period_of
from kefen.faces.web import labels, statements, typed
from kefen.faces.web.entry import Entry
from kefen.faces.web.promoter import payout_screens as screens
from kefen.faces.web.templatetags.kefen import major
from kefen.payouts import queries as payouts
from kefen.platform import clock
from kefen.platform.identity import queries as identity


def year_of(entry: Entry) -> Period:
    """The year asked for, or the present one for anything else."""
    text, zone = entry.query.get("year", ""), entry.school.zone
    now = period_of(PeriodKind.YEAR, clock.now(), zone)
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and int(text) in typed.YEARS):
        return now
    return period_from(PeriodKind.YEAR, now.starts_on.replace(year=int(text)), zone)


def records(entry: Entry, year: Period) -> screens.TaxScreen:
    """A year. It is income when it was approved, as long as it did not come back."""
    me, facts = entry.me, entry.school
    rows = tuple(
        screens.TaxRecord(
            row.number, row.approved_at, row.amount, row.tax or 0, row.net or 0, row.state
        )
        for row in payouts.approved_in(me.id, year)
        if row.approved_at is not None
    )
    first = payouts.first_approval(me.id)
    known = None if entry.account is None else identity.identity_of(entry.account.id)
    shown = year.starts_on.year
    today = clock.now().astimezone(facts.zone).year
    return screens.TaxScreen(
        currency=facts.currency,
        year=shown,
        rule=facts.tax_rule.value,
        records=tuple(reversed(rows)),
        gross=sum(row.gross for row in rows),
        withheld=sum(row.tax for row in rows),
        net=sum(row.net for row in rows),
        csv_url=f"{entry.address('promoter_tax_csv')}?year={shown}",
        identity_name="" if known is None else known.name,
        identity_number="" if known is None else known.id_number,
        earlier=shown - 1 if first and first.astimezone(facts.zone).year < shown else 0,
        later=shown + 1 if shown < today else 0,
    )


def as_csv(entry: Entry, year: Period) -> HttpResponse:
    """The year as a file that spreadsheets open: UTF-8 with its mark, numbers that add up."""
    screen, zone = records(entry, year), entry.school.zone
    unit = str(statements.UNITS.get(screen.currency, screen.currency))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            _("Approved at"),
            _("Withdrawal"),
            _("Before tax (%(unit)s)") % {"unit": unit},
            _("Tax withheld (%(unit)s)") % {"unit": unit},
            _("Received (%(unit)s)") % {"unit": unit},
            _("State"),
        ]
    )
    for row in reversed(screen.records):
        amounts = (major(value, screen.currency) for value in (row.gross, row.tax, row.net))
        at = f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        state = str(labels.label("withdrawal", row.state))
        writer.writerow([at, statements.safe(row.number), *amounts, statements.safe(state)])
    sums = (major(value, screen.currency) for value in (screen.gross, screen.withheld, screen.net))
    writer.writerow([_("Sum"), "", *sums, ""])
    writer.writerow([_("Tax"), str(labels.label("tax_rule", screen.rule))])
    writer.writerow([_("Time zone"), zone.key])
    response = HttpResponse(statements.BOM + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{entry.school.slug}-{entry.me.code}-tax-{screen.year}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
