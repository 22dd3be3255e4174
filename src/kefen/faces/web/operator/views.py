"""The console: looking."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from kefen.faces.web import statement_files, statement_sheets, statements
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator import audit_log, money, orders, oversight, programme, promoters
from kefen.faces.web.operator.overview import overview as build_overview
from kefen.ledger import queries as ledger
from kefen.orders import queries as order_rows
from kefen.promoters import queries as promoter_rows


@require_safe
@operator_page()
def overview(entry: Entry) -> HttpResponse:
    """Work first."""
    return entry.show("web/operator/overview.html", build_overview(entry), "overview")


@require_safe
@operator_page()
def order_list(entry: Entry) -> HttpResponse:
    """Orders."""
    return entry.show("web/operator/orders.html", orders.listed(entry), "orders")


@require_safe
@operator_page()
def order(entry: Entry, number: str) -> HttpResponse:
    """One order."""
    screen = orders.order(order_rows.by_number(number))
    return entry.show("web/operator/order.html", screen, "orders")


@require_safe
@operator_page()
def promoter_list(entry: Entry) -> HttpResponse:
    """Promoters."""
    return entry.show("web/operator/promoters.html", promoters.listed(entry), "promoters")


@require_safe
@operator_page()
def promoter(entry: Entry, code: str) -> HttpResponse:
    """One promoter."""
    screen = promoters.promoter(entry, promoter_rows.row(code))
    return entry.show("web/operator/promoter.html", screen, "promoters")


@require_safe
@operator_page()
def programme_page(entry: Entry) -> HttpResponse:
    """The rules in force and the form for the next version."""
    return entry.show("web/operator/programme.html", programme.programme(entry), "programme")


@require_safe
@operator_page()
def withdrawals(entry: Entry) -> HttpResponse:
    """Withdrawals."""
    return entry.show("web/operator/withdrawals.html", money.withdrawals(entry), "withdrawals")


@require_safe
@operator_page()
def statement(entry: Entry) -> HttpResponse:
    """The school's month and the check of the books."""
    return entry.show("web/operator/statements.html", money.statement(entry), "statements")


@require_safe
@operator_page()
def statement_csv(entry: Entry) -> HttpResponseBase:
    """The school's month as a file: all accounts that are not a promoter's."""
    period = statements.chosen(entry.query)
    if statement_sheets.count("", period) > statement_sheets.SMALL:
        return statement_files.too_large(entry, period)
    return statements.as_csv(ledger.institution_accounts(), period, entry.school.slug)


@require_safe
@operator_page()
def notifications(entry: Entry) -> HttpResponse:
    """What channels told us."""
    screen = oversight.notifications(entry)
    return entry.show("web/operator/notifications.html", screen, "notifications")


@require_safe
@operator_page()
def audit(entry: Entry) -> HttpResponse:
    """Who did what."""
    return entry.show("web/operator/audit.html", audit_log.audit_log(entry), "audit")
