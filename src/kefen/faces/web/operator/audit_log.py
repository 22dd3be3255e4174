"""The audit log in the console: who did what, when, from where."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kefen.core.periods import midnight
from kefen.faces.web import keyset, names, typed
from kefen.faces.web.entry import Entry
from kefen.faces.web.labels import label
from kefen.faces.web.labels.audit import CODES
from kefen.faces.web.operator.audit_screens import AuditRow, AuditScreen
from kefen.faces.web.shared.screens import Option
from kefen.faces.web.templatetags.kefen import money_text
from kefen.platform.audit import queries
from kefen.platform.audit.models import PlatformRecord, Record
from kefen.platform.tenancy.queries import current

FILTERS: Final = ("who", "action", "q", "from", "to")
_LONGEST: Final = 120
_AMOUNTS: Final = frozenset({"amount", "tax", "net", "total", "list_price", "prizes", "released"})


def audit_log(entry: Entry) -> AuditScreen:
    """One page, newest first."""
    filters = {name: entry.query.get(name, "").strip() for name in FILTERS}
    rows, window = keyset.window(entry, filtered(filters), queries.NEWEST_FIRST, filters)
    known = names.members()
    return AuditScreen(
        rows=tuple(row_of(row, known, entry.school.currency, entry.school.zone) for row in rows),
        filters=filters,
        people=tuple(Option(str(user), name) for user, name in known.items()),
        actions=tuple(Option(verb, str(label("verb", verb))) for verb in queries.verbs()),
        window=window,
    )


def filtered(filters: Mapping[str, str]) -> "QuerySet[Record]":
    """The rows that these filters leave, newest first. What cannot be read leaves all."""
    first, last = (typed.day(filters.get(name, "")) for name in ("from", "to"))
    zone = current().zone
    return queries.listed(
        who=_identity(filters.get("who", "")),
        verb=filters.get("action", ""),
        about=filters.get("q", "").replace("\x00", ""),
        since=None if first is None else midnight(first, zone),
        until=None if last is None else midnight(last + timedelta(days=1), zone),
    )


def _identity(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def row_of(
    row: Record | PlatformRecord, known: Mapping[UUID, str], currency: str, zone: ZoneInfo
) -> AuditRow:
    """One deed, in words; the platform's log is read in the scope of no school."""
    details = dict(row.details)
    before, after = details.pop("before", ""), details.pop("after", "")
    reason = details.pop("reason", "")
    told = {name: value for name, value in details.items() if value not in ("", None, {}, [])}
    family = CODES.get(row.verb.partition(".")[0], "")
    return AuditRow(
        at=row.at,
        who=names.actor_name(row.actor_kind, row.actor_user, known),
        action=row.verb,
        subject=row.subject,
        before=_short(_worded(family, before)),
        after=_short(_worded(family, after)),
        reason=_short(_worded(family, reason)),
        details=_short(", ".join(_told(k, v, known, currency, zone) for k, v in told.items())),
        network=row.network,
        device=row.device,
    )


def _worded(family: str, value: object) -> object:
    """A code as its word; whatever is no code of the family, as it is."""
    return str(label(family, value)) if family and isinstance(value, str) else value


def _told(
    name: str, value: object, known: Mapping[UUID, str], currency: str, zone: ZoneInfo
) -> str:
    """One detail of a deed in words: amounts as money, people by name, instants by the reader's
    clock."""
    word = label("audit_detail", name)
    if name in _AMOUNTS and isinstance(value, int):
        return f"{word} {money_text(value, currency)}"
    if isinstance(value, str):
        person = _identity(value)
        if person is not None and person in known:
            return f"{word} {known[person]}"
        if name == "until" and "T" in value:
            at = datetime.fromisoformat(value).astimezone(zone)
            return f"{word} {at:%Y-%m-%d %H:%M}"
    return f"{word} {value}"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return "" if text in ("null", '""') else text[:_LONGEST]
