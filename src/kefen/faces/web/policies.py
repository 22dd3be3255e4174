"""What people may do (platform/identity/rights.py), in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kefen.faces.web import labels
from kefen.platform.identity.models import Role
from kefen.platform.identity.rights import MAY, Deed

_WORDS: Final[Mapping[str, Promise]] = {
    Deed.REFUND: _("refund orders"),
    Deed.WITHDRAWALS: _("decide on withdrawals"),
    Deed.COMMISSIONS: _("hold or reject rebates"),
    Deed.PROMOTERS: _("decide on promoters"),
    Deed.ADMISSION: _("decide who promotes without a decision"),
    Deed.PROGRAMME: _("publish rebate rules"),
    Deed.COURSES: _("change the courses"),
    Deed.NOTIFICATIONS: _("let notifications be tried again"),
    Deed.CHANNELS: _("change the payment channels"),
    Deed.RECONCILIATION: _("decide on differences of bills"),
    Deed.EXPORTS: _("export data"),
    Deed.PAYOUT_SETTINGS: _("decide how payouts leave and which tax is withheld"),
    Deed.IDENTITIES: _("export names and ID numbers in full"),
    Deed.COMPLIANCE: _("decide on forbidden words, complaints and alarms"),
    Deed.EVIDENCE: _("export the evidence for a regulator"),
    Deed.MEMBERS: _("add, change or remove members"),
    Deed.LICENCES: _("hand in licences"),
    Deed.REVEAL_NOTICES: _("note that the platform looked at personal data"),
    Deed.LICENCE_REVIEW: _("review licences"),
    Deed.REVEALS: _("read personal data for a reason"),
    Deed.LIMITS: _("set the hard limits of a school"),
    Deed.INSTITUTIONS: _("found, pause and open schools"),
    Deed.JOBS: _("let failed jobs run again"),
}


# What a page of the console is for, by its key in the navigation.
_OF_PAGES: Final[Mapping[str, tuple[Deed, ...]]] = {
    "orders": (Deed.REFUND, Deed.COMMISSIONS),
    "promoters": (Deed.PROMOTERS, Deed.ADMISSION),
    "programme": (Deed.PROGRAMME,),
    "withdrawals": (Deed.WITHDRAWALS,),
    "payouts": (Deed.WITHDRAWALS, Deed.EXPORTS),
    "payout_settings": (Deed.PAYOUT_SETTINGS,),
    "statements": (Deed.EXPORTS,),
    "reconciliation": (Deed.RECONCILIATION,),
    "questions": (Deed.COMMISSIONS,),
    "notifications": (Deed.NOTIFICATIONS,),
    "audit": (Deed.EXPORTS,),
    "tasks": (Deed.EXPORTS,),
    "members": (Deed.MEMBERS,),
}


def missing(page: str, role: str) -> str:
    """Why forms of a page are not there for a role, and who has them; empty where none is
    missing."""
    deeds = [deed for deed in _OF_PAGES.get(page, ()) if role not in MAY[deed]]
    if not deeds or role not in Role.values:
        return ""
    able = [one for one in Role.values if all(one in MAY[deed] for deed in deeds)]
    said = _(
        "Your role ({role}) looks here, but does not include the right to: {deeds}. Ask somebody "
        "with one of these roles: {who}."
    )
    return str(said).format(
        role=words_of_roles(role),
        deeds=gettext("; ").join(words_of(deed) for deed in deeds),
        who=words_of_roles(" / ".join(able)),
    )


def words_of(deed: str) -> str:
    """A deed as a refusal names it: the right to …"""
    return str(_WORDS.get(deed, deed))


def words_of_roles(roles: str) -> str:
    """Roles as a refusal names them, from `owner / finance`; the one of nobody is said, too."""
    return " / ".join(str(labels.label("role", one or "none")) for one in roles.split(" / "))


def who_may(deed: str) -> str:
    """Whom to ask for a deed that one's own role does not include."""
    return words_of_roles(" / ".join(MAY[Deed(deed)]))
