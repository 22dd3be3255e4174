"""What all ways of signing in have in common: where one wants to go, what one waits for, from
where one asks, and being signed in at last."""

import ipaddress
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from kefen.faces.web import labels, tokens
from kefen.faces.web.network import client_address
from kefen.platform.identity import proofs
from kefen.platform.identity.models import User
from kefen.referrals import actions as referrals

BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
_PENDING: Final = "sign_in"
_LONGEST: Final = 1000
# A household's IPv6 addresses are one origin.
_IPV6_PREFIX: Final = 64


@dataclass(frozen=True, slots=True)
class Pending:
    """A code that this browser waits for; `slug` is empty where no school is meant."""

    slug: str
    code: str
    to: str
    next: str
    why: str = ""

    @property
    def code_id(self) -> UUID:
        """The code's id, which only this session knows."""
        return UUID(self.code)


def wait_for(request: HttpRequest, pending: Pending) -> None:
    """Remember the code that was sent; the one before it is not waited for any more."""
    request.session[_PENDING] = asdict(pending)


def pending(request: HttpRequest, slug: str = "") -> Pending | None:
    """The code that this browser waits for at this school."""
    held = request.session.get(_PENDING)
    return Pending(**held) if isinstance(held, dict) and held.get("slug") == slug else None


def next_of(request: HttpRequest) -> str:
    """Where one wants to go, only ever a path on this host; empty for anything else."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and len(wanted) <= _LONGEST else ""


def why_of(request: HttpRequest) -> str:
    """Why one is asked to sign in, as far as it is one of our reasons."""
    wanted = request.POST.get("why") or request.GET.get("why") or ""
    return wanted if wanted in labels.LABELS["why"] else ""


def origin_of(request: HttpRequest) -> str:
    """From where somebody asks, as far as people behind it can be told apart."""
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)


def begin(request: HttpRequest, user: User) -> None:
    """Be signed in: under a new session key, and with nothing of whoever was here before."""
    request.session.pop(_PENDING, None)
    login(request, user, backend=BACKEND)


@transaction.atomic
def tie(request: HttpRequest, account_id: UUID) -> None:
    """From now on the visits of this browser count for the account: those of its own cookie. A
    token in an address may have come from anybody and ties nobody (decisions/0021)."""
    visitor = tokens.visitor_of(request)
    if visitor is not None:
        referrals.identify(visitor, account_id)


def enter(request: HttpRequest, account_id: UUID) -> None:
    """Sign in to an account that was proved, and tie this browser to it. All of it or nothing."""
    with transaction.atomic():
        user = proofs.user_of(account_id)
        tie(request, account_id)
    begin(request, user)
