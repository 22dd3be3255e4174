"""Lists in pieces, by keyset: each piece begins behind the last row of the one before, so that the
thousandth costs what the first does, and a row that comes in meanwhile moves nothing.

A list is ordered by columns of one direction, the last of which tells any two rows apart. The
cursor in the address is the row's values in these columns. It needs no signature: it only says
where to look in what the person may see anyway, and whatever is no cursor leads to the beginning.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, Value
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kefen.faces.web import typed
from kefen.faces.web.entry import Entry
from kefen.faces.web.shared.screens import Window
from kefen.platform.tenancy.counting import COUNTED

PAGE: Final = 50

_LONGEST: Final = 400
_Row = TypeVar("_Row", bound=Model)


def window(
    entry: Entry,
    found: "QuerySet[_Row]",
    keys: Sequence[str],
    filters: Mapping[str, str] | None = None,
    *,
    size: int = PAGE,
    name: str = "",
    begin: _Row | None = None,
) -> tuple[list[_Row], Window]:
    """The rows that the address asks for, and the ways to those around them; two queries.

    `keys` are columns that are never null (`-placed_at`, `-id`), all in one direction; `filters`
    stay in the addresses; `name` tells two lists on one page apart. `begin`: where the address
    names no place, the piece begins with this row (a form about it was refused).
    """
    names, descending = _columns(keys)
    after, before = f"{name}after", f"{name}before"
    place, backwards = _place(entry, found, names, after, before)
    including = place is None and begin is not None
    if including:
        place = [getattr(begin, one) for one in names]
    falls = descending != backwards
    wanted = found.order_by(*(f"-{one}" if falls else one for one in names))
    if place is not None:
        wanted = wanted.filter(_beyond(names, place, falls=falls, including=including))
    rows = list(wanted[: size + 1])
    goes_on, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_later = bool(rows) if backwards else goes_on
    has_earlier = goes_on if backwards else place is not None and bool(rows)
    if including and place is not None:
        has_earlier = found.filter(_beyond(names, place, falls=not falls)).exists()
    count = found.order_by()[: COUNTED + 1].count()
    query = urlencode({key: value for key, value in (filters or {}).items() if value})
    return rows, Window(
        count=min(count, COUNTED),
        is_more=count > COUNTED,
        query=f"{query}&" if query else "",
        earlier=f"{before}={cursor(rows[0], names)}" if has_earlier else "",
        later=f"{after}={cursor(rows[-1], names)}" if has_later else "",
    )


def cursor(row: Model, names: Sequence[str]) -> str:
    """Where a row stands, for an address."""
    values = [getattr(row, name) for name in names]
    plain = [one if isinstance(one, int) else _text(one) for one in values]
    return urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _columns(keys: Sequence[str]) -> tuple[list[str], bool]:
    falling = {key.startswith("-") for key in keys}
    if len(falling) != 1:
        raise ValueError("a keyset has columns of one direction")
    return [key.removeprefix("-") for key in keys], falling.pop()


def _place(
    entry: Entry, found: "QuerySet[Any]", names: Sequence[str], after: str, before: str
) -> tuple[list[Any] | None, bool]:
    """The values that the address names, and whether the rows before them are wanted. What is no
    cursor of this list is said, and leads to its beginning."""
    backwards = before in entry.query
    text = entry.query.get(before if backwards else after, "")
    if not text:
        return None, False
    place = _read(text, [_field(found, name) for name in names])
    if place is None:
        entry.say(_("This place in the list is not known; here is its beginning."), tone="amber")
        return None, False
    return place, backwards


def _field(found: "QuerySet[Any]", name: str) -> "Field[Any, Any]":
    annotated = found.query.annotations.get(name)
    field = found.model._meta.get_field(name) if annotated is None else annotated.output_field  # noqa: SLF001
    if not isinstance(field, Field):
        raise TypeError(name)
    return field


def _read(text: str, fields: "Sequence[Field[Any, Any]]") -> list[Any] | None:
    """The values of a cursor; None for what is none."""
    try:
        padded = text[:_LONGEST] + "=" * (-len(text[:_LONGEST]) % 4)
        plain = json.loads(urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(plain, list) or len(plain) != len(fields):
            return None
        values = [_value(one, field) for one, field in zip(plain, fields, strict=True)]
    except (NotBase64, ValidationError, ValueError, TypeError, OverflowError, RecursionError):
        return None
    return None if None in values else values


def _value(plain: object, field: "Field[Any, Any]") -> Any:
    """One value; None for what its column cannot hold."""
    if isinstance(plain, bool) or not isinstance(plain, str | int) or "\x00" in str(plain):
        return None
    value = field.to_python(plain)
    if isinstance(value, int) and abs(value) >= 1 << 62:
        return None
    if isinstance(value, date) and value.year not in typed.YEARS:
        return None
    return None if isinstance(value, datetime) and value.tzinfo is None else value


def _beyond(
    names: Sequence[str], values: Sequence[Any], *, falls: bool, including: bool = False
) -> Func:
    """`(a, b) < (x, y)`: compared as rows, which an index on (a, b) answers at once."""
    mine = Func(*(F(name) for name in names), function="ROW")
    place = Func(*(Value(value) for value in values), function="ROW")
    sign = f" {'<' if falls else '>'}{'=' if including else ''} "
    return Func(
        mine, place, template="%(expressions)s", arg_joiner=sign, output_field=BooleanField()
    )
