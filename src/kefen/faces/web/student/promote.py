"""Becoming a promoter: one screen, one tap."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kefen.catalog import queries as catalog
from kefen.core.errors import DomainError, IllegalTransition
from kefen.core.ids import public_id, uuid7
from kefen.core.states import PromoterStatus
from kefen.core.terms import PromoterKind
from kefen.faces.web import earning, problems
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.student.screens import BecomePromoterScreen, Earning
from kefen.platform import clock
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.tenancy.queries import limits
from kefen.programmes import queries as programmes
from kefen.promoters import actions as promoters
from kefen.promoters import queries

_NAME = 20


@require_http_methods(["GET", "POST"])
@school_page
def become_promoter(entry: Entry) -> HttpResponse:
    """What one would earn on which course, the agreement, and the tap."""
    if entry.account is None:
        entry.say(
            _(
                "Becoming a promoter needs you signed in, so that nobody does it in your name. "
                "Ask the school for your sign-in link."
            ),
            tone="amber",
        )
        return entry.to("my_orders")
    existing = queries.of_account(entry.account.id)
    if existing is not None and existing.status in (
        PromoterStatus.ACTIVE,
        PromoterStatus.SUSPENDED,
    ):
        return entry.to("promoter_home")
    if entry.request.method == "GET":
        return entry.show("web/student/become_promoter.html", _screen(entry))
    return _apply(entry)


def _apply(entry: Entry) -> HttpResponse:
    assert entry.account is not None  # noqa: S101 - the caller looked
    values = entry.posted
    name, errors = values.get("name", "").strip(), {}
    if not 1 <= len(name) <= _NAME:
        errors["name"] = _("Write a name of 1 to 20 characters.")
    if values.get("agreement") != "1":
        errors["agreement"] = _("Agree to the agreement first.")
    if values.get("of_age") != "1":
        errors["of_age"] = _("Only adults promote: declare your age first.")
    if errors:
        return _refused(entry, Form(values, errors))
    existing = queries.of_account(entry.account.id)
    code = existing.code if existing is not None else public_id("p", uuid7())[-8:].upper()
    try:
        promoters.apply(
            account_id=entry.account.id,
            code=code,
            kind=PromoterKind.STUDENT,
            nickname=name,
            agreed=True,
            adult=True,
            actor=Actor(ActorKind.STUDENT, None if entry.user is None else entry.user.id),
        )
    except IllegalTransition:
        return entry.to("become_promoter")
    except DomainError as refusal:
        return _refused(entry, problems.form_of(refusal, values, field="name"))
    return entry.to("become_promoter")


def _refused(entry: Entry, form: Form) -> HttpResponse:
    return entry.show("web/student/become_promoter.html", _screen(entry, form), status=422)


def _screen(entry: Entry, form: Form | None = None) -> BecomePromoterScreen:
    assert entry.account is not None  # noqa: S101 - the caller looked
    row = queries.of_account(entry.account.id)
    version = programmes.schedule().in_force(clock.now())
    on_sale = [course for course in catalog.all_courses() if course.on_sale]
    rebates = earning.as_newcomer(on_sale)
    return BecomePromoterScreen(
        currency=entry.school.currency,
        earnings=tuple(
            Earning(course.title, course.list_price, rebates[course.code])
            for course in on_sale
            if rebates.get(course.code)
        ),
        hold_days=0 if version is None else version.terms.hold_days,
        minimum_withdrawal=entry.school.withdrawal_minimum,
        minimum_age=limits().minimum_age,
        state="" if row is None or row.status == PromoterStatus.LEFT else row.status,
        reason="" if row is None else row.decision_reason,
        form=form or Form({"name": "" if row is None else row.nickname}),
    )
