"""Words about risk: kinds, states, decisions; and why a rebate is held, for its promoter."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: Final[Mapping[str, str | Promise]] = {
    "link_burst": _("Many clicks at once"),
    "network_burst": _("Many clicks from one network"),
    "automated_clicks": _("Clicks by automated browsers"),
    "automated_order": _("Order won by an automated browser"),
    "same_device": _("Promoter and buyer share devices"),
    "same_account": _("Promoter is paid to the buyer's number"),
    "refund_ring": _("Unusually many refunds"),
    "no_visits": _("Orders without visits"),
}
STATES: Final[Mapping[str, str | Promise]] = {
    "open": pgettext_lazy("signal", "Waiting for you"),
    "watching": pgettext_lazy("signal", "Being watched"),
    "released": pgettext_lazy("signal", "Nothing wrong"),
    "rejected": pgettext_lazy("signal", "Rejected"),
}
TONES: Final[Mapping[str, str]] = {
    "open": "crimson",
    "watching": "amber",
    "released": "jade",
}
DECISIONS: Final[Mapping[str, str | Promise]] = {
    "release": pgettext_lazy("signal", "Nothing wrong: let go"),
    "reject": pgettext_lazy("signal", "Reject the rebates"),
    "hold": pgettext_lazy("signal", "Hold and watch"),
    "watch": pgettext_lazy("signal", "Keep watching"),
}
REASONS: Final[Mapping[str, str | Promise]] = {
    "automated_order": _("The visit behind this order does not look like a person's."),
    "same_device": _("The order may be a purchase of your own, which earns no rebate."),
    "same_account": _("The order may be a purchase of your own, which earns no rebate."),
    "refund_ring": _("Many orders that you brought were refunded, so the others are looked at."),
    "no_visits": _("For many of your orders no visit is known, so they are looked at."),
}
_PREFIX: Final = "risk:"


def reason_of(stored: str) -> str:
    """Why a rebate is held or not granted, in words: what a person wrote, as he wrote it; what the
    system noted, by its code."""
    code = stored.removeprefix(_PREFIX)
    return str(REASONS[code]) if stored.startswith(_PREFIX) and code in REASONS else stored
