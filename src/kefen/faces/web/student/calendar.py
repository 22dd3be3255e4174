"""The live lessons of a course as a calendar file (RFC 5545), with a reminder before each."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kefen.catalog import queries as catalog
from kefen.catalog.contracts import LiveSession
from kefen.core.ids import is_code
from kefen.faces.web.entry import Entry, school_page
from kefen.platform import clock

_LONGEST_LINE = 75
_LESSONS = 200


@require_safe
@school_page
def course_calendar(entry: Entry, course: str) -> HttpResponse:
    """The lessons to come. The schedule stands on the landing for everybody, and so does this."""
    row = catalog.published(course)
    sessions = catalog.sessions_from(row.id, clock.now(), _LESSONS)
    text = calendar(entry.school.name, row.title, sessions, clock.now())
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    name = row.code if is_code(row.code) else "course"
    answer["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer


def calendar(school: str, title: str, sessions: Sequence[LiveSession], now: datetime) -> str:
    """The file: one event for each lesson, instants in UTC so that every phone shows its own."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kefen//Course//EN", "METHOD:PUBLISH"]
    for session in sessions:
        lines += _event(school, title, session, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(school: str, title: str, session: LiveSession, now: datetime) -> list[str]:
    reminder = _("Starts in 15 minutes")
    host = urlsplit(settings.PUBLIC_URL).hostname or "kefen"
    return [
        "BEGIN:VEVENT",
        f"UID:{session.id.hex}@{host}",
        f"DTSTAMP:{_instant(now)}",
        f"DTSTART:{_instant(session.starts_at)}",
        f"DTEND:{_instant(session.ends_at)}",
        f"SUMMARY:{_escaped(f'{title} · {session.title}')}",
        f"DESCRIPTION:{_escaped(school)}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT15M",
        f"DESCRIPTION:{_escaped(reminder)}",
        "END:VALARM",
        "END:VEVENT",
    ]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, never inside a character; each further part begins
    with a space."""
    part, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + sign, size + octets
    yield part
