"""The promoter centre."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kefen.catalog import queries as catalog
from kefen.commissions import actions as commissions
from kefen.core.errors import DomainError
from kefen.core.states import PromoterStatus
from kefen.faces.web import problems, statement_files, statement_sheets, statements, typed
from kefen.faces.web.entry import Entry, promoter_page
from kefen.faces.web.promoter import (
    build,
    money,
    performance,
    posters,
    profiles,
    proof,
    tax,
    withdrawals,
)
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.templatetags.kefen import money_text
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.promoters import actions as promoters


@require_safe
@promoter_page
def home(entry: Entry) -> HttpResponse:
    """Money first."""
    return entry.show("web/promoter/home.html", build.home(entry), "home")


@require_safe
@promoter_page
def courses(entry: Entry) -> HttpResponse:
    """What can be promoted."""
    return entry.show("web/promoter/courses.html", build.course_list(entry), "courses")


@require_safe
@promoter_page
def course(entry: Entry, course: str) -> HttpResponse:
    """One course with link and QR code. One that nobody can buy has none."""
    row = catalog.page(course)
    if not posters.has_poster(row):
        screen = posters.no_poster(entry, row)
        return entry.show("web/promoter/no_poster.html", screen, "courses", 404)
    return entry.show("web/promoter/course.html", build.course(entry, row), "courses")


@require_safe
@promoter_page
def qr(entry: Entry, course: str) -> HttpResponse:
    """The QR code as a picture that can be saved."""
    return HttpResponse(build.qr(entry, catalog.page(course)), content_type="image/png")


@require_safe
@promoter_page
def income(entry: Entry) -> HttpResponse:
    """Every commission."""
    return entry.show("web/promoter/income.html", money.income(entry), "income")


@require_safe
@promoter_page
def income_proof(entry: Entry, proof_: str) -> HttpResponse:
    """The proof of one."""
    row = proof.mine(entry, proof_)
    return entry.show("web/promoter/proof.html", proof.proof(entry, row), "income")


@require_POST
@promoter_page
def income_question(entry: Entry, proof_: str) -> HttpResponse:
    """Ask the school about one rebate."""
    row, values = proof.mine(entry, proof_), entry.posted
    try:
        commissions.ask_about(row.id, values.get("question", ""), actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, values, entry.school.currency)
        screen, status = proof.proof(entry, row, form), problems.status_of(refusal)
        return entry.show("web/promoter/proof.html", screen, "income", status)
    entry.say(_("Your question is with the school; the answer will stand here."))
    return entry.to("promoter_proof", proof_)


@require_http_methods(["GET", "POST"])
@promoter_page
def withdraw(entry: Entry) -> HttpResponse:
    """Ask for money; `preview` only shows the tax of the amount typed."""
    if entry.request.method == "GET":
        return entry.show("web/promoter/withdraw.html", withdrawals.withdraw(entry), "income")
    values, currency = entry.posted, entry.school.currency
    if "preview" in values:
        screen = withdrawals.withdraw(entry, Form(values))
        return entry.show("web/promoter/withdraw.html", screen, "income")
    try:
        amount = typed.amount(values.get("amount", ""), currency)
        wanted = RequestWithdrawal(values.get("number", ""), entry.me.code, amount, clock.now())
        payouts.request(wanted, actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, values, currency, field="amount")
        return entry.show(
            "web/promoter/withdraw.html",
            withdrawals.withdraw(entry, form),
            "income",
            problems.status_of(refusal),
        )
    asked = money_text(amount, currency)
    entry.say(_("%(amount)s is reserved; the school looks at it next.") % {"amount": asked})
    return entry.to("promoter_withdraw")


@require_POST
@promoter_page
def withdraw_cancel(entry: Entry, number: str) -> HttpResponse:
    """Take an own request back."""
    withdrawals.mine(entry, number)
    payouts.cancel(number, actor=entry.actor)
    entry.say(_("The withdrawal is taken back; the amount is available again."))
    return entry.to("promoter_withdraw")


@require_safe
@promoter_page
def withdrawal(entry: Entry, number: str) -> HttpResponse:
    """One withdrawal: its way, its tax, and the receipt to confirm."""
    screen = withdrawals.withdrawal(entry, withdrawals.mine(entry, number))
    return entry.show("web/promoter/withdrawal.html", screen, "income")


@require_safe
@promoter_page
def tax_records(entry: Entry) -> HttpResponse:
    """What was paid in a year, and what was withheld."""
    screen = tax.records(entry, tax.year_of(entry))
    return entry.show("web/promoter/tax.html", screen, "income")


@require_safe
@promoter_page
def tax_csv(entry: Entry) -> HttpResponseBase:
    """A year as a file."""
    return tax.as_csv(entry, tax.year_of(entry))


@require_safe
@promoter_page
def link_performance(entry: Entry) -> HttpResponse:
    """What the links brought."""
    screen = performance.performance(entry)
    return entry.show("web/promoter/performance.html", screen, "income")


@require_http_methods(["GET", "POST"])
@promoter_page
def identity(entry: Entry) -> HttpResponse:
    """Who the promoter is by his papers: said once, shown masked."""
    if entry.request.method == "GET":
        return entry.show("web/promoter/identity.html", profiles.identity(entry), "profile")
    values = entry.posted
    try:
        profiles.declare(entry, values)
    except DomainError as refusal:
        form = problems.form_of(refusal, {**values, "id_number": ""}, entry.school.currency)
        screen = profiles.identity(entry, form)
        status = problems.status_of(refusal)
        return entry.show("web/promoter/identity.html", screen, "profile", status)
    entry.say(_("Your identity is noted. It is encrypted and shown masked everywhere."))
    return entry.to("promoter_profile")


@require_safe
@promoter_page
def statement(entry: Entry) -> HttpResponse:
    """A month."""
    return entry.show("web/promoter/statement.html", money.statement(entry), "income")


@require_safe
@promoter_page
def statement_csv(entry: Entry) -> HttpResponseBase:
    """A month as a file."""
    accounts = build.Money(entry.me.code, entry.school.currency).codes
    period = statements.chosen(entry.query)
    if statement_sheets.count(entry.me.code, period) > statement_sheets.SMALL:
        return statement_files.too_large(entry, period)
    return statements.as_csv(accounts, period, f"{entry.school.slug}-{entry.me.code}")


@require_safe
@promoter_page
def profile(entry: Entry) -> HttpResponse:
    """我的."""
    return entry.show("web/promoter/profile.html", profiles.profile(entry), "profile")


@require_POST
@promoter_page
def leave(entry: Entry) -> HttpResponse:
    """Leave the programme; what was earned stays."""
    if entry.posted.get("confirm") == "leave" and entry.me.status != PromoterStatus.LEFT:
        promoters.leave(entry.me.code, actor=entry.actor)
        entry.say(_("You left the programme. What you earned stays yours."))
    return entry.to("promoter_profile")
