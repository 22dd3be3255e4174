"""Becoming a promoter: one screen, one tap; for lecturers and channels a word about themselves,
and whoever decides."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kefen.catalog import queries as catalog
from kefen.core.errors import DomainError, IllegalTransition
from kefen.core.ids import public_id, uuid7
from kefen.core.states import PromoterStatus
from kefen.core.terms import PromoterKind
from kefen.faces.web import earning, problems
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.student.screens import AgreementScreen, BecomePromoterScreen, Earning
from kefen.platform import clock
from kefen.platform.identity.contracts import AccountFacts, Actor, ActorKind
from kefen.platform.tenancy.queries import limits
from kefen.programmes import queries as programmes
from kefen.promoters import actions as promoters
from kefen.promoters import queries
from kefen.promoters.models import Promoter

_TEMPLATE = "web/student/become_promoter.html"
_NAME = 20
_ABOUT = 300
_KINDS = frozenset(kind.value for kind in PromoterKind)


@require_http_methods(["GET", "POST"])
@school_page
def become_promoter(entry: Entry) -> HttpResponse:
    """What one would earn on which course, the agreement, and the tap."""
    if entry.account is None:
        here = entry.request.get_full_path() if entry.request.method == "GET" else ""
        goal = here or entry.address("become_promoter")
        return entry.to("school_sign_in", why="promote", next=goal)
    existing = queries.of_account(entry.account.id)
    if existing is not None and existing.status in (
        PromoterStatus.ACTIVE,
        PromoterStatus.SUSPENDED,
    ):
        return entry.to("promoter_home")
    if entry.request.method == "GET":
        return entry.show(_TEMPLATE, _screen(entry, entry.account, existing))
    return _apply(entry, entry.account, existing)


@require_safe
@school_page
def agreement(entry: Entry, version: str) -> HttpResponse:
    """A version of the promoter agreement, whole."""
    screen = AgreementScreen(version, queries.agreement_text(version))
    return entry.show("web/student/agreement.html", screen)


def _apply(entry: Entry, account: AccountFacts, existing: Promoter | None) -> HttpResponse:
    values = {**dict.fromkeys(("name", "about", "agreement", "of_age"), ""), **entry.posted}
    kind = PromoterKind(_kind(values.get("kind", "")))
    name, about = values["name"].strip(), values["about"].strip()
    errors = _mistakes(kind, name, about, values)
    if errors:
        return _refused(entry, account, existing, Form(values, errors))
    code = existing.code if existing is not None else public_id("p", uuid7())[-8:].upper()
    try:
        made = promoters.join(
            account_id=account.id,
            code=code,
            kind=kind,
            nickname=name,
            about="" if kind is PromoterKind.STUDENT else about,
            agreed=True,
            adult=True,
            actor=Actor(ActorKind.STUDENT, None if entry.user is None else entry.user.id),
        )
    except IllegalTransition:
        return entry.to("become_promoter")
    except DomainError as refusal:
        form = problems.form_of(refusal, values, field="name")
        return _refused(entry, account, existing, form)
    if made.status is PromoterStatus.ACTIVE:
        entry.say(_("Choose a course and take its link; it works from now on."), title=_("Open"))
        return entry.to("promoter_courses")
    return entry.to("become_promoter")


def _mistakes(kind: PromoterKind, name: str, about: str, values: dict[str, str]) -> dict[str, str]:
    errors = {}
    if not 1 <= len(name) <= _NAME:
        errors["name"] = _("Write a name of 1 to 20 characters.")
    if kind is not PromoterKind.STUDENT and not 10 <= len(about) <= _ABOUT:
        errors["about"] = _("Write 10 to 300 characters, so that the school can decide.")
    if values["agreement"] != queries.present_agreement():
        errors["agreement"] = _("Agree to the agreement first.")
    if values["of_age"] != "1":
        errors["of_age"] = _("Only adults promote: declare your age first.")
    return errors


def _refused(
    entry: Entry, account: AccountFacts, existing: Promoter | None, form: Form
) -> HttpResponse:
    return entry.show(_TEMPLATE, _screen(entry, account, existing, form), status=422)


def _kind(wanted: str, otherwise: str = PromoterKind.STUDENT.value) -> str:
    return wanted if wanted in _KINDS else otherwise


def _screen(
    entry: Entry, account: AccountFacts, row: Promoter | None, form: Form | None = None
) -> BecomePromoterScreen:
    version = programmes.schedule().in_force(clock.now())
    on_sale = [course for course in catalog.all_courses() if course.on_sale]
    rebates = earning.as_newcomer(on_sale)
    asked = entry.posted if entry.request.method == "POST" else entry.query
    kind = _kind(asked.get("kind", ""), "student" if row is None else row.kind)
    at_once = PromoterKind(kind) in queries.automatic_kinds() and row is None
    known = {"name": _suggested(account), "about": ""}
    if row is not None:
        known = {"name": row.nickname, "about": row.about}
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
        kind=kind,
        at_once=at_once,
        agreement=queries.present_agreement(),
        form=form or Form(known),
    )


def _suggested(account: AccountFacts) -> str:
    """A name that tells no stranger who it is, to be changed or kept: one tap is enough."""
    if not account.name:
        return _("Student %(code)s") % {"code": account.code[-4:].upper()}
    return _("%(first)s, fellow student") % {"first": account.name[0]}
