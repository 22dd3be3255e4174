"""Accounts that their channel shut for good: declared, kept with their keys, and spoken for.

Lock order: the account alone (holds.py), its row, then what was declared of it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from kefen.core.errors import IllegalTransition, InvalidInput, NotFound, SecondPersonNeeded
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import rights
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed
from kefen.platform.merchants import holds
from kefen.platform.merchants.contracts import ShutFacts
from kefen.platform.merchants.holds import Held
from kefen.platform.merchants.models import MerchantAccount, ShutAccount
from kefen.platform.tenancy.scope import institution_id
from kefen.ports import registry

_SAID: Final = ("gateway", "settings", "secrets", "reason", "first_person", "first_at")
_SHUT: Final = ("secrets", "second_person", "shut_at")


def declare(
    channel: str,
    *,
    reason: str,
    actor: Actor,
    at_stake: Callable[[], int],
    two_persons_from: int | None,
) -> ShutFacts | None:
    """Declare that the channel shut the account for good; answers the shut account, or None while
    another person has to declare the same: from `two_persons_from` on. What may still have been
    paid there is `at_stake`, asked when nothing can begin there any more. The second person need
    not be one who may enter accounts.

    From then on nothing begins there, and another account may take its place. Call it inside a
    transaction. Raises NotFound, InvalidInput (no reason), IllegalTransition (it is shut already),
    SecondPersonNeeded, NotAllowed, Conflict (the account is held for too long).
    """
    text = reason.strip()[:500]
    if not text:
        raise InvalidInput(field="reason", reason="whoever looks later must see why")
    holds.take_alone(channel)
    amount = at_stake()
    row = MerchantAccount.objects.select_for_update().filter(channel=channel).first()
    if row is None:
        raise NotFound(what=f"account at {channel}")
    if row.shut_at is not None:
        raise IllegalTransition(machine="MerchantAccount", current="shut", to="shut")
    waiting = ShutAccount.objects.select_for_update().filter(channel=channel, shut_at=None).first()
    if waiting is None or (waiting.gateway, waiting.settings) != (row.gateway, row.settings):
        # The first word, or one about an account that was there before.
        rights.require(Deed.CHANNELS, actor)
        two = waiting is not None or (two_persons_from is not None and amount >= two_persons_from)
        if two:
            rights.require_person(Deed.CHANNELS, actor)
        waiting, is_new = waiting or ShutAccount(channel=channel), waiting is None
        waiting.gateway, waiting.settings, waiting.secrets = row.gateway, row.settings, ""
        waiting.reason, waiting.first_person, waiting.first_at = text, actor.user, clock.now()
        waiting.save(update_fields=None if is_new else _SAID)
        if two:
            said = {"amount": amount, "reason": text}
            audit.record(actor, "merchant.first_declared_shut", f"merchant:{channel}", **said)
            return None
    else:
        person = rights.require_person(Deed.RECONCILIATION, actor)
        if waiting.first_person == person:
            raise SecondPersonNeeded(amount=amount, minimum=two_persons_from or amount)
        waiting.second_person = person
    waiting.secrets, waiting.shut_at = row.secrets, clock.now()
    waiting.save(update_fields=_SHUT)
    MerchantAccount.objects.filter(id=row.id).update(active=False, shut_at=waiting.shut_at)
    about = f"merchant:{channel}"
    audit.record(actor, "merchant.declared_shut", about, amount=amount, reason=text)
    return ShutFacts(waiting.id, channel, waiting.settings, text, waiting.first_at, waiting.shut_at)


def shut_account(account: UUID) -> Held:
    """A shut account for `speaking_as`. Raises NotFound."""
    row = ShutAccount.objects.filter(id=account, shut_at__isnull=False).first()
    if row is None:
        raise NotFound(what="shut account")
    return Held(institution_id(), row.channel, row)


def shut_since(channel: str, at: datetime) -> UUID | None:
    """The shut account that was in place at an instant, or None where the present one was. As long
    as no other one took its place, the last one is to this day."""
    found = ShutAccount.objects.filter(channel=channel)
    found = found.filter(Q(shut_at__gt=at) | Q(shut_at__in=_not_replaced(channel)))
    return found.order_by("shut_at").values_list("id", flat=True).first()


def shut_in_place(channel: str) -> UUID | None:
    """The account in place, if it is shut and no other one took its place yet: adapters find it
    still, so that what they read then is of the shut one."""
    found = ShutAccount.objects.filter(channel=channel, shut_at__in=_not_replaced(channel))
    return found.values_list("id", flat=True).first()


def entered_again(account: UUID) -> bool:
    """Is the account in place this shut one, which its channel opened again?"""
    row = ShutAccount.objects.get(id=account)
    present = MerchantAccount.objects.filter(channel=row.channel).first()
    names = [field.name for field in registry.channel(row.channel).fields if field.identity]
    return present is not None and all(
        row.settings.get(name, "") == present.settings.get(name, "") for name in names
    )


def shut_at_of(account: UUID) -> datetime:
    """When a shut account was declared so. Raises NotFound."""
    found: datetime | None = (
        ShutAccount.objects.filter(id=account).values_list("shut_at", flat=True).first()
    )
    if found is None:
        raise NotFound(what="shut account")
    return found


def _not_replaced(channel: str) -> "QuerySet[MerchantAccount, datetime | None]":
    shut = MerchantAccount.objects.filter(channel=channel, shut_at__isnull=False)
    return shut.values_list("shut_at", flat=True)


def last_shut_at(channel: str) -> datetime | None:
    """When the channel's last account was declared shut, if one was."""
    found = ShutAccount.objects.filter(channel=channel, shut_at__isnull=False)
    return found.order_by("-shut_at").values_list("shut_at", flat=True).first()


def shut_waiting() -> list[str]:
    """The channels whose account in place one person declared shut, and a second one has to."""
    return [
        one.channel for one in MerchantAccount.objects.filter(is_declared()).order_by("channel")
    ]


def is_declared() -> Exists:
    """Of an account in place: did one person declare it shut, and a second one has to?"""
    same = {name: OuterRef(name) for name in ("channel", "gateway", "settings")}
    return Exists(ShutAccount.objects.filter(shut_at__isnull=True, **same))


def shut_accounts(channel: str) -> list[ShutFacts]:
    """The shut accounts of a channel, the last one first; one that waits for a second person
    before them."""
    rows = ShutAccount.objects.filter(channel=channel).order_by("-first_at")
    return [
        ShutFacts(row.id, row.channel, row.settings, row.reason, row.first_at, row.shut_at)
        for row in rows
    ]
