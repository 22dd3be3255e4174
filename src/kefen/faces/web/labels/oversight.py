"""Words of the platform's console: plans, states, limits and what has to be looked at."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "plan": {
        "trial": pgettext_lazy("plan", "Trial"),
        "standard": pgettext_lazy("plan", "Standard"),
        "premium": pgettext_lazy("plan", "Premium"),
    },
    "institution": {
        "open": pgettext_lazy("institution", "Open"),
        "paused": pgettext_lazy("institution", "Paused"),
    },
    "institution_sort": {
        "sales": _("Sales"),
        "attention": _("What to look at"),
        "activity": _("Last activity"),
        "newest": _("Newest first"),
    },
    "cap": {
        "none": _("no sales yet"),
        "within": _("within the cap"),
        "near": _("near the cap"),
        "over": _("over the cap"),
    },
    "limit": {
        "max_rate_bps": _("Cap per order line"),
        "level2_allowed": _("Inviter earns too"),
        "minimum_hold_days": _("Shortest refund protection"),
        "minimum_age": _("Youngest promoter"),
        "forbidden_words": _("Forbidden words"),
    },
    "worry": {
        "signals": _("Odd clicks and orders"),
        "complaints": _("Complaints"),
        "cap": _("Cost ratio near or over the cap"),
        "alarms": _("Alarms of inviters"),
        "splits": _("Stopped splits"),
        "differences": _("Differences of bills"),
        "notifications": _("Notifications that failed"),
        "books": _("Books that do not agree"),
    },
}
TONES: Final[Mapping[str, Mapping[str, str]]] = {
    "institution": {"open": "jade", "paused": "crimson"},
    "cap": {"near": "amber", "over": "crimson"},
}
