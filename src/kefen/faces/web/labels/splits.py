"""Words about splits: states, and reasons why something waits or goes to the wallet."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WAYS: Final[Mapping[str, str | Promise]] = {
    "wallet": _("Kept until it is withdrawn"),
    "split": _("Straight from the order's payment"),
}
STATES: Final[Mapping[str, str | Promise]] = {
    "waiting": pgettext_lazy("split", "Waiting"),
    "planned": pgettext_lazy("split", "Planned"),
    "sent": pgettext_lazy("split", "With the channel"),
    "releasing": pgettext_lazy("split", "Being released"),
    "done": pgettext_lazy("split", "Done"),
    "failed": pgettext_lazy("split", "Not released"),
}
TONES: Final[Mapping[str, str]] = {
    "waiting": "amber",
    "planned": "indigo",
    "sent": "indigo",
    "releasing": "indigo",
    "done": "jade",
    "failed": "crimson",
}
REASONS: Final[Mapping[str, str | Promise]] = {
    "refund_window": _("until the refund time and the hold are over"),
    "refund_open": _("a refund is asked for or on its way"),
    "risk_hold": _("a rebate is under review"),
    "maturing": _("a rebate is being settled"),
    "nothing_to_share": _("nothing leaves from this payment"),
    "too_late": _("too late for the channel, so it is in the wallet"),
    "wallet": _("kept in the wallet, as chosen"),
    "no_identity": _("in the wallet: the identity is not declared yet"),
    "no_account": _("in the wallet: there is no payout account at this channel"),
    "no_balance": _("nothing left: it was withdrawn, or settled what was owed"),
    "too_small": _("in the wallet: less than the channel divides"),
    "ratio": _("in the wallet: it exceeds the channel's part of a payment"),
    "month": _("in the wallet: the month's limit of the channel is reached"),
    "receivers": _("in the wallet: the channel has no room for more receivers"),
    "needs_two_persons": _("in the wallet: two persons approve an amount like this"),
    "amount_differs": _(
        "the channel paid another amount than it was asked for: compare with it, nothing more is"
        " done by itself"
    ),
    "channel_unavailable": _("the channel cannot be reached; it is asked again"),
    "channel_rejected": _("the channel refuses its account; it is asked again"),
    "not_found": _("there is no account at the channel any more"),
    "outcome_unknown": _("the channel has not answered; it is asked again"),
}
SETTLING: Final[Mapping[str, str | Promise]] = {
    "accept": _("Accept what the channel paid"),
    "wallet": _("Put it all into the wallet"),
}
