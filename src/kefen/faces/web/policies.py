"""Who may do what in the console, as a table: a deed, and the roles whose work it is."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kefen.platform.identity.models import Role

EVERYTHING: Final = frozenset({Role.OWNER.value, Role.OPERATOR.value})

OPERATOR_MAY: Final[Mapping[str, frozenset[str]]] = {
    "refund": EVERYTHING | {Role.FINANCE.value},
    "withdrawals": EVERYTHING | {Role.FINANCE.value},
    "commissions": EVERYTHING | {Role.FINANCE.value, Role.REVIEWER.value},
    "promoters": EVERYTHING | {Role.REVIEWER.value},
    "admission": EVERYTHING,
    "programme": EVERYTHING,
    "notifications": EVERYTHING,
    # Where the money goes: nobody but the owner.
    "channels": frozenset({Role.OWNER.value}),
    "reconciliation": EVERYTHING | {Role.FINANCE.value},
    "exports": EVERYTHING | {Role.FINANCE.value},
    "payout_settings": EVERYTHING,
    "identities": frozenset({Role.OWNER.value, Role.FINANCE.value}),
}
"""Looking is open to every member, also to `read_only`, who may do nothing else."""


def deeds_of(role: str) -> frozenset[str]:
    """Everything that a member with this role may do."""
    return frozenset(deed for deed, roles in OPERATOR_MAY.items() if role in roles)


_WORDS: Final[Mapping[str, Promise]] = {
    "refund": _("refund orders"),
    "withdrawals": _("decide on withdrawals"),
    "commissions": _("hold or reject rebates"),
    "promoters": _("decide on promoters"),
    "admission": _("decide who promotes without a decision"),
    "programme": _("publish rebate rules"),
    "notifications": _("let notifications be tried again"),
    "channels": _("change the payment channels"),
    "reconciliation": _("decide on differences of bills"),
    "exports": _("export data"),
    "payout_settings": _("decide how payouts leave and which tax is withheld"),
    "identities": _("export names and ID numbers in full"),
}


def words_of(deed: str) -> str:
    """A deed as a refusal names it: you may not …"""
    return str(_WORDS[deed])
