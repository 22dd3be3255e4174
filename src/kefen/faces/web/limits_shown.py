"""The platform's hard limits in words, each with the reason why it is so."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from kefen.faces.web.shared.limit_screens import LimitRow
from kefen.faces.web.templatetags.kefen import percent_bps
from kefen.platform.tenancy import queries
from kefen.platform.tenancy.models import Limits


def locked(history: Sequence[Limits]) -> tuple[LimitRow, ...]:
    """Every limit as it stands, with the reason of the decision that made it so."""
    reasons = queries.limits_whys(history)
    now = queries.limits_facts(history[0])
    return tuple(
        LimitRow(
            name,
            text_of(name, getattr(now, name)),
            reasons[name].reason,
            reasons[name].decided_at,
        )
        for name in queries.LIMITS
    )


def text_of(name: str, value: Any) -> str:
    """A limit as people read it."""
    if name == "max_rate_bps":
        return percent_bps(value)
    if name == "level2_allowed":
        return _("allowed") if value else _("not allowed")
    if name == "minimum_hold_days":
        return _("%(n)d days") % {"n": value}
    if name == "minimum_age":
        return _("%(n)d years") % {"n": value}
    return _(", ").join(value) if value else "–"
