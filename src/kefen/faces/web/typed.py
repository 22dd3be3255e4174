"""Reading what people type: amounts, percentages, whole numbers, days and local instants."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kefen.core.errors import InvalidInput, NotFound
from kefen.faces.web.templatetags.kefen import DECIMALS

_LARGEST: Final = 10**15
_NUMBER: Final = re.compile(r"\d{1,13}(?:\.\d{1,4})?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?", re.ASCII)
# Beyond these, calendars and databases have edges of their own.
YEARS: Final = range(1970, 7000)


def _decimal(text: str) -> Decimal | None:
    plain = text.strip().lstrip("¥$€£").replace(",", "").replace("，", "").strip()
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def amount(text: str, currency: str, *, field: str = "amount") -> int:
    """`1,234.5` as minor units. Raises InvalidInput for anything else, and for a half cent."""
    value = _decimal(text)
    minor = None if value is None else value.scaleb(DECIMALS.get(currency, 2))
    if minor is None or minor != minor.to_integral_value() or not 0 <= minor < _LARGEST:
        raise InvalidInput(field=field, reason=_("write an amount like 59.80"))
    return int(minor)


def basis_points(text: str, *, field: str) -> int:
    """`12.5` or `12.5%` as basis points. Raises InvalidInput."""
    value = _decimal(text.strip().removesuffix("%").removesuffix("％"))
    points = None if value is None else value * 100
    if points is None or points != points.to_integral_value() or points > 10_000:
        raise InvalidInput(field=field, reason=_("write a percentage like 12.5"))
    return int(points)


def whole(text: str, *, field: str) -> int:
    """A whole number. Raises InvalidInput."""
    plain = text.strip()
    if not re.fullmatch(r"\d{1,9}", plain):
        raise InvalidInput(field=field, reason=_("write a whole number"))
    return int(plain)


def hidden(text: str) -> int:
    """A figure that a form itself carries, and nobody types. Raises InvalidInput."""
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise InvalidInput(field="number", reason=_("this form is damaged; open it again"))
    return int(text)


def day(text: str) -> date | None:
    """`2026-11-22`, or None for anything else: a filter that makes no sense does not filter."""
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return found if found is not None and found.year in YEARS else None


def optional_day(text: str, *, field: str) -> date | None:
    """`2026-11-22`, or None for nothing. Raises InvalidInput for anything else."""
    found = day(text.strip())
    if found is None and text.strip():
        raise InvalidInput(field=field, reason=_("write a day"))
    return found


def local_instant(text: str, zone: ZoneInfo, *, field: str) -> datetime | None:
    """`2026-11-22T20:30` in the institution's zone, None for nothing. Raises InvalidInput."""
    plain = text.strip()
    if not plain:
        return None
    try:
        local = datetime.fromisoformat(plain) if _INSTANT.fullmatch(plain) else None
    except ValueError:
        local = None
    if local is None:
        raise InvalidInput(field=field, reason=_("write a day and a time"))
    if local.year not in YEARS:
        raise InvalidInput(field=field, reason=_("choose a year from 1970 to 6999"))
    return local.replace(tzinfo=zone).astimezone(UTC)


def identity_of(text: str) -> UUID:
    """The id in an address. Raises NotFound for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(what="notification") from None


def page_number(query: Mapping[str, str]) -> int:
    """`page` of an address, 1 if it is none."""
    text = query.get("page", "")
    return int(text) if re.fullmatch(r"[1-9]\d{0,5}", text) else 1
