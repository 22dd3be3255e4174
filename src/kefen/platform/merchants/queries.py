"""Reads of accounts at channels."""

from kefen.core.errors import NotFound
from kefen.platform.merchants import gateways
from kefen.platform.merchants.claims import merchant_of, secrets_of
from kefen.platform.merchants.contracts import MerchantFacts
from kefen.platform.merchants.holds import account_of
from kefen.platform.merchants.models import MerchantAccount
from kefen.platform.merchants.shutting import (
    entered_again,
    is_declared,
    last_shut_at,
    shut_accounts,
    shut_at_of,
    shut_in_place,
    shut_since,
    shut_waiting,
)
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.merchants import Merchant, Merchants

__all__ = [
    "account",
    "accounts",
    "collecting",
    "contested",
    "entered_again",
    "last_shut_at",
    "merchants_of",
    "needing_a_person",
    "paying_out",
    "shut_accounts",
    "shut_at_of",
    "shut_in_place",
    "shut_since",
    "shut_waiting",
    "splits_at",
]


def merchants_of(channel: str) -> Merchants:
    """Where an adapter of `channel` finds the account of the institution in scope."""

    def merchant(institution: str) -> Merchant:
        row = account_of(channel)
        if row is None or institution != current().slug:
            raise NotFound(what=f"account at {channel}")
        # Asked again at each use: what a demo or an older version let in must not go on.
        gateways.check(registry.channel(channel), row.gateway)
        return merchant_of(row.gateway, row.settings, secrets_of(row))

    return merchant


def accounts() -> list[MerchantFacts]:
    """The institution's accounts, by channel."""
    return [_facts(row) for row in MerchantAccount.objects.order_by("channel")]


def connected() -> list[MerchantAccount]:
    """The institution's accounts by channel, without what they hold: whether they are active, keep
    payments divisible, or are contested, and since when."""
    told = MerchantAccount.objects.only(
        "institution", "channel", "active", "splits", "contested", "changed_at"
    )
    return list(told.order_by("channel"))


def account(channel: str) -> MerchantFacts | None:
    """The institution's account at a channel."""
    row = MerchantAccount.objects.filter(channel=channel).first()
    return None if row is None else _facts(row)


def collecting() -> list[str]:
    """The channels at which students can pay now: those with an active account, and the sandbox
    where there is one, which needs none."""
    known = registry.collecting()
    active = {row.channel for row in accounts() if row.active}
    needs_one = set(registry.channels())
    return [name for name in known if name in active or name not in needs_one]


def paying_out() -> list[str]:
    """The channels by which promoters can be paid: those with an account, active or not, because
    what the school owes is paid when it collects no more; and the sandbox where there is one.
    Nothing leaves by an account that is shut."""
    known = {row.channel for row in accounts() if row.shut_at is None}
    needs_one = set(registry.channels())
    return [name for name in registry.paying_out() if name in known or name not in needs_one]


def contested() -> list[str]:
    """The channels where another institution has the same number."""
    found = MerchantAccount.objects.exclude(contested="").order_by("channel")
    return list(found.values_list("channel", flat=True))


def needing_a_person() -> tuple[list[str], list[str]]:
    """The channels where another institution has the same number, and those whose account one
    person declared shut."""
    rows = MerchantAccount.objects.annotate(declared=is_declared()).order_by("channel")
    found = list(rows.values_list("channel", "contested", "declared"))
    return (
        [channel for channel, contested, _ in found if contested],
        [channel for channel, _, declared in found if declared],
    )


def splits_at(channel: str) -> bool:
    """Whether payments at this channel are to stay divisible."""
    found = account(channel)
    return found is not None and found.splits


def _facts(row: MerchantAccount) -> MerchantFacts:
    kept = frozenset(name for name, value in secrets_of(row).items() if value)
    return MerchantFacts(
        channel=row.channel,
        gateway=row.gateway,
        settings=row.settings,
        kept=kept,
        active=row.active,
        splits=row.splits,
        contested=row.contested,
        changed_at=row.changed_at,
        shut_at=row.shut_at,
    )
