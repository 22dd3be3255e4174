"""Entering and changing accounts at channels.

Lock order: the account alone (holds.py), its row, then claims in the order of their digests.
"""

import json
from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from kefen.core.errors import (
    Conflict,
    IllegalTransition,
    InvalidInput,
    MerchantTaken,
    NotFound,
)
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.merchants import claims, gateways, guards, holds
from kefen.platform.merchants.claims import claim_present
from kefen.platform.merchants.holds import Held, held_account, hold, speaking_as
from kefen.platform.merchants.models import MerchantAccount
from kefen.platform.merchants.shutting import declare, shut_account
from kefen.ports import registry
from kefen.ports.merchants import Channel, Field, Merchant

__all__ = [
    "Held",
    "claim_present",
    "connect",
    "declare",
    "held_account",
    "hold",
    "shut_account",
    "speaking_as",
    "switch",
]


@needs(Deed.CHANNELS)
def connect(
    channel: str,
    *,
    values: Mapping[str, str],
    actor: Actor,
    gateway: str = "",
    active: bool = True,
    splits: bool = False,
) -> None:
    """Enter the institution's account at a channel, or change it.

    `values` are its fields by name. A secret that is not named, or empty, stays what it was, unless
    the gateway moves to another host; everything else is replaced. The audit log names what was
    changed and never a secret. Call it outside of any transaction, because a channel may be asked
    whose account it is. Raises NotFound (no such channel), InvalidInput naming the field,
    MerchantInUse (another account while something is open at this one), MerchantTaken (another
    institution has it), Conflict (somebody changed it meanwhile), ChannelError, and with `splits`
    what the guards raise (a programme that could strand money there); then nothing was changed.
    """
    known = registry.channel(channel)
    address = (gateway or known.gateway).rstrip("/")
    gateways.check(known, address)
    seen = MerchantAccount.objects.filter(channel=channel).first()
    # Not under the lock: the channel may have to be asked, about the one before as well.
    entered = _prepare(known, address, values, seen)
    another = seen is not None and claims.is_another(known, seen, address, entered.settings)
    with transaction.atomic():
        holds.take_alone(channel)
        row = MerchantAccount.objects.select_for_update().filter(channel=channel).first()
        if claims.content_of(row) != claims.content_of(seen):
            raise Conflict
        if another:
            guards.check_done(channel)
        taken = claims.claim(known, entered.settings)
        if taken is not None:
            raise MerchantTaken(field=taken, channel=channel)
        content = {
            "gateway": address,
            "settings": entered.settings,
            "secrets": json.dumps(entered.secrets),
            "active": active,
            "splits": splits,
            "claimed": True,
            "contested": "",
            "changed_at": clock.now(),
            "shut_at": None,
        }
        MerchantAccount.objects.update_or_create(channel=channel, defaults=content)
        if splits:  # with the new account in place: it says what the channel allows it
            guards.check(channel)
        audit.record(
            actor,
            "merchant.connected" if row is None else "merchant.changed",
            f"merchant:{channel}",
            gateway=address,
            settings=entered.settings,
            new_secrets=_changed(entered, seen),
            active=active,
            splits=splits,
        )


@needs(Deed.CHANNELS)
@transaction.atomic
def switch(channel: str, *, active: bool, actor: Actor) -> None:
    """Offer a channel to students, or no longer; what was begun goes on. Raises NotFound,
    IllegalTransition (the account is shut)."""
    if active and MerchantAccount.objects.filter(channel=channel, shut_at__isnull=False).exists():
        raise IllegalTransition(machine="MerchantAccount", current="shut", to="active")
    changed = MerchantAccount.objects.filter(channel=channel).exclude(active=active)
    if changed.update(active=active, changed_at=clock.now()) == 0:
        if not MerchantAccount.objects.filter(channel=channel).exists():
            raise NotFound(what=f"account at {channel}")
        return
    audit.record(actor, "merchant.switched", f"merchant:{channel}", before=not active, after=active)


def _prepare(
    channel: Channel, gateway: str, values: Mapping[str, str], seen: MerchantAccount | None
) -> Merchant:
    """The account that was entered, with what was there and what the channel says of it."""
    before = claims.secrets_of(seen)
    if seen is not None and gateways.host_of(seen.gateway) != gateways.host_of(gateway):
        _enter_anew(channel, values, before)
    settings, secrets = _read(channel, values, before)
    entered = claims.merchant_of(gateway, settings, secrets)
    channel.check(entered)
    return replace(entered, settings={**settings, **claims.told_of(channel, entered)})


def _changed(entered: Merchant, seen: MerchantAccount | None) -> list[str]:
    before = claims.secrets_of(seen)
    return sorted(name for name, text in entered.secrets.items() if before.get(name) != text)


def _read(
    channel: Channel, values: Mapping[str, str], before: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Settings and secrets out of what was entered."""
    entered = [field for field in channel.fields if not field.told]
    unknown = set(values) - {field.name for field in entered}
    if unknown:
        raise InvalidInput(field=min(unknown), reason=f"{channel.name} has no such field")
    settings: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for field in entered:
        text = values.get(field.name, "").strip()
        if field.secret:
            text = text or before.get(field.name, "")
        _check(field, text or field.default)
        (secrets if field.secret else settings)[field.name] = text or field.default
    return settings, secrets


def _enter_anew(channel: Channel, values: Mapping[str, str], kept: Mapping[str, str]) -> None:
    """What was entrusted to one host is not sent to another on the word of a form."""
    for field in channel.fields:
        if field.secret and kept.get(field.name) and not values.get(field.name, "").strip():
            reason = "the gateway is another one now, so it is entered anew"
            raise InvalidInput(field=field.name, reason=reason)


def _check(field: Field, text: str) -> None:
    if field.required and not text:
        raise InvalidInput(field=field.name, reason="it is needed")
    if text and field.choices and text not in field.choices:
        raise InvalidInput(field=field.name, reason=f"one of {', '.join(field.choices)} is needed")
