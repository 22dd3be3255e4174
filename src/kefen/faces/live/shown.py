"""Figures as pages show them: HTML by the name that a node has in `data-live`."""

from django.template import Context

from kefen.faces.live.figures import Figures, Income
from kefen.faces.web.templatetags.kefen import money, thousands


def shown(figures: Figures) -> dict[str, str]:
    """Every node's content, and the version of all that is not sent node by node."""
    if not isinstance(figures, Income):
        return {"version": figures.version}
    nowhere = Context()
    amounts = {
        name: money(nowhere, getattr(figures, name), figures.currency)
        for name in ("expected", "available", "in_transit", "paid_out")
    }
    counts = {
        "click": figures.clicks,
        "landing": figures.landings,
        "order": figures.placed,
        "paid": figures.paid,
    }
    funnel = {name: thousands(count) for name, count in counts.items()}
    return {**amounts, **funnel, "version": figures.version}
