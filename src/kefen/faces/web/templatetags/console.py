"""Tags and filters of the overview alone: its charts, its days, differences in points."""

from collections.abc import Sequence
from typing import Any

from django import template

from kefen.faces.web import charts, labels
from kefen.faces.web.operator.overview_screens import HeatHour, OverviewScreen
from kefen.faces.web.operator.spans import CHOICES
from kefen.faces.web.shared.screens import Option
from kefen.faces.web.templatetags.kefen import change

register = template.Library()


@register.filter
def trend(screen: OverviewScreen) -> charts.TrendChart | None:
    """Geometry of the trend chart."""
    return charts.trend_chart(screen.trend, screen.cap_bps, running=screen.span.running)


@register.filter
def heat(hours: Sequence[HeatHour]) -> charts.HeatChart | None:
    """Geometry of the hours of the week."""
    return charts.heat_chart(hours)


@register.simple_tag
def span_choices() -> tuple[Option, ...]:
    """The days that can be chosen by one click."""
    return tuple(Option(code, str(labels.label("span", code))) for code in CHOICES)


@register.filter
def weekday(number: int, family: str = "weekday") -> str:
    """The word for a day of the week, 0 for Monday."""
    return str(labels.label(family, str(number)))


@register.filter
def change_of(screen: OverviewScreen, name: str) -> str:
    """`↑ 12.4%` of a sum against the days before; empty if there is nothing to compare with."""
    return "" if screen.before is None else change(*_both(screen, name))


@register.filter
def points_of(screen: OverviewScreen, name: str) -> str:
    """`↓ 0.3` percentage points of a ratio against the days before; empty without both."""
    now, before = _both(screen, name)
    if now is None or before is None:
        return ""
    tenths = round((now - before) / 10)
    arrow = "↑" if tenths > 0 else "↓" if tenths < 0 else "="
    return f"{arrow} {abs(tenths) // 10}.{abs(tenths) % 10}"


def _both(screen: OverviewScreen, name: str) -> tuple[Any, Any]:
    return getattr(screen.now, name), getattr(screen.before, name, None)
