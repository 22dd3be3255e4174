"""What stands around the console's lists: filters kept under a name, and files of what is seen."""

from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefen.core.errors import InvalidInput, InvariantBroken, NotFound
from kefen.faces.web import names, problems, typed
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator.list_screens import FILTERS, Around, KeptFilter
from kefen.platform.exports import actions as exports
from kefen.platform.exports.contracts import Format
from kefen.platform.identity.models import User
from kefen.platform.saved_filters import actions, queries


def around(entry: Entry, place: str, filters: Mapping[str, str]) -> Around:
    """The kept filters of a list as the person sees them; two queries."""
    mine = _user(entry)
    known = names.members()
    now = urlencode({key: value for key, value in filters.items() if value})
    kept = tuple(
        KeptFilter(
            id=str(row.id),
            name=row.name,
            query=row.query,
            owner="" if row.user_id == mine.id else known.get(row.user_id, _("a colleague")),
            is_shared=row.is_shared,
            is_now=row.query == now,
        )
        for row in queries.of(mine.id, place)
    )
    return Around(place, filters, kept)


def _user(entry: Entry) -> User:
    if entry.user is None:
        raise InvariantBroken(invariant="operator_page lets nobody else in")
    return entry.user


def _posted(entry: Entry, place: str) -> dict[str, str]:
    """The posted filters of a list. Raises NotFound for a list that there is not."""
    if place not in FILTERS:
        raise NotFound(what=place)
    return {name: entry.posted.get(name, "").strip()[:120] for name in FILTERS[place]}


def _back(entry: Entry, place: str, filters: Mapping[str, str]) -> HttpResponseRedirect:
    kept = {key: value for key, value in filters.items() if value}
    return entry.to(f"operator_{place}", **kept)


@require_POST
@operator_page()
def keep(entry: Entry, place: str) -> HttpResponse:
    """Keep the filter that is set under a name."""
    filters, values = _posted(entry, place), entry.posted
    name, is_shared = values.get("name", ""), "shared" in values
    try:
        actions.save(_user(entry).id, place, name, filters, is_shared=is_shared)
    except InvalidInput as refusal:
        entry.say(problems.sentence(refusal, entry.school.currency), tone="crimson")
    else:
        entry.say(_("The filter is kept as “%(name)s”.") % {"name": name.strip()})
    return _back(entry, place, filters)


@require_POST
@operator_page()
def let_go(entry: Entry, place: str) -> HttpResponse:
    """Let a kept filter go."""
    filters = _posted(entry, place)
    actions.remove(_user(entry).id, typed.identity_of(entry.posted.get("id", "")))
    entry.say(_("The filter is no longer kept."))
    return _back(entry, place, filters)


@require_POST
@operator_page(may="exports")
def export(entry: Entry, place: str) -> HttpResponse:
    """Let a file be written of what the list shows, under the same filters."""
    filters, values = _posted(entry, place), entry.posted
    kind = f"{place}_full" if "full" in values else place
    form = Format.XLSX if values.get("format") == "xlsx" else Format.CSV
    wanted = {key: value for key, value in filters.items() if value}
    exports.ask(kind, form, actor=entry.actor, parameters=wanted)
    entry.say(_("The file is being written; it can be downloaded here when it is ready."))
    return entry.to("operator_tasks")
