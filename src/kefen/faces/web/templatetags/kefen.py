"""Tags and filters of every template: money, time, icons, states, links, fields, charts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from kefen.faces.web import charts, icons, labels
from kefen.faces.web.shared.layout import Layout
from kefen.faces.web.shared.screens import Form, FunnelStage, Option
from kefen.platform.tenancy.counting import COUNTED

register = template.Library()

MINUS = "\u2212"
SIGNS = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "SGD": "S$"}
DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0}
_GLOBAL = frozenset(
    {
        "role_picker",
        "sign_in",
        "sign_in_code",
        "sign_in_link",
        "sign_out",
        "sign_out_everywhere",
        "set_language",
        "set_theme",
        "demo_advance",
    }
)
# Where the way to an order goes on.
_CARRYING = frozenset(
    {"school", "course", "course_trial", "checkout", "my_orders", "my_courses", "complaint"}
)


def money_parts(minor: int, currency: str) -> tuple[str, str, str, str]:
    """Sign, currency sign, whole part with separators, decimals with their point."""
    places = DECIMALS.get(currency, 2)
    whole, rest = divmod(abs(minor), 10**places)
    return (
        MINUS if minor < 0 else "",
        SIGNS.get(currency, f"{currency}\u00a0"),
        f"{whole:,}",
        f".{rest:0{places}d}" if places else "",
    )


def money_text(minor: int, currency: str) -> str:
    """Money as plain text, for attributes and sentences: `−¥199.00`."""
    return "".join(money_parts(minor, currency))


def _currency(context: template.Context, currency: str) -> str:
    return currency or str(getattr(context.get("screen"), "currency", "CNY"))


@register.simple_tag(takes_context=True)
def money(
    context: template.Context, minor: int | str | None, currency: str = "", plus: bool = False
) -> str:
    """Minor units as `¥1,234.50` with smaller decimals; None is a dash; `plus` shows a +."""
    if not isinstance(minor, int):  # an absent value reaches a tag as an empty string
        return "–"
    sign, mark, whole, decimals = money_parts(minor, _currency(context, currency))
    if plus and minor > 0:
        sign = "+"
    tail = format_html('<span class="dec">{}</span>', decimals) if decimals else ""
    return format_html(
        '<span class="num money">{}<span class="cny">{}</span>{}{}</span>', sign, mark, whole, tail
    )


@register.simple_tag(takes_context=True)
def money_plain(context: template.Context, minor: int, currency: str = "") -> str:
    """Money inside a sentence or an attribute, without markup."""
    return money_text(minor, _currency(context, currency))


@register.filter
def major(minor: int, currency: str) -> str:
    """Minor units as a person types them: `2140.60`."""
    return (
        money_text(minor, currency)
        .replace(SIGNS.get(currency, f"{currency}\u00a0"), "")
        .replace(",", "")
    )


@register.filter
def percent_input(bps: int) -> str:
    """Basis points as a person types a percentage: `12.5`."""
    return percent_bps(bps).rstrip("%")


@register.filter
def percent_bps(bps: int | str | None) -> str:
    """Basis points as `12.5%`; one decimal, two only if they say something."""
    if not isinstance(bps, int):
        return "–"
    sign = MINUS if bps < 0 else ""
    whole, rest = divmod(abs(bps), 100)
    if rest == 0:
        return f"{sign}{whole}%"
    return f"{sign}{whole}.{rest // 10}%" if rest % 10 == 0 else f"{sign}{whole}.{rest:02d}%"


@register.filter
def thousands(count: int | str | None) -> str:
    """1234 as `1,234`."""
    return f"{count:,}" if isinstance(count, int) else "–"


@register.filter
def counted(count: int) -> str:
    """A number of rows that wait; `10,000+` where nobody counted on."""
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"


def _layout(context: template.Context) -> Layout | None:
    found = context.get("layout")
    return found if isinstance(found, Layout) else None


@register.simple_tag(takes_context=True)
def instant(context: template.Context, at: datetime | None, style: str = "minute") -> str:
    """An instant in the institution's zone: `11-22 20:41`, with the year if it is not this one.

    `style`: `minute`, `second` (`20:41:08`), `day` (`11-22`) or `full`, always with the year.
    """
    if not isinstance(at, datetime):
        return "–"
    layout = _layout(context)
    local = at.astimezone(ZoneInfo(layout.zone if layout else "Asia/Shanghai"))
    this_year = layout is not None and layout.now.astimezone(local.tzinfo).year == local.year
    pattern = {"minute": "%m-%d %H:%M", "second": "%H:%M:%S", "day": "%m-%d"}.get(
        style, "%m-%d %H:%M"
    )
    if style == "full" or (style != "second" and not this_year):
        pattern = "%Y-" + pattern
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), local.strftime(pattern))


@register.filter
def iso_day(on: date | None) -> str:
    """A calendar day as `2026-11-22`."""
    return on.isoformat() if on else ""


@register.simple_tag(takes_context=True)
def zone_name(context: template.Context) -> str:
    """What the institution's zone is called."""
    layout = _layout(context)
    zone = layout.zone if layout else "Asia/Shanghai"
    return gettext("Beijing time") if zone == "Asia/Shanghai" else zone.replace("_", " ")


