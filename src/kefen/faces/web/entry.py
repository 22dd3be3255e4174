"""How a request becomes a page: the school in scope, the person known, the deed allowed, and every
refusal said in one way.

`school_page`, `promoter_page`, `operator_page` and `platform_page` wrap a view, which gets an
`Entry` instead of a request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from kefen.core.errors import (
    ChannelError,
    DomainError,
    InvariantBroken,
    KefenError,
    NotFound,
)
from kefen.core.states import PromoterStatus
from kefen.faces.web import policies, problems, tokens, visits
from kefen.faces.web.network import origin_of
from kefen.faces.web.operator.counts import badges
from kefen.faces.web.shared.layout import Layout, Notice, show, theme_of
from kefen.faces.web.views import error_page
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import acting, rights
from kefen.platform.identity import queries as identity
from kefen.platform.identity.contracts import AccountFacts, Actor, ActorKind
from kefen.platform.identity.models import User
from kefen.platform.identity.personal import masked_name, masked_phone
from kefen.platform.identity.rights import Deed
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter

NOTICE = "notice"
_NOT_FOUND = 404
logger = structlog.get_logger(__name__)
View = Callable[..., HttpResponseBase]


@dataclass(slots=True)
class Entry:
    """Somebody at a door: what is asked, of which school, by whom."""

    request: HttpRequest
    user: User | None
    institution: InstitutionFacts | None = None
    account: AccountFacts | None = None
    promoter: Promoter | None = None
    role: str = ""
    person_name: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    kind: ActorKind = ActorKind.STUDENT
    come_back: str = "/"

    @property
    def school(self) -> InstitutionFacts:
        """The institution in scope."""
        if self.institution is None:
            raise InvariantBroken(invariant="a page of a school has one in scope")
        return self.institution

    @property
    def me(self) -> Promoter:
        """The promoter who looks at his own pages."""
        if self.promoter is None:
            raise InvariantBroken(invariant="promoter_page lets nobody else in")
        return self.promoter

    @property
    def actor(self) -> Actor:
        """Who acts, for the audit log."""
        return Actor(self.kind, None if self.user is None else self.user.id)

    @property
    def posted(self) -> dict[str, str]:
        """What was typed."""
        return problems.typed(self.request.POST.dict())

    @property
    def query(self) -> dict[str, str]:
        """What stands behind the question mark."""
        return {name: str(value) for name, value in self.request.GET.dict().items()}

    def to(self, name: str, *arguments: str, **query: str) -> HttpResponseRedirect:
        """To another page of the same school."""
        address = self.address(name, *arguments)
        return HttpResponseRedirect(f"{address}?{urlencode(query)}" if query else address)

    def address(self, name: str, *arguments: str) -> str:
        """The address of a page, of this school where there is one."""
        first = () if self.institution is None else (self.institution.slug,)
        return reverse(f"web:{name}", args=(*first, *arguments))

    def say(self, text: str, *, title: str = "", tone: str = "jade") -> None:
        """Say something once, on the next page that is shown."""
        self.request.session[NOTICE] = {"text": str(text), "title": str(title), "tone": tone}

    def show(self, template: str, screen: Any, active: str = "", status: int = 200) -> HttpResponse:
        """Fill a template with its screen and the frame around it."""
        return show(self.request, template, screen, self.layout(active), status=status)

    def layout(self, active: str = "") -> Layout:
        """The frame of a page."""
        request, facts = self.request, self.institution
        # A refused form has no page of its own to come back to, unless the view names one.
        path = request.get_full_path() if request.method == "GET" else self.come_back
        said = request.session.pop(NOTICE, None) if NOTICE in request.session else None
        return Layout(
            now=clock.now(),
            path=path,
            zone="Asia/Shanghai" if facts is None else facts.zone.key,
            institution_slug="" if facts is None else facts.slug,
            institution_name="" if facts is None else facts.name,
            active=active,
            person_name=self.person_name,
            person_role=self.role,
            theme=theme_of(request),
            demo=settings.DEMO,
            counts=self.counts,
            notice=None if said is None else Notice(**said),
            may=rights.deeds_of(self.role),
            missing=policies.missing(active, self.role),
            paused=facts is not None and facts.paused,
            paused_reason=self._paused_reason(),
        )

    def _paused_reason(self) -> str:
        """Why the platform paused the school, for the people who run it."""
        if self.kind is not ActorKind.OPERATOR or self.institution is None:
            return ""
        return self.institution.state_reason if self.institution.paused else ""


def signed_in(request: HttpRequest) -> User | None:
    """Who is signed in on this browser."""
    user = request.user
    return user if isinstance(user, User) and user.is_active else None


def refuse(entry: Entry, error: KefenError) -> HttpResponse:
    """An error as a page of its own."""
    currency = "CNY" if entry.institution is None else entry.institution.currency
    said = problems.sentence(error, currency)
    return error_page(entry.request, problems.status_of(error), said, _way_out(entry))


def _way_out(entry: Entry) -> str:
    """Where an error page leads: to the school, and a visit that came along goes on."""
    if entry.institution is None:
        return "/"
    address, token = entry.address("school"), entry.query.get("r", "")
    carries = tokens.read_arrival(entry.school, token) is not None
    return f"{address}?{urlencode({'r': token})}" if carries else address


def _answer(entry: Entry, view: View, arguments: Mapping[str, str]) -> HttpResponseBase:
    """The view's answer, or its refusal; pages of persons are kept by no cache."""
    with acting.as_(entry.actor, origin_of(entry.request)) as act:
        try:
            response = view(entry, **arguments)
        except (DomainError, ChannelError) as error:
            logger.info("page_refused", code=error.code, page=_page(entry))
            response = refuse(entry, error)
        if entry.institution is not None and entry.user is not None:
            _note_refusals(entry, act, response)
    if not response.has_header("Cache-Control"):  # a picture for everybody says so itself
        patch_cache_control(response, private=True, no_cache=True, no_store=True)
    return response


