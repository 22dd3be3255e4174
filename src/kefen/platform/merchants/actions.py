"""Entering and changing accounts at channels.

Lock order: the account's row, then claims in the order of their digests, then the audit log.
"""

import json
from collections.abc import Mapping

from django.db import transaction

from kefen.core.errors import InvalidInput, MerchantTaken, NotFound
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.personal import PLATFORM, blind_index
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.merchants import gateways, guards
from kefen.platform.merchants.models import MerchantAccount, MerchantClaim
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id
from kefen.ports import registry
from kefen.ports.merchants import Channel, Field, Merchant


@needs(Deed.CHANNELS)
@transaction.atomic
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
    changed and never a secret. Raises NotFound (no such channel), InvalidInput naming the field,
    MerchantInUse (another account while something is open at this one), MerchantTaken (another
    institution has it), and with `splits` what the guards raise (a programme that could strand
    money there); then nothing was changed.
    """
    known = registry.channel(channel)
    address = (gateway or known.gateway).rstrip("/")
    gateways.check(known, address)
    row = MerchantAccount.objects.select_for_update(of=("self",)).filter(channel=channel).first()
    before = {} if row is None else json.loads(row.secrets or "{}")
    if row is not None and gateways.host_of(row.gateway) != gateways.host_of(address):
        _enter_anew(known, values, before)
    settings, secrets = _read(known, values, before)
    if row is not None and _is_another(known, row, address, settings):
        guards.check_done(channel)
    _claim(known, settings)
    known.check(
        Merchant(
            institution=current().slug,
            gateway=address,
            settings=settings,
            secrets=secrets,
            stand_in=gateways.is_stand_in(address),
        )
    )
    content = {
        "gateway": address,
        "settings": settings,
        "secrets": json.dumps(secrets),
        "active": active,
        "splits": splits,
        "changed_at": clock.now(),
    }
    MerchantAccount.objects.update_or_create(channel=channel, defaults=content)
    if splits:
        # With the new account in place, because the channel is asked through it what it allows.
        guards.check(channel)
    audit.record(
        actor,
        "merchant.connected" if row is None else "merchant.changed",
        f"merchant:{channel}",
        gateway=address,
        settings=settings,
        new_secrets=sorted(name for name, text in secrets.items() if before.get(name) != text),
        active=active,
        splits=splits,
    )


@needs(Deed.CHANNELS)
@transaction.atomic
def switch(channel: str, *, active: bool, actor: Actor) -> None:
    """Offer a channel to students, or no longer; what was begun goes on. Raises NotFound."""
    changed = MerchantAccount.objects.filter(channel=channel).exclude(active=active)
    if changed.update(active=active, changed_at=clock.now()) == 0:
        if not MerchantAccount.objects.filter(channel=channel).exists():
            raise NotFound(what=f"account at {channel}")
        return
    audit.record(actor, "merchant.switched", f"merchant:{channel}", before=not active, after=active)


def _read(
    channel: Channel, values: Mapping[str, str], before: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Settings and secrets out of what was entered."""
    unknown = set(values) - {field.name for field in channel.fields}
    if unknown:
        raise InvalidInput(field=min(unknown), reason=f"{channel.name} has no such field")
    settings: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for field in channel.fields:
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


def _claim(channel: Channel, settings: Mapping[str, str]) -> None:
    """No two institutions have the same number: a payment of one would be taken for the other's."""
    mine, wanted = institution_id(), dict[bytes, str]()
    for field in channel.fields:
        if field.exclusive and settings.get(field.name):
            # A number by its content: as long as its shape is checked, it is written in one way.
            text = "\n".join((channel.name, field.name, settings[field.name]))
            wanted[blind_index(text, PLATFORM)] = field.name
    rows = [MerchantClaim(digest=digest, institution_id=mine) for digest in sorted(wanted)]
    # Whoever comes second waits here for the first, and then sees the row.
    MerchantClaim.objects.bulk_create(rows, ignore_conflicts=True)
    others = MerchantClaim.objects.filter(digest__in=list(wanted)).exclude(institution_id=mine)
    taken = others.order_by("digest").first()
    if taken is not None:
        raise MerchantTaken(field=wanted[bytes(taken.digest)], channel=channel.name)


def _is_another(
    channel: Channel, row: MerchantAccount, gateway: str, settings: Mapping[str, str]
) -> bool:
    """Whether this is another account than before, and not the same one with other keys. Where the
    channel publishes two addresses, the same account is behind both."""
    if any(
        row.settings.get(field.name, "") != settings.get(field.name, "")
        for field in channel.fields
        if field.identity
    ):
        return True
    moved = gateways.host_of(row.gateway) != gateways.host_of(gateway)
    published = (gateways.is_published(channel, one) for one in (row.gateway, gateway))
    return moved and not all(published)


def _check(field: Field, text: str) -> None:
    if field.required and not text:
        raise InvalidInput(field=field.name, reason="it is needed")
    if text and field.choices and text not in field.choices:
        raise InvalidInput(field=field.name, reason=f"one of {', '.join(field.choices)} is needed")
