"""Words about risk: what is odd, with figures for the school; why it is checked, for promoters."""

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

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


def explained(kind: str, figures: Mapping[str, int]) -> str:
    """What is odd, in one sentence with its figures."""
    return _SENTENCES[kind](figures)


def _link_burst(figures: Mapping[str, int]) -> str:
    return (
        _now("%(clicks)s clicks on one link within %(minutes)s minutes; usual are up to %(usual)s.")
        % figures
    )


def _network_burst(figures: Mapping[str, int]) -> str:
    return (
        _now(
            "%(clicks)s clicks from one network within %(minutes)s minutes; usual are up to"
            " %(usual)s."
        )
        % figures
    )


def _automated_clicks(figures: Mapping[str, int]) -> str:
    return (
        _now(
            "%(clicks)s clicks within %(minutes)s minutes by browsers that say that a program"
            " drives them; usual are up to %(usual)s."
        )
        % figures
    )


def _automated_order(_figures: Mapping[str, int]) -> str:
    return _now(
        "The visit that won this order came from a browser that says that a program drives it."
    )


def _same_device(figures: Mapping[str, int]) -> str:
    number = figures["devices"]
    return (
        ngettext(
            "The promoter and the buyer were signed in on %(devices)s same browser. It may be a"
            " family's or a classroom's.",
            "The promoter and the buyer were signed in on %(devices)s same browsers.",
            number,
        )
        % figures
    )


def _same_account(_figures: Mapping[str, int]) -> str:
    return _now("The promoter's withdrawals go to an account under the buyer's phone number.")


def _refund_ring(figures: Mapping[str, int]) -> str:
    told = {**figures, "percent": 100 * figures["refunded"] // figures["orders"]}
    return (
        _now(
            "%(refunded)s of %(orders)s orders in %(days)s days were refunded (%(percent)s%%; usual"
            " are up to %(usual)s%%). Students who took back several: %(returners)s."
        )
        % told
    )


def _no_visits(figures: Mapping[str, int]) -> str:
    return (
        _now(
            "For %(unvisited)s of %(orders)s orders in %(days)s days no visit by a link is known:"
            " codes were typed. In lectures this is usual."
        )
        % figures
    )


_SENTENCES: Final[Mapping[str, Callable[[Mapping[str, int]], str]]] = {
    "link_burst": _link_burst,
    "network_burst": _network_burst,
    "automated_clicks": _automated_clicks,
    "automated_order": _automated_order,
    "same_device": _same_device,
    "same_account": _same_account,
    "refund_ring": _refund_ring,
    "no_visits": _no_visits,
}