def _note_refusals(entry: Entry, act: acting.Acting, response: HttpResponseBase) -> None:
    """Note what somebody tried that he may not, and what he looked for that does not exist in this
    school, like a neighbour's number. The page's name, not its address: that may carry an id."""
    for refusal in act.refused:
        told = {name: refusal.params[name] for name in ("deed", "role")}
        audit.record(entry.actor, "access.refused", f"page:{_page(entry)}", **told)
    if response.status_code == _NOT_FOUND:
        audit.record(entry.actor, "access.not_found", f"page:{_page(entry)}")


def _page(entry: Entry) -> str:
    """Which page it is, for logs; its address may hold a token."""
    found = entry.request.resolver_match
    return "" if found is None else str(found.url_name)


def _in_school(prepare: Callable[[Entry], HttpResponseBase | None]) -> Callable[[View], View]:
    """A decorator: the school of the address in scope, then `prepare`, then the view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *, slug: str, **arguments: str) -> HttpResponseBase:
            entry = Entry(request, signed_in(request))
            try:
                entry.institution = tenancy.by_slug(slug)
            except NotFound:
                return error_page(request, 404)
            with scope.institution(entry.institution.id):
                try:
                    stopped = prepare(entry)
                except (DomainError, ChannelError) as error:
                    return refuse(entry, error)
                return stopped or _answer(entry, view, arguments)

        return run

    return decorate


def _know_account(entry: Entry) -> None:
    if entry.user is not None:
        entry.account = identity.account_of_user(entry.user.id)
    if entry.account is not None:
        entry.person_name = masked_name(entry.account.name) or masked_phone(entry.account.phone)


def _student(entry: Entry) -> None:
    _know_account(entry)
    if entry.account is not None:
        visits.tie_browser(entry.request, entry.school, entry.account)
    entry.role = "student"


school_page = _in_school(_student)


def to_sign_in(entry: Entry) -> HttpResponseRedirect:
    """Who is not signed in is asked to, and comes back to the page that he wanted."""
    address = reverse("web:sign_in")
    if entry.request.method != "GET":
        return HttpResponseRedirect(address)
    return HttpResponseRedirect(f"{address}?{urlencode({'next': entry.request.get_full_path()})}")


def _promoter(entry: Entry) -> HttpResponseBase | None:
    if entry.user is None:
        wanted = entry.request.get_full_path() if entry.request.method == "GET" else ""
        return entry.to("school_sign_in", why="promoter", next=wanted)
    _know_account(entry)
    if entry.account is None:
        return _stranger(entry)
    entry.promoter = promoters.of_account(entry.account.id)
    if entry.promoter is None or entry.promoter.status in (
        PromoterStatus.APPLIED,
        PromoterStatus.REJECTED,
    ):
        return entry.to("become_promoter")
    entry.kind, entry.role = ActorKind.PROMOTER, "promoter"
    entry.person_name = entry.promoter.nickname or entry.person_name or entry.promoter.code
    return None


promoter_page = _in_school(_promoter)


def _stranger(entry: Entry) -> HttpResponse:
    """Somebody signed in elsewhere: nothing here exists for him, and that he looked is noted."""
    with acting.as_(entry.actor, origin_of(entry.request)):
        audit.record(entry.actor, "access.refused", f"page:{_page(entry)}")
    return error_page(entry.request, 404)


def operator_page(*, may: str = "") -> Callable[[View], View]:
    """A page of the console; `may` names the deed of rights.py that it takes, empty to look.

    What it does is checked once more where it is done; here nobody even sees its form."""

    def member(entry: Entry) -> HttpResponseBase | None:
        if entry.user is None:
            return to_sign_in(entry)
        entry.kind = ActorKind.OPERATOR
        found = identity.member(entry.user.id)
        if found is None:
            return _stranger(entry)
        entry.role, entry.person_name = found.role, found.display_name or found.role
        if entry.request.method == "GET":
            entry.counts = badges(entry.role)
        return None

    def decorate(view: View) -> View:
        @wraps(view)
        def allowed(entry: Entry, **arguments: str) -> HttpResponseBase:
            if may:
                rights.require(Deed(may))
            return view(entry, **arguments)

        return _in_school(member)(allowed)

    return decorate


def platform_page(view: View) -> View:
    """A page of those who run the installation; to everybody else it does not exist."""

    @wraps(view)
    def run(request: HttpRequest, **arguments: str) -> HttpResponseBase:
        entry = Entry(request, signed_in(request))
        if entry.user is None:
            return to_sign_in(entry)
        if not entry.user.is_platform_staff:
            with acting.as_(entry.actor, origin_of(request)):
                audit.record_for_platform(entry.actor, "access.refused", f"page:{_page(entry)}")
            return error_page(request, 404)
        entry.kind, entry.role = ActorKind.PLATFORM, "platform"
        entry.person_name = entry.user.handle
        return _answer(entry, view, arguments)

    return run
