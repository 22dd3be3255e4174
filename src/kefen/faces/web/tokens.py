"""Signed tokens: who a browser is, which visit led here, which order a form will make, who may see
an order, whose figures a page may watch. Nothing is ever taken from a plain id."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, cast, get_args
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kefen.core.errors import InvalidInput
from kefen.core.ids import uuid7
from kefen.platform.tenancy.contracts import InstitutionFacts

VISITOR_COOKIE: Final = "kefen_visitor"
YEAR: Final = timedelta(days=365)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def _read(token: str, salt: str, max_age: timedelta | None = None) -> Any:
    """What a token holds; None if it was changed, is too old or was never ours."""
    try:
        return signing.loads(token, salt=salt, max_age=max_age)
    except signing.BadSignature:
        return None


def visitor_of(request: HttpRequest) -> UUID | None:
    """The visitor whom this browser's cookie names."""
    found = _read(request.COOKIES.get(VISITOR_COOKIE, ""), VISITOR_COOKIE, YEAR)
    return UUID(hex=found) if isinstance(found, str) else None


def new_visitor() -> UUID:
    """A browser that was not here before."""
    return uuid7()


def remember_visitor(response: HttpResponse, visitor: UUID) -> None:
    """Let the browser carry who it is, for a year from now."""
    response.set_cookie(
        VISITOR_COOKIE,
        signing.dumps(visitor.hex, salt=VISITOR_COOKIE),
        max_age=int(YEAR.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visit through a link, as its token remembers it."""

    visitor: UUID
    at: datetime


def arrival_token(institution: InstitutionFacts, arrival: Arrival) -> str:
    """The token that carries a visit in addresses and forms, so that no cookie is needed."""
    microseconds = (arrival.at - _EPOCH) // _MICROSECOND
    content = [arrival.visitor.hex, institution.id.hex, microseconds]
    return signing.dumps(content, salt="kefen.arrival")


def read_arrival(institution: InstitutionFacts, token: str) -> Arrival | None:
    """The visit that a token names, if it is one of this institution."""
    content = _read(token, "kefen.arrival", YEAR)
    if not isinstance(content, list) or content[1] != institution.id.hex:
        return None
    return Arrival(UUID(hex=content[0]), _EPOCH + content[2] * _MICROSECOND)


def order_number(at: datetime) -> str:
    """A new number of ours: the day, and enough chance that nobody guesses another's."""
    return f"{at:%y%m%d}-{''.join(secrets.choice(_ALPHABET) for _ in range(10))}"


def checkout_token(institution: InstitutionFacts, course: str, number: str) -> str:
    """What a checkout form carries: the number its order will have, however often it is sent."""
    return signing.dumps([institution.id.hex, course, number], salt="kefen.checkout")


def read_checkout(institution: InstitutionFacts, course: str, token: str) -> str:
    """The order number of a checkout form. Raises InvalidInput for a form that is not ours."""
    content = _read(token, "kefen.checkout", timedelta(days=2))
    if not isinstance(content, list) or content[:2] != [institution.id.hex, course]:
        raise InvalidInput(field="number", reason=_("this form lay open too long; send it again"))
    return str(content[2])


def order_key(institution: InstitutionFacts, number: str) -> str:
    """What an order's own address carries, so that its buyer sees it without a cookie."""
    return signing.dumps([institution.id.hex, number], salt="kefen.order")


def opens_order(institution: InstitutionFacts, number: str, key: str) -> bool:
    """Is this the key of that order?"""
    return bool(_read(key, "kefen.order", YEAR) == [institution.id.hex, number])


WatchedKind = Literal["promoter", "order", "console"]
LIVE: Final = "/live/"
LIVE_FOR: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Watched:
    """Whose figures a page shows: a promoter's, an order's or (its own id) an institution's."""

    institution: UUID
    kind: WatchedKind
    id: UUID


def live_address(watched: Watched) -> str:
    """Where a page hears of changes, for a while; then it must show that it may still be seen."""
    content = [watched.institution.hex, watched.kind, watched.id.hex]
    return f"{LIVE}{signing.dumps(content, salt='kefen.live')}"


def read_live(token: str) -> Watched | None:
    """What a token lets one watch; None if it was changed, is too old or was never ours."""
    content = _read(token, "kefen.live", LIVE_FOR)
    if not isinstance(content, list) or content[1] not in get_args(WatchedKind):
        return None
    return Watched(UUID(hex=content[0]), cast("WatchedKind", content[1]), UUID(hex=content[2]))


def visitors_of(request: HttpRequest, institution: InstitutionFacts, token: str) -> list[UUID]:
    """Everybody this browser is known as: by the visit that a token carries, by its cookie."""
    carried = read_arrival(institution, token)
    found = [None if carried is None else carried.visitor, visitor_of(request)]
    return list(dict.fromkeys(visitor for visitor in found if visitor is not None))
