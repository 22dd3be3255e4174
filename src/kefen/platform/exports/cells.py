"""One value, written for a file: safe from being read as a formula, whole where it is long."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kefen.platform.exports.contracts import Cell, Column

UNITS = {"CNY": gettext_lazy("yuan")}
# Currencies without a minor unit.
_WHOLE = {"JPY", "KRW", "VND"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What a spreadsheet would round, shorten or take for a number in scientific writing.
_LONG = re.compile(r"\d{12,}|0\d+|\d+[eE]\d+", re.ASCII)


def safe(text: str) -> str:
    """A text cell of a CSV that no spreadsheet takes for a formula or shortens."""
    if text.startswith(_FORMULA):
        return f"'{text}"
    return f"\t{text}" if _LONG.fullmatch(text) else text


def major(minor: int, currency: str) -> Decimal:
    """Minor units as the number that people add up."""
    return Decimal(minor) if currency in _WHOLE else Decimal(minor).scaleb(-2)


def heading(column: Column, currency: str) -> str:
    """The heading of a column; of amounts with their unit."""
    if column.cell != Cell.AMOUNT:
        return column.heading
    return _("%(heading)s (%(unit)s)") % {
        "heading": column.heading,
        "unit": str(UNITS.get(currency, currency)),
    }


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """An instant as the institution's clocks showed it, to the second."""
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)


def as_text(value: object, cell: Cell, currency: str, zone: ZoneInfo) -> str:
    """A value as it stands in a CSV."""
    match value:
        case None:
            return ""
        case int():
            return _number(value, cell, currency)
        case datetime():
            return f"{local(value, zone):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case _other:
            return safe(str(value))


def _number(value: int, cell: Cell, currency: str) -> str:
    if cell == Cell.AMOUNT:
        return str(major(value, currency))
    return f"{Decimal(value).scaleb(-2)}%" if cell == Cell.RATE else str(value)
