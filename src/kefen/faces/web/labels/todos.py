"""Words about what waits for somebody: at the desk, and in the promoter centre."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[Mapping[str, str | Promise]] = {
    "settlements": _("Settlements to review"),
    "withdrawals": _("Withdrawals to review"),
    "refunds": _("Refunds that students ask for"),
    "strays": _("Payments that did not go back"),
    "left": _("Payments at shut accounts, without an answer"),
    "shut": _("Accounts that one person declared shut"),
    "promoters": _("Promoters to approve"),
    "questions": _("Questions about rebates"),
    "risk": _("Odd clicks and orders to look at"),
    "notifications": _("Notifications that need a look"),
    "payouts_unclear": _("Payouts without a result for long"),
    "contested": _("Payment accounts that another school has, too"),
    "complaints": _("Complaints from outside"),
    "graph_alarms": _("Inviters to look at"),
    "text_hits": _("Forbidden words in saved texts"),
    "licences": _("Licences that end, are missing or were returned"),
    "reveals": _("The platform looked at personal data"),
    "splits": _("Splits that the channel did otherwise"),
    "reconciliation": _("Differences of channels' bills"),
    "confirm": _("A withdrawal waits for you to confirm it"),
    "identity": _("Your identity is still missing for the first withdrawal"),
    "payout_account": _("Say where your withdrawals go"),
    "failed": _("A withdrawal failed, the money is back"),
    "expired": _("A withdrawal was not confirmed in time, the money is back"),
    "rejected": _("A withdrawal was returned, see why"),
}
TONES: Final[Mapping[str, str]] = {
    "settlements": "amber",
    "refunds": "amber",
    "strays": "crimson",
    "left": "crimson",
    "shut": "amber",
    "withdrawals": "amber",
    "notifications": "crimson",
    "risk": "crimson",
    "payouts_unclear": "crimson",
    "contested": "crimson",
    "complaints": "amber",
    "graph_alarms": "crimson",
    "text_hits": "crimson",
    "licences": "crimson",
    "reveals": "amber",
    "splits": "crimson",
    "reconciliation": "crimson",
}
