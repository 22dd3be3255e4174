"""Keeping an account in its place while something is begun at it (decision 0036).

Whoever begins something at a channel holds its account in the transaction that records it, together
with all others who do; whoever changes the account has it alone, before the guards look. So what is
begun is either seen by the guards, or begun at the new account. No lock is held while a channel is
asked: whoever asks keeps the account that was there when the record was, and speaks as that one.

Nobody queues for having it alone, because those who hold it would then wait behind him, each with
other locks: he tries again and again, and gives up in the end. Who has it alone waits for nothing
that a holder has, so there is no order of locks to mind.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from time import sleep
from typing import Final
from uuid import UUID

from django.db import connection

from kefen.core.errors import Conflict, InvariantBroken
from kefen.platform.merchants.models import MerchantAccount, ShutAccount
from kefen.platform.tenancy.scope import institution_id

_TRIES: Final = 150
_PAUSE: Final = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class Held:
    """An institution's account at a channel as it was at one instant; None where it had none."""

    institution: UUID
    channel: str
    row: MerchantAccount | ShutAccount | None = field(repr=False)

    @property
    def begins_nothing(self) -> bool:
        """Is it shut, and no other one took its place yet?"""
        return self.row is not None and self.row.shut_at is not None


_speaking: ContextVar[Held | None] = ContextVar("speaking", default=None)


def hold(channel: str) -> None:
    """Let no other account take the place of this one until the transaction ends. Call it in the
    transaction that records what is begun at the channel, before it is sent there."""
    _ask("SELECT pg_advisory_xact_lock_shared(%s::bigint)", channel)


def held_account(channel: str, account: UUID | None = None) -> Held:
    """Hold the account, and answer it for `speaking_as`; or a shut one, where what is asked about
    was begun there. Which one that is, is asked under the hold."""
    hold(channel)
    if account is not None:
        return Held(institution_id(), channel, ShutAccount.objects.get(id=account))
    row = MerchantAccount.objects.filter(channel=channel).first()
    return Held(institution_id(), channel, row)


def take_alone(channel: str) -> None:
    """Have the account alone until the transaction ends. Raises Conflict where others hold it for
    longer than anybody should."""
    for _ in range(_TRIES):
        if _ask("SELECT pg_try_advisory_xact_lock(%s::bigint)", channel):
            return
        sleep(_PAUSE.total_seconds())
    raise Conflict


@contextmanager
def speaking_as(held: Held) -> Iterator[None]:
    """Adapters of its channel find this account inside, whatever is entered meanwhile."""
    token = _speaking.set(held)
    try:
        yield
    finally:
        _speaking.reset(token)


def account_of(channel: str) -> MerchantAccount | ShutAccount | None:
    """The account by which an adapter speaks now."""
    held = _speaking.get()
    if held is not None and (held.institution, held.channel) == (institution_id(), channel):
        return held.row
    return MerchantAccount.objects.filter(channel=channel).first()


def _ask(question: str, channel: str) -> object:
    if not connection.in_atomic_block:
        raise InvariantBroken(invariant="an account is held inside a transaction")
    text = f"merchant\n{institution_id()}\n{channel}".encode()
    key = hashlib.blake2b(text, digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute(question, [int.from_bytes(key, signed=True)])
        row = cursor.fetchone()
    return row is not None and row[0] is True
