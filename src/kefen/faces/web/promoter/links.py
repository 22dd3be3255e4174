"""The page of a promoter's links: for which channel, to what, how often opened."""

from django.utils.translation import gettext as _

from kefen.catalog import queries as catalog
from kefen.faces.web import keyset
from kefen.faces.web.entry import Entry
from kefen.faces.web.promoter import words
from kefen.faces.web.promoter.build import address_of
from kefen.faces.web.promoter.link_screens import LinkRow, LinksScreen
from kefen.faces.web.promoter.posters import has_poster
from kefen.faces.web.shared.screens import Form, Option
from kefen.platform import clock
from kefen.referrals import queries as referrals
from kefen.referrals.models import Link


def links(entry: Entry, form: Form | None = None) -> LinksScreen:
    """Every link of the promoter, newest first, and where a new one may lead."""
    rows, window = keyset.window(entry, referrals.links_of(entry.me.id), ("-created_at", "-id"))
    clicks = referrals.clicks_by_link(entry.me.id)
    wanted = entry.query.get("course", "")
    return LinksScreen(
        code=entry.me.code,
        links=tuple(_row(row, clicks.get(row.id, 0)) for row in rows),
        targets=_targets(entry),
        made=entry.query.get("made", ""),
        window=window,
        form=form or Form({"target": f"course:{wanted}" if wanted else "school"}),
    )


def _row(row: Link, clicks: int) -> LinkRow:
    poster_of = "" if row.course is None or not has_poster(row.course) else row.course.code
    return LinkRow(
        code=row.short_code,
        address=address_of(row),
        label=row.label,
        course="" if row.course is None else row.course.title,
        session="" if row.session is None else row.session.title,
        clicks=clicks,
        poster_of=poster_of,
    )


def _targets(entry: Entry) -> tuple[Option, ...]:
    """The school, each course that can be promoted, and the next live lesson of each."""
    upcoming = catalog.next_sessions(clock.now())
    found = [Option("school", _("The whole school"))]
    for row in catalog.shelf():
        if not has_poster(row):
            continue
        found.append(Option(f"course:{row.code}", row.title))
        if row.id in upcoming:
            one = upcoming[row.id]
            when = {"when": words.starts(entry.school, one), "title": one.title}
            found.append(Option(f"session:{one.id}", "— " + _("Live %(when)s: %(title)s") % when))
    return tuple(found)