@register.simple_tag
def icon(name: str, small: str = "") -> SafeString:
    """A line icon; it never carries meaning alone, so it is hidden from readers."""
    extra = " sm" if small else ""
    return mark_safe(  # noqa: S308 - our own constants
        f'<svg class="i{extra}" viewBox="0 0 20 20" aria-hidden="true" focusable="false">'
        f"{icons.PATHS[name]}</svg>"
    )


@register.simple_tag
def chip(family: str, code: str) -> str:
    """A state with its tone."""
    return format_html(
        '<span class="chip {}">{}</span>', labels.tone(family, code), labels.label(family, code)
    )


@register.filter
def label(code: str, family: str) -> str | Promise:
    """The word for a code: `{{ step.kind|label:"step" }}`."""
    return labels.label(family, code)


@register.filter
def account_label(account: str) -> str:
    """The word for an account; a channel shows its name."""
    if account.startswith("channel:") and account not in labels.LABELS["account"]:
        name = labels.label("channel", account.partition(":")[2])
        return f"{labels.label('account', 'channel')} ({name})"
    if account.startswith("promoter:") and account.count(":") == 2:
        whose, kind = account.split(":")[1:]
        return f"{labels.label('account', f'promoter:{kind}')} ({whose})"
    return str(labels.label("account", account))


@register.filter
def tone(code: str, family: str) -> str:
    """The tone of a code."""
    return labels.tone(family, code)


@register.filter
def initial(name: str) -> str:
    """The sign on an avatar."""
    return name.strip()[:1].upper() or "·"


@register.filter
def shade(name: str) -> int:
    """A steady avatar colour of a name, 0 to 5."""
    return sum(name.encode()) % 6


@register.filter
def at_key(values: dict[str, Any], key: str) -> Any:
    """A value by key, empty if absent."""
    return values.get(key, "")


@register.simple_tag(takes_context=True)
def link(context: template.Context, name: str, *arguments: object) -> str:
    """Address of a page of this product; the institution's slug is put in front by itself, and a
    page of the shop gets the visit that led here, so that no link on a student's way loses it."""
    if name in _GLOBAL or name.startswith("platform_"):
        return reverse(f"web:{name}", args=arguments)
    layout = _layout(context)
    slug = layout.institution_slug if layout else ""
    address = reverse(f"web:{name}", args=(slug, *arguments))
    token = getattr(context.get("screen"), "attribution", "") if name in _CARRYING else ""
    return f"{address}?{urlencode({'r': token})}" if token else address


@register.inclusion_tag("web/parts/field.html")
def field(
    form: Form,
    name: str,
    text: str,
    kind: str = "text",
    hint: str = "",
    value: object = "",
    options: Sequence[Option] = (),
    **attributes: object,
) -> dict[str, object]:
    """A labelled input, select or textarea with its hint and its error."""
    typed = form.values.get(name)
    error = form.errors.get(name, "")
    identity = str(attributes.pop("id", f"field-{name}"))
    described = [f"{identity}-hint"] * bool(hint) + [f"{identity}-error"] * bool(error)
    return {
        "name": name,
        "text": text,
        "kind": kind,
        "hint": hint,
        "error": error,
        "value": str(value if typed is None else typed),
        "options": options,
        "identity": identity,
        "described": " ".join(described),
        "attributes": {
            key.replace("_", "-"): item
            for key, item in attributes.items()
            if item not in ("", None)
        },
    }


