"""Signing in by a link, signing out, and the demo's choice of roles."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kefen.core.errors import NotPermitted
from kefen.core.states import PromoterStatus
from kefen.faces.web.shared.layout import Layout, show, theme_of
from kefen.faces.web.shared.screens import RoleCard, RolePickerScreen, SignInScreen
from kefen.faces.web.views import error_page
from kefen.platform import clock
from kefen.platform.identity import actions as identity
from kefen.platform.identity import queries
from kefen.platform.identity.models import User
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.queries import all_institutions
from kefen.promoters import queries as promoters

BACKEND = "django.contrib.auth.backends.ModelBackend"
_SCHOOLS_SHOWN = 2
_SCHOOLS_LOOKED_AT = 5
_PEOPLE_LOOKED_AT = 50


def _layout(request: HttpRequest) -> Layout:
    return Layout(now=clock.now(), path=request.path, theme=theme_of(request), demo=settings.DEMO)


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signed out: a link signs in."""
    return show(request, "web/sign_in.html", SignInScreen(demo=settings.DEMO), _layout(request))


@never_cache
@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link shows a button; pressing it signs in. A preview that only fetches uses nothing up,
    except that the demo's own links, which never wear out, need no button."""
    try:
        user = identity.user_of_token(
            token,
            max_age_seconds=settings.SIGN_IN_LINK_MAX_AGE,
            allow_reusable=settings.DEMO,
        )
    except NotPermitted:
        what = _("This sign-in link is used, too old or cut off. Ask for a new one.")
        return error_page(request, 403, what)
    if request.method == "GET" and not settings.DEMO:
        return show(request, "web/sign_in.html", SignInScreen(token=token), _layout(request))
    login(request, user, backend=BACKEND)
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(wanted if wanted and safe else home_of(user))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget who signed in on this browser."""
    logout(request)
    return HttpResponseRedirect(reverse("web:role_picker"))


def home_of(user: User) -> str:
    """Where somebody who signed in wants to be: his work, his promotion, his orders."""
    if user.is_platform_staff:
        return reverse("web:platform_institutions")
    as_student = ""
    for facts in all_institutions():
        with scope.institution(facts.id):
            if queries.role_of(user.id) is not None:
                return reverse("web:operator_overview", args=[facts.slug])
            account = queries.account_of_user(user.id)
            if account is None:
                continue
            if promoters.of_account(account.id) is not None:
                return reverse("web:promoter_home", args=[facts.slug])
            as_student = as_student or reverse("web:my_orders", args=[facts.slug])
    return as_student or reverse("web:role_picker")


@never_cache
def role_picker(request: HttpRequest) -> HttpResponse:
    """`/`: in a demo everybody that one can be; elsewhere the schools of this installation."""
    schools = all_institutions()
    if not settings.DEMO:
        if len(schools) == 1:
            return HttpResponseRedirect(reverse("web:school", args=[schools[0].slug]))
        return sign_in(request)
    found: list[list[RoleCard]] = []
    for facts in schools[:_SCHOOLS_LOOKED_AT]:
        with scope.institution(facts.id):
            found.append(_people_of(facts))
    # The fullest school first, whole; of others only the console, to see that they are apart.
    found.sort(key=len, reverse=True)
    cards = found[0] if found else []
    cards += [card for others in found[1:_SCHOOLS_SHOWN] for card in others[-1:]]
    cards += [_card("platform", user, user.handle, "") for user in queries.platform_staff()[:1]]
    screen = RolePickerScreen(roles=tuple(cards))
    return show(request, "web/role_picker.html", screen, _layout(request))


def _people_of(facts: InstitutionFacts) -> list[RoleCard]:
    """A promoter, a student and an operator of the institution in scope, where they can sign in."""
    cards = []
    found = queries.signing_in(_PEOPLE_LOOKED_AT)
    records = promoters.of_accounts(row.id for row in found)
    for role in ("promoter", "student"):
        for row in found:
            mine = records.get(row.id)
            active = mine is not None and mine.status == PromoterStatus.ACTIVE
            if row.user is not None and (active if role == "promoter" else mine is None):
                name = (mine.nickname if mine is not None else row.name) or row.user.handle
                cards.append(_card(role, row.user, name, facts.name))
                break
    return cards + [
        _card("operator", member.user, member.display_name or member.user.handle, facts.name)
        for member in queries.members()[:1]
    ]


def _card(role: str, user: User, name: str, place: str) -> RoleCard:
    token = identity.sign_in_token(user, reusable=True)
    return RoleCard(role, name, place, reverse("web:sign_in_link", args=[token]))
