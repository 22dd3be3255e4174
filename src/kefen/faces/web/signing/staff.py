"""Members of institutions and the platform's staff: an e-mail address or a phone number, and the
code sent to it.

The address is known by a digest alone; whether it is anybody's is told by no answer.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kefen.core.errors import CodeRefused, DomainError, TooOften
from kefen.faces.web import problems
from kefen.faces.web.shared.layout import Layout, show, theme_of
from kefen.faces.web.shared.screens import Form, SignInScreen
from kefen.faces.web.signing import session
from kefen.faces.web.signing.home import home_of
from kefen.faces.web.signing.phone import MINUTES, mailbox
from kefen.faces.web.signing.screens import CodeScreen
from kefen.faces.web.signing.session import Pending
from kefen.platform import clock
from kefen.platform.identity import codes, members, proofs
from kefen.platform.identity.personal import PLATFORM, masked_contact
from kefen.ports import registry
from kefen.ports.messengers import Medium


def layout(request: HttpRequest) -> Layout:
    """The frame of a page that belongs to no school."""
    path = request.get_full_path() if request.method == "GET" else "/"
    return Layout(now=clock.now(), path=path, theme=theme_of(request), demo=settings.DEMO)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signed out: a link of the command line signs in, or a code sent by e-mail."""
    if request.method == "GET":
        return _page(request, Form())
    values = {"email": request.POST.get("email", "").strip()[:254]}
    try:
        _send(request, _normal(values["email"]), session.next_of(request))
    except DomainError as refusal:
        return _page(request, problems.form_of(refusal, values), problems.status_of(refusal))
    return HttpResponseRedirect(reverse("web:sign_in_code"))


def _normal(contact: str) -> str:
    """The address, or the number where it can be none. Raises InvalidInput for the one field."""
    digits = sum(sign.isdecimal() for sign in contact)
    if registry.messenger(Medium.PHONE) is not None and "@" not in contact and digits:
        return members.normal_contact(contact)
    return proofs.normal_email(contact)


def _page(request: HttpRequest, form: Form, status: int = 200) -> HttpResponse:
    screen = SignInScreen(
        demo=settings.DEMO,
        email_offered=registry.messenger(Medium.EMAIL) is not None,
        phone_offered=registry.messenger(Medium.PHONE) is not None,
        next=session.next_of(request),
        mailbox=mailbox(Medium.EMAIL),
        form=form,
    )
    return show(request, "web/sign_in.html", screen, layout(request), status=status)


def _send(request: HttpRequest, contact: str, goal: str) -> None:
    words = _(
        "Your sign-in code for Kefen is {code}. It is good for %(n)d minutes, once. "
        "If you did not ask for it, somebody typed your address by mistake: do nothing."
    ) % {"n": MINUTES}
    asked = codes.CodeRequest(
        place=PLATFORM,
        medium=members.medium_of(contact),
        recipient=contact,
        origin=session.origin_of(request),
        sender=_("Kefen"),
        subject=_("Sign-in code"),
        words=words,
        known=members.user_by_contact(contact) is not None,
    )
    session.wait_for(request, Pending("", str(codes.ask(asked)), masked_contact(contact), goal))


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code, or another one."""
    waiting = session.pending(request)
    if waiting is None:
        return HttpResponseRedirect(reverse("web:sign_in"))
    if request.method == "GET":
        return _code_page(request, waiting, Form())
    try:
        if "again" in request.POST:
            return _again(request, waiting)
        return _enter(request, waiting)
    except (CodeRefused, TooOften) as refusal:
        form = problems.form_of(refusal, {"code": ""}, field="code")
        return _code_page(request, waiting, form, problems.status_of(refusal))


def _again(request: HttpRequest, waiting: Pending) -> HttpResponse:
    email = codes.recipient_of(waiting.code_id)
    if email is None:
        return HttpResponseRedirect(reverse("web:sign_in"))
    _send(request, email, waiting.next)
    return HttpResponseRedirect(reverse("web:sign_in_code"))


def _enter(request: HttpRequest, waiting: Pending) -> HttpResponse:
    typed = "".join(request.POST.get("code", "").split())[:12]
    user = members.user_by_contact(codes.use(waiting.code_id, typed))
    if user is None:
        raise CodeRefused
    session.begin(request, user)
    return HttpResponseRedirect(waiting.next or home_of(user))


def _code_page(
    request: HttpRequest, waiting: Pending, form: Form, status: int = 200
) -> HttpResponse:
    query = f"?{urlencode({'next': waiting.next})}" if waiting.next else ""
    screen = CodeScreen(
        to=waiting.to,
        minutes=MINUTES,
        back_url=reverse("web:sign_in") + query,
        mailbox=mailbox(Medium.EMAIL),
        form=form,
    )
    return show(request, "web/signing/code.html", screen, layout(request), status=status)
