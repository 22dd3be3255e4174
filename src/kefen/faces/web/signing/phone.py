"""Students and promoters: a phone number, and the code that was sent to it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kefen.core.errors import CodeRefused, DomainError, PhoneTaken, TooOften
from kefen.faces.web import problems
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.signing import joining, session
from kefen.faces.web.signing.screens import CodeScreen, SchoolSignInScreen
from kefen.faces.web.signing.session import Pending
from kefen.platform.identity import codes, proofs
from kefen.platform.identity.actions import normal_phone
from kefen.platform.identity.personal import masked_phone
from kefen.ports import registry
from kefen.ports.messengers import Medium

_SIGN_IN = "web/signing/school.html"
_CODE = "web/signing/code.html"
MINUTES = int(codes.GOOD_FOR.total_seconds()) // 60


def in_wechat(request: HttpRequest) -> bool:
    """Is this WeChat's own browser?"""
    return "MicroMessenger" in request.headers.get("User-Agent", "")


def mailbox(medium: Medium) -> str:
    """Where a demo shows what was sent; empty everywhere else."""
    messenger = registry.messenger(medium)
    return "" if messenger is None else messenger.mailbox


def _goal(entry: Entry) -> str:
    return session.next_of(entry.request) or entry.address("my_orders")


@require_http_methods(["GET", "POST"])
@school_page
def sign_in(entry: Entry) -> HttpResponse:
    """Why, and the ways: WeChat first inside of WeChat, a phone number elsewhere."""
    adding = entry.account is not None and not entry.account.phone
    if entry.account is not None and not adding:
        return HttpResponseRedirect(_goal(entry))
    if entry.request.method == "GET":
        return entry.show(_SIGN_IN, _screen(entry))
    values = {"phone": entry.posted.get("phone", "").strip()[:40]}
    try:
        _send(entry, normal_phone(values["phone"]), session.next_of(entry.request))
    except DomainError as refusal:
        form = problems.form_of(refusal, values)
        return entry.show(_SIGN_IN, _screen(entry, form), status=problems.status_of(refusal))
    return entry.to("school_sign_in_code")


def _screen(entry: Entry, form: Form | None = None) -> SchoolSignInScreen:
    adding = entry.account is not None
    offered = not adding and proofs.wechat_app() is not None
    return SchoolSignInScreen(
        why="phone" if adding else session.why_of(entry.request),
        next=session.next_of(entry.request),
        phone_offered=registry.messenger(Medium.PHONE) is not None,
        wechat_offered=offered,
        wechat_first=offered and in_wechat(entry.request),
        adding=adding,
        mailbox=mailbox(Medium.PHONE),
        form=form or Form(),
    )


def _send(entry: Entry, phone: str, goal: str) -> None:
    """Send a code and wait for it. Whether the number has an account changes nothing."""
    words = _(
        "%(school)s: your sign-in code is {code}. It is good for %(n)d minutes, once. "
        "Nobody from the school ever asks you for it."
    ) % {"school": entry.school.name, "n": MINUTES}
    request = codes.CodeRequest(
        place=entry.school.id,
        medium=Medium.PHONE,
        recipient=phone,
        origin=session.origin_of(entry.request),
        sender=entry.school.name,
        subject=_("Sign-in code"),
        words=words,
    )
    code_id, why = codes.ask(request), session.why_of(entry.request)
    waiting = Pending(entry.school.slug, str(code_id), masked_phone(phone), goal, why)
    session.wait_for(entry.request, waiting)


@require_http_methods(["GET", "POST"])
@school_page
def code(entry: Entry) -> HttpResponse:
    """The code, or another one."""
    waiting = session.pending(entry.request, entry.school.slug)
    if waiting is None:
        return entry.to("school_sign_in")
    if entry.request.method == "GET":
        return entry.show(_CODE, _code_screen(entry, waiting))
    try:
        if "again" in entry.posted:
            return _again(entry, waiting)
        return _enter(entry, waiting)
    except PhoneTaken as refusal:
        entry.say(problems.sentence(refusal), tone="amber")
        return entry.to("my_orders")
    except (CodeRefused, TooOften) as refusal:
        form = problems.form_of(refusal, {"code": ""}, field="code")
        screen = _code_screen(entry, waiting, form)
        return entry.show(_CODE, screen, status=problems.status_of(refusal))


def _again(entry: Entry, waiting: Pending) -> HttpResponse:
    phone = codes.recipient_of(waiting.code_id)
    if phone is None:
        return entry.to("school_sign_in")
    _send(entry, phone, waiting.next)
    entry.say(_("Another code is on its way; only the newest one counts."))
    return entry.to("school_sign_in_code")


def _enter(entry: Entry, waiting: Pending) -> HttpResponse:
    typed = "".join(entry.posted.get("code", "").split())[:12]
    phone = codes.use(waiting.code_id, typed)
    account = joining.account_of_phone(entry.account, phone)
    goal = waiting.next or entry.address("my_orders")
    session.enter(entry.request, account.id)
    return HttpResponseRedirect(goal)


def _code_screen(entry: Entry, waiting: Pending, form: Form | None = None) -> CodeScreen:
    return CodeScreen(
        to=waiting.to,
        minutes=MINUTES,
        back_url=entry.to("school_sign_in", next=waiting.next, why=waiting.why).url,
        mailbox=mailbox(Medium.PHONE),
        form=form or Form(),
    )
