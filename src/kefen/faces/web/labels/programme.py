"""Words of the programme's editor."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise

LABELS: Final[Mapping[str, Mapping[str, Label]]] = {
    "prize_metric": {
        "": _("none"),
        "sales": _("sales"),
        "orders": _("orders"),
        "commission": _("rebate"),
    },
    "prize_period": {"day": _("day"), "week": _("week"), "month": _("month")},
    "rule_change": {
        "added": _("new"),
        "removed": _("dropped"),
        "changed": _("altered"),
        "same": _("as before"),
    },
    "backtest_days": {
        "7": _("7 days"),
        "30": _("30 days"),
        "90": _("90 days"),
    },
    "share": {"1": _("The promoter"), "2": _("Who invited the promoter")},
}
TONES: Final[Mapping[str, Mapping[str, str]]] = {
    "rule_change": {"added": "jade", "removed": "amber", "changed": "indigo"},
}
