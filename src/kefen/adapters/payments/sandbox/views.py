"""The channel's own pages: the cashier where the student pays, and where the receiver of a
payout confirms it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kefen.adapters.frame import frame
from kefen.adapters.payments.sandbox import books, faults, payouts
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.adapters.payments.sandbox.models import Payment, Payout, Verdict
from kefen.core.errors import NotFound
from kefen.platform.tenancy.queries import by_slug

_FAULTS = (Fault.DUPLICATE, Fault.DELAYED, Fault.LOST, Fault.WRONG_AMOUNT)


@dataclass(frozen=True, slots=True)
class _Screen:
    """What `web/cashier.html` and the sandbox's own page show."""

    currency: str
    number: str
    amount: int
    amount_major: str
    payee: str
    subject: str
    closed: bool
    return_url: str
    faults: tuple[str, ...] = tuple(fault.value for fault in _FAULTS)


@never_cache
@require_http_methods(["GET", "POST"])
def cashier(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what is to be paid; POST `outcome` = `paid` or `abandoned`, perhaps with a `fault`
    of the notification to be shown."""
    if not settings.SANDBOX:
        raise Http404
    try:
        payment = books.payment_by_token(token)
        if request.method == "GET":
            return _page(request, payment)
        if request.POST.get("outcome") == "paid":
            chosen = request.POST.get("fault", "")
            if payment.paid_at is None and chosen in {fault.value for fault in _FAULTS}:
                faults.plan(payment.institution, payment.order, Fault(chosen))
            payment = books.pay(token)
    except NotFound as error:
        raise Http404 from error
    return HttpResponseRedirect(payment.return_url)


def _page(request: HttpRequest, payment: Payment) -> HttpResponse:
    screen = _Screen(
        currency=payment.currency,
        number=payment.order,
        amount=payment.amount,
        amount_major=f"{payment.amount // 100:,}.{payment.amount % 100:02}",
        payee=by_slug(payment.institution).name,
        subject=payment.subject,
        closed=payment.paid_at is not None or payment.closed_at is not None,
        return_url=payment.return_url,
    )
    framed = frame(request)
    return render(request, _template("cashier.html"), {"screen": screen, "layout": framed})


@dataclass(frozen=True, slots=True)
class _Receipt:
    """What `web/receipt.html` and the sandbox's own page show."""

    currency: str
    number: str
    amount: int
    amount_major: str
    payer: str
    state: str
    until: datetime | None
    return_url: str


@never_cache
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what is to be received; POST confirms that the receiver is who he is."""
    if not settings.SANDBOX:
        raise Http404
    try:
        row = payouts.by_token(token)
        if request.method == "POST":
            payouts.confirm(token)
            return HttpResponseRedirect(request.path)
    except NotFound as error:
        raise Http404 from error
    framed = frame(request)
    content = {"screen": _received(row), "layout": framed}
    return render(request, _template("receipt.html"), content)


def _received(row: Payout) -> _Receipt:
    return _Receipt(
        currency=row.currency,
        number=row.number,
        amount=row.amount,
        amount_major=f"{row.amount // 100:,}.{row.amount % 100:02}",
        payer=by_slug(row.institution).name,
        state=row.verdict,
        until=row.confirm_by if row.verdict == Verdict.WAITING else None,
        return_url=_back_to(row.institution),
    )


def _back_to(slug: str) -> str:
    """The promoter's withdrawals, where the web face is installed."""
    try:
        return reverse("web:promoter_withdraw", args=(slug,))
    except NoReverseMatch:
        return ""


def _template(name: str) -> str:
    """A page in the dress of the web face, where that is installed."""
    try:
        reverse("web:set_language")
    except NoReverseMatch:
        return f"sandbox/{name}"
    return f"web/{name}"
