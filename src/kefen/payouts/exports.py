"""Files of payouts: the quarter's identities and incomes that a platform reports, and a promoter's
year."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from kefen.core.errors import InvalidInput
from kefen.core.periods import Period, PeriodKind, first_day, period_from
from kefen.payouts import queries
from kefen.payouts.models import Withdrawal
from kefen.platform.exports.contracts import Cell, Column, Sheet
from kefen.platform.exports.kinds import kind
from kefen.platform.identity import queries as identity
from kefen.platform.identity.rights import Deed
from kefen.platform.tenancy.queries import current
from kefen.promoters import queries as promoters

_AT_ONCE = 500
_YEARS = range(1970, 7000)


@kind("income_report")
def income_report(parameters: Mapping[str, str]) -> Sheet:
    """The quarter with masked identities: to look at."""
    return _report(parameters, full=False)


@kind("income_report_full", deed=Deed.IDENTITIES)
def income_report_full(parameters: Mapping[str, str]) -> Sheet:
    """The quarter with names and ID numbers in full: to be reported (State Council order 810)."""
    return _report(parameters, full=True)


@kind("tax_year")
def tax_year(parameters: Mapping[str, str]) -> Sheet:
    """A promoter's year: each withdrawal that was income of it, with what was withheld."""
    facts, year = current(), _period(PeriodKind.YEAR, parameters.get("year", "") + "-01-01")
    promoter = promoters.by_code(parameters.get("promoter", ""))
    found = queries.approved_in(promoter.id, year)
    states = {"succeeded": _("Arrived")}
    return Sheet(
        file_name=f"{facts.slug}-{promoter.code}-tax-{year.starts_on.year}",
        title=_("Tax records"),
        columns=(
            Column(_("Approved at"), Cell.INSTANT),
            Column(_("Withdrawal")),
            Column(_("Before tax"), Cell.AMOUNT),
            Column(_("Tax withheld"), Cell.AMOUNT),
            Column(_("Received"), Cell.AMOUNT),
            Column(_("State")),
        ),
        rows=(
            (
                row.approved_at,
                row.number,
                row.amount,
                row.tax,
                row.net,
                states.get(row.state, _("On its way")),
            )
            for row in found.iterator()
        ),
        count=found.count(),
        currency=facts.currency,
        filters={_("Year"): str(year.starts_on.year)},
    )


def quarter_of(text: str) -> Period:
    """`2026-Q3` as a period in the institution's zone. Raises InvalidInput."""
    year, _dash, quarter = text.partition("-Q")
    if not (year.isascii() and year.isdigit() and quarter in ("1", "2", "3", "4")):
        raise InvalidInput(field="quarter", reason="choose one of the list")
    return _period(PeriodKind.QUARTER, f"{year}-{int(quarter) * 3 - 2:02}-01")


def _period(kind_: PeriodKind, text: str) -> Period:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(field="period", reason="choose one of the list") from None
    if day.year not in _YEARS:
        raise InvalidInput(field="period", reason="choose one of the list")
    return period_from(kind_, first_day(kind_, day), current().zone)


def _report(parameters: Mapping[str, str], *, full: bool) -> Sheet:
    facts, quarter = current(), quarter_of(parameters.get("quarter", ""))
    found = list(
        Withdrawal.objects.filter(approved_at__gte=quarter.start, approved_at__lt=quarter.end)
        .exclude(state__in=queries.CAME_BACK)
        .order_by("promoter_id")
        .values("promoter_id", "promoter__code", "promoter__account_id")
        .annotate(gross=Sum("amount"), tax=Sum("tax"), net=Sum("net"), number=Count("id"))
    )
    return Sheet(
        file_name=f"{facts.slug}-income-{parameters['quarter']}",
        title=_("Identities and incomes"),
        columns=(
            Column(_("Period")),
            Column(_("Promoter")),
            Column(_("Name")),
            Column(_("ID number")),
            Column(_("Gross income"), Cell.AMOUNT),
            Column(_("Fees"), Cell.AMOUNT),
            Column(_("Tax withheld"), Cell.AMOUNT),
            Column(_("Net income"), Cell.AMOUNT),
            Column(_("Transactions"), Cell.COUNT),
        ),
        rows=_lines(found, parameters["quarter"], full=full),
        count=len(found),
        currency=facts.currency,
        filters={_("Period"): parameters["quarter"]},
    )


def _lines(
    found: Sequence[Mapping[str, Any]], quarter: str, *, full: bool
) -> Iterator[tuple[object, ...]]:
    """Each promoter with his identity; the school keeps no fee of what it pays out."""
    for start in range(0, len(found), _AT_ONCE):
        page = found[start : start + _AT_ONCE]
        accounts = [row["promoter__account_id"] for row in page]
        known = identity.papers_of([key for key in accounts if key is not None], full=full)
        for row in page:
            name, number = known.get(row["promoter__account_id"], ("", ""))
            yield (
                quarter,
                row["promoter__code"],
                name,
                number,
                row["gross"],
                0,
                row["tax"] or 0,
                row["net"] or 0,
                row["number"],
            )