@register.inclusion_tag("web/parts/sparkline.html")
def sparkline(values: Sequence[int], text: str) -> dict[str, object]:
    """A small trend with a sentence for those who do not see it."""
    path, area = charts.sparkline(values)
    return {"path": path, "area": area, "text": text}


@register.inclusion_tag("web/parts/columns.html")
def columns(values: Sequence[int], text: str, tone: str = "d1") -> dict[str, object]:
    """A small chart of columns with a sentence for those who do not see it."""
    return {"columns": charts.columns(values), "text": text, "tone": tone}


@register.filter
def pluck(rows: Sequence[object], name: str) -> list[object]:
    """One attribute of each: `{% columns screen.by_day|pluck:"clicks" text %}`."""
    return [getattr(row, name) for row in rows]


@register.inclusion_tag("web/parts/funnel.html")
def funnel(stages: Sequence[FunnelStage]) -> dict[str, object]:
    """Bars against the first stage, shares against the stage before, and where most is lost."""
    first = stages[0].count if stages else 0
    rows = []
    worst: tuple[int, str, str] | None = None
    for number, stage in enumerate(stages):
        before = stages[number - 1].count if number else 0
        share = stage.count * 10_000 // before if before else None
        # What is not settled yet is waited for, not lost.
        told = share if stage.kind != "settled" else None
        if told is not None and (worst is None or told < worst[0]):
            worst = (told, stages[number - 1].kind, stage.kind)
        rows.append(
            {
                "kind": stage.kind,
                "count": stage.count,
                "width": f"{stage.count * 100 / first:.1f}%" if first else "0%",
                "share": share // 10 * 10 if share is not None else None,
            }
        )
    loss = (
        {"bps": (10_000 - worst[0]) // 10 * 10, "from": worst[1], "to": worst[2]} if worst else None
    )
    return {"rows": rows, "loss": loss, "empty": first == 0}


@register.inclusion_tag("web/parts/meter.html")
def meter(value_bps: int | None, cap_bps: int, text: str) -> dict[str, object]:
    """A ratio against its cap; coloured only when the cap is passed."""
    scale = max(cap_bps * 5 // 4, 1)
    value = value_bps or 0
    return {
        "width": f"{min(value / scale, 1) * 100:.1f}%",
        "mark": f"{cap_bps / scale * 100:.1f}%",
        "value": value / 100,
        "scale": scale / 100,
        "over": value > cap_bps,
        "text": text,
    }


@register.filter
def unlocalized(value: float) -> str:
    """A coordinate for SVG: a point, whatever the language."""
    return f"{value:.1f}"


@register.filter
def add_to(value: float, more: int) -> str:
    """A coordinate a little further."""
    return f"{value + more:.1f}"


@register.filter
def change(now: int, before: int | None) -> str:
    """`↑ 12.4%` against what was before; empty if there is nothing to compare with."""
    if not before or before < 0:
        return ""
    tenths = (now - before) * 1000 // before
    arrow = "↑" if tenths > 0 else "↓" if tenths < 0 else "="
    return f"{arrow} {abs(tenths) // 10}.{abs(tenths) % 10}%"


@register.simple_tag
def options(family: str) -> tuple[Option, ...]:
    """Every code of a family as choices."""
    return tuple(Option(code, str(word)) for code, word in labels.LABELS[family].items())


@register.simple_tag
def rule_field(row: int, name: str) -> str:
    """Name of an input of a rule row: `rule_2_key`."""
    return f"rule_{row}_{name}"


@register.simple_tag
def board_field(row: int, name: str) -> str:
    """Name of an input of a leaderboard's row: `board_2_metric`."""
    return f"board_{row}_{name}"


@register.filter
def as_lines(words: Sequence[str]) -> str:
    """One word a line."""
    return "\n".join(words)
