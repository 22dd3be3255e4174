"""Which account it is, and which institution has it.

An account is known by what was entered, and by what its channel says of it where keys alone were:
keys come and go, the account stays. Two institutions never have the same one.
"""

import json
from collections.abc import Mapping
from contextlib import suppress

import structlog
from django.db import transaction

from kefen.core.errors import ChannelError, InvalidInput
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.personal import PLATFORM, blind_index
from kefen.platform.merchants import gateways, holds
from kefen.platform.merchants.models import MerchantAccount, MerchantClaim, ShutAccount
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id
from kefen.ports import registry
from kefen.ports.merchants import Channel, Merchant

logger = structlog.get_logger(__name__)


def merchant_of(gateway: str, settings: Mapping[str, str], secrets: Mapping[str, str]) -> Merchant:
    """An account of the institution in scope, for its adapter."""
    return Merchant(
        institution=current().slug,
        gateway=gateway,
        settings=settings,
        secrets=secrets,
        stand_in=gateways.is_stand_in(gateway),
    )


def secrets_of(row: MerchantAccount | ShutAccount | None) -> dict[str, str]:
    """The secrets of an account, by field."""
    found: dict[str, str] = {} if row is None else json.loads(row.secrets or "{}")
    return found


def content_of(row: MerchantAccount | None) -> tuple[object, ...]:
    """What an account consists of, to see whether it is still the same."""
    return () if row is None else (row.gateway, row.settings, row.secrets)


def told_of(channel: Channel, merchant: Merchant) -> dict[str, str]:
    """What the channel says of an account, where it says anything. Call it outside of any
    transaction. Raises ChannelUnavailable, ChannelRejected."""
    if not any(field.told for field in channel.fields):
        return {}
    return dict(channel.identify(merchant))


def is_another(
    channel: Channel, row: MerchantAccount, gateway: str, settings: Mapping[str, str]
) -> bool:
    """Whether this is another account than before, and not the same one with other keys. Where the
    channel publishes two addresses, the same account is behind both. One that was never asked for
    its number is asked now; if it does not say it, it counts as another one."""
    before = dict(row.settings)
    with suppress(ChannelError, InvalidInput):
        before.update(_told_now(channel, row))
    if any(
        before.get(field.name, "") != settings.get(field.name, "")
        for field in channel.fields
        if field.identity
    ):
        return True
    moved = gateways.host_of(row.gateway) != gateways.host_of(gateway)
    published = (gateways.is_published(channel, one) for one in (row.gateway, gateway))
    return moved and not all(published)


def claim(channel: Channel, settings: Mapping[str, str]) -> str | None:
    """Claim what only one institution may have; answers the field that another one has, if any:
    a payment of one would be taken for the other's. Call it inside a transaction."""
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
    return None if taken is None else wanted[bytes(taken.digest)]


def claim_present() -> None:
    """Claim the numbers of accounts that were entered before numbers were claimed; by the clock.

    Nobody is refused by it: an account whose number another institution has goes on, is marked as
    contested, and the audit log says so once. One whose channel does not answer has its next turn.
    Call it outside of any transaction.
    """
    for row in MerchantAccount.objects.filter(claimed=False).order_by("channel"):
        channel = registry.channel(row.channel)
        try:
            told = _told_now(channel, row)
        except (ChannelError, InvalidInput) as silence:
            logger.warning("merchant_unclaimed", channel=row.channel, reason=silence.code)
            continue
        _claim_one(channel, row, told)


@transaction.atomic
def _claim_one(channel: Channel, seen: MerchantAccount, told: Mapping[str, str]) -> None:
    holds.take_alone(channel.name)
    row = MerchantAccount.objects.select_for_update().get(id=seen.id)
    if row.claimed or content_of(row) != content_of(seen):
        return  # it was entered anew at this moment
    row.settings, row.claimed = {**row.settings, **told}, True
    row.contested = claim(channel, row.settings) or ""
    row.save(update_fields=["settings", "claimed", "contested"])
    if row.contested:
        audit.record(SYSTEM, "merchant.contested", f"merchant:{channel.name}", field=row.contested)


def _told_now(channel: Channel, row: MerchantAccount) -> dict[str, str]:
    """What the channel says of an account that was kept before it was asked."""
    if all(row.settings.get(field.name) for field in channel.fields if field.told):
        return {}
    gateways.check(channel, row.gateway)
    return told_of(channel, merchant_of(row.gateway, row.settings, secrets_of(row)))
