"""What is odd, in one sentence with its figures: said to the school, never to the promoter."""

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext as _


def explained(kind: str, figures: Mapping[str, int]) -> str:
    """What is odd, in one sentence with its figures."""
    return _SENTENCES[kind](figures)


def _link_burst(figures: Mapping[str, int]) -> str:
    return (
        _("%(clicks)s clicks on one link within %(minutes)s minutes; usual are up to %(usual)s.")
        % figures
    )


def _network_burst(figures: Mapping[str, int]) -> str:
    return (
        _(
            "%(clicks)s clicks from one network within %(minutes)s minutes; usual are up to"
            " %(usual)s."
        )
        % figures
    )


def _automated_clicks(figures: Mapping[str, int]) -> str:
    return (
        _(
            "%(clicks)s clicks within %(minutes)s minutes by browsers that say that a program"
            " drives them; usual are up to %(usual)s."
        )
        % figures
    )


def _automated_order(_figures: Mapping[str, int]) -> str:
    return _(
        "The visit that won this order came from a browser that says that a program drives it."
    )


def _same_device(figures: Mapping[str, int]) -> str:
    return (
        _(
            "Browsers on which both the promoter and the buyer were signed in: %(devices)s. A"
            " single one may stand in a family or a classroom."
        )
        % figures
    )


def _same_account(_figures: Mapping[str, int]) -> str:
    return _("The promoter's withdrawals go to an account under the buyer's phone number.")


def _refund_ring(figures: Mapping[str, int]) -> str:
    told = {**figures, "percent": 100 * figures["refunded"] // figures["orders"]}
    return (
        _(
            "%(refunded)s of %(orders)s orders in %(days)s days were refunded (%(percent)s%%; usual"
            " are up to %(usual)s%%). Students who took back several: %(returners)s."
        )
        % told
    )


def _no_visits(figures: Mapping[str, int]) -> str:
    return (
        _(
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
