"""Signing in by a link, signing out, and the demo's choice of roles."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kefen.core.errors import LinkRefused
from kefen.core.states import PromoterStatus
from kefen.faces.web import problems
from kefen.faces.web.shared.layout import show
from kefen.faces.web.shared.screens import RoleCard, RolePickerScreen, SignInScreen
from kefen.faces.web.signing import session, staff
from kefen.faces.web.signing.home import home_of
from kefen.faces.web.signing.staff import layout
from kefen.faces.web.views import error_page
from kefen.platform.identity import actions as identity
from kefen.platform.identity import proofs, queries
from kefen.platform.identity.models import User
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.queries import all_institutions
from kefen.promoters import queries as promoters

_SCHOOLS_SHOWN = 2
_SCHOOLS_LOOKED_AT = 5
_PEOPLE_LOOKED_AT = 50


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
    except LinkRefused as refusal:
        return error_page(request, 403, problems.sentence(refusal))
    if request.method == "GET" and not settings.DEMO:
        return show(request, "web/sign_in.html", SignInScreen(token=token), layout(request))
    session.begin(request, user)
    return HttpResponseRedirect(session.next_of(request) or home_of(user))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget who signed in on this browser."""
    logout(request)
    return HttpResponseRedirect(session.next_of(request) or reverse("web:role_picker"))


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Forget him on every browser that he signed in on."""
    if isinstance(request.user, User):
        proofs.sign_out_everywhere(request.user)
    return sign_out(request)


@never_cache
def role_picker(request: HttpRequest) -> HttpResponse:
    """`/`: in a demo everybody that one can be; elsewhere the schools of this installation."""
    schools = all_institutions()
    if not settings.DEMO:
        if len(schools) == 1:
            return HttpResponseRedirect(reverse("web:school", args=[schools[0].slug]))
        return staff.sign_in(request)
    found: list[list[RoleCard]] = []
    for facts in sorted(schools, key=lambda one: one.id)[:_SCHOOLS_LOOKED_AT]:
        with scope.institution(facts.id):
            found.append(_people_of(facts))
    # The fullest school first, of equal ones the oldest, whole; of others only the console, to
    # see that they are apart.
    found.sort(key=len, reverse=True)
    cards = found[0] if found else []
    cards += [card for others in found[1:_SCHOOLS_SHOWN] for card in others[-1:]]
    cards += [_card("platform", user, user.handle, "") for user in queries.platform_staff()[:1]]
    screen = RolePickerScreen(roles=tuple(cards))
    return show(request, "web/role_picker.html", screen, layout(request))


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
