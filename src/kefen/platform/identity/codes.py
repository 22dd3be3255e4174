"""One-time codes: asking for one, sending it, and using it.

A code is six digits, good for ten minutes, for one use, on the browser that asked for it, and for
five attempts, which are counted under the row's lock. The table holds digests; number and code
themselves stand there sealed, the code until it was sent and the number until it was proved. How
often codes are sent is limited for each receiver and each origin, under a lock for each, so that
asking many times at once does not help. What is answered is the same whether or not somebody is
known. Locks: the receiver's, the origin's, then rows of codes.
"""

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from kefen.core.errors import CodeRefused, NotOffered, TooOften
from kefen.core.ids import uuid7
from kefen.platform import clock
from kefen.platform.identity.models import OneTimeCode
from kefen.platform.identity.personal import blind_index, seal, unseal
from kefen.platform.jobs import enqueue
from kefen.ports import registry
from kefen.ports.messengers import Medium

GOOD_FOR = timedelta(minutes=10)
ATTEMPTS = 5
AGAIN_AFTER = timedelta(seconds=60)
KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within so long."""

    number: int
    within: timedelta


TO_ONE_RECEIVER = (
    Limit(1, AGAIN_AFTER),
    Limit(5, timedelta(hours=1)),
    Limit(10, timedelta(days=1)),
)
# Many people share one address behind a carrier's gateway: enough for a class, not for a machine.
FROM_ONE_ORIGIN = (Limit(60, timedelta(hours=1)), Limit(300, timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """Who wants a code sent where. `known` is False if nobody may sign in there: everything
    happens as always, except that nothing is sent. `words` is the message, with `{code}` in it."""

    place: UUID
    medium: Medium
    recipient: str
    origin: str
    sender: str
    subject: str
    words: str
    known: bool = True


def ask(request: CodeRequest) -> UUID:
    """Send a code; answers its id, which the browser keeps. Raises NotOffered, TooOften."""
    if registry.messenger(request.medium) is None:
        raise NotOffered(what="Signing in by code")
    with transaction.atomic():
        target = blind_index(f"{request.medium}:{request.recipient}", request.place)
        origin = blind_index(f"origin:{request.origin}", request.place)
        for column, value, limits in (
            ("target", target, TO_ONE_RECEIVER),
            ("asked_from", origin, FROM_ONE_ORIGIN),
        ):
            _keep_within(column, value, limits)
        identity, code, now = uuid7(), f"{secrets.randbelow(10**6):06}", clock.now()
        text = request.words.replace("{code}", code)
        letter = json.dumps([request.sender, request.subject, text])
        OneTimeCode.objects.create(
            id=identity,
            place=request.place,
            medium=request.medium,
            target=target,
            asked_from=origin,
            digest=_digest(identity, code, request.place),
            recipient=seal(request.recipient, request.place),
            letter=seal(letter, request.place) if request.known else b"",
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
        # Also for nobody: how long the answer takes must not tell whether somebody is known.
        enqueue("identity.send_code", code_id=str(identity))
    return identity


def _keep_within(column: str, value: bytes, limits: tuple[Limit, ...]) -> None:
    """Refuse what passes a limit. Raises TooOften."""
    with connection.cursor() as cursor:
        number = int.from_bytes(value[:8], signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [number])
    now = clock.now()
    for limit in limits:
        found = OneTimeCode.objects.filter(
            **{column: value, "created_at__gt": now - limit.within}
        ).order_by("-created_at")
        oldest = found.values_list("created_at", flat=True)[limit.number - 1 : limit.number]
        for at in oldest:
            left = at + limit.within - now
            raise TooOften(minutes=-(-left // timedelta(minutes=1)))


def _digest(identity: UUID, code: str, place: UUID) -> bytes:
    # By a key that is not in the database: six digits alone would be tried out in no time.
    return blind_index(f"code:{identity}:{code}", place)


def use(code_id: UUID, typed: str) -> str:
    """Use a code up; answers the number or address that it proves. Raises CodeRefused.

    A refused attempt is counted, so it is committed although an error is raised.
    """
    with transaction.atomic():
        row = OneTimeCode.objects.select_for_update().filter(id=code_id).first()
        recipient = None if row is None else _recipient_if_right(row, typed)
    if recipient is None:
        raise CodeRefused
    return recipient


def _recipient_if_right(row: OneTimeCode, typed: str) -> str | None:
    if row.used_at is not None or row.attempts >= ATTEMPTS or row.expires_at <= clock.now():
        return None
    row.attempts += 1
    right = hmac.compare_digest(_digest(row.id, typed, row.place), bytes(row.digest))
    if not right:
        row.save(update_fields=["attempts"])
        return None
    recipient = unseal(bytes(row.recipient), row.place)
    row.used_at, row.recipient, row.letter = clock.now(), b"", b""
    row.save(update_fields=["attempts", "used_at", "recipient", "letter"])
    return recipient


def recipient_of(code_id: UUID) -> str | None:
    """Where a code went that was not used yet, to send another one there."""
    row = OneTimeCode.objects.filter(id=code_id, used_at=None).first()
    return None if row is None else unseal(bytes(row.recipient), row.place)


def tidy() -> int:
    """Forget codes once no limit counts them any more; answers how many."""
    gone, _ = OneTimeCode.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return gone
