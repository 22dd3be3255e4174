"""The platform's log in words."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kefen.faces.web import keyset, names, typed
from kefen.faces.web.entry import Entry
from kefen.faces.web.labels import label
from kefen.faces.web.operator.audit_log import row_of
from kefen.faces.web.platform.oversight_screens import PlatformAuditScreen, PlatformDeed
from kefen.faces.web.platform.screens import DeedRow
from kefen.faces.web.shared.screens import Option
from kefen.platform.audit import queries
from kefen.platform.audit.models import PlatformRecord
from kefen.platform.identity import queries as identity

FILTERS: Final = ("who", "action", "institution", "from", "to")
ZONE: Final = ZoneInfo("Asia/Shanghai")
"""The platform's own zone, in which its pages say when something was."""


def staff() -> dict[UUID, str]:
    """What those who run the installation are called, by user id; one query."""
    return {row.id: row.handle for row in identity.platform_staff()}


def person_name(user: UUID | None, known: Mapping[UUID, str]) -> str:
    """Who of the platform decided something; the house itself where nobody did."""
    return names.actor_name("system" if user is None else "platform", user, known)


def audit_log(entry: Entry) -> PlatformAuditScreen:
    """One page, newest first."""
    filters = {name: entry.query.get(name, "").strip()[:80] for name in FILTERS}
    known = staff()
    rows, window = keyset.window(entry, filtered(filters), ("-id",), filters)
    return PlatformAuditScreen(
        rows=tuple(deed(row, known) for row in rows),
        filters=filters,
        people=tuple(Option(str(user), name) for user, name in known.items()),
        actions=tuple(Option(one, str(label("verb", one))) for one in queries.platform_verbs()),
        window=window,
    )


def filtered(filters: Mapping[str, str]) -> "QuerySet[PlatformRecord]":
    """The rows that these filters leave, newest first. What cannot be read leaves all."""
    found = queries.of_platform()
    who = _identity(filters.get("who", ""))
    if who is not None:
        found = found.filter(actor_user=who)
    if filters.get("action"):
        found = found.filter(verb=filters["action"])
    if filters.get("institution"):
        found = found.filter(institution__slug=filters["institution"])
    first, last = (typed.day(filters.get(name, "")) for name in ("from", "to"))
    if first is not None:
        found = found.filter(at__gte=datetime(first.year, first.month, first.day, tzinfo=ZONE))
    if last is not None:
        end = last + timedelta(days=1)
        found = found.filter(at__lt=datetime(end.year, end.month, end.day, tzinfo=ZONE))
    return found


def _identity(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def deed(row: PlatformRecord, known: Mapping[UUID, str]) -> PlatformDeed:
    """One line of the log."""
    there = row.institution
    told = row_of(row, known, "CNY" if there is None else there.currency, ZONE)
    return PlatformDeed(
        at=told.at,
        who=told.who,
        action=told.action,
        institution="" if there is None else there.name,
        slug="" if there is None else there.slug,
        subject=told.subject,
        before=told.before,
        after=told.after,
        reason=told.reason,
        details=told.details,
        network=told.network,
        device=told.device,
    )


def deeds(rows: Iterable[PlatformRecord]) -> tuple[DeedRow, ...]:
    """Some lines, as the page of one institution shows them."""
    known = staff()
    found = (deed(row, known) for row in rows)
    return tuple(
        DeedRow(one.at, one.who, one.action, one.before, one.after, one.reason) for one in found
    )
