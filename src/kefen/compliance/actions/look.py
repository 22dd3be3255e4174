"""Looking through everything that is saved: forbidden words in public texts, and the graph of who
invited whom. A job does it; what a person decided stays decided while nothing changes.

Locks: rows of hits, then rows of alarms; a second look at the same time waits at the first's rows.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kefen.compliance import queries
from kefen.compliance.contracts import AlarmState
from kefen.compliance.models import GraphAlarm, Hit
from kefen.core.words import forbidden
from kefen.platform import clock, jobs
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.wording import queries as wording
from kefen.platform.wording.contracts import PublicText

_AROUND = 20
_WORD, _TITLE = 200, 120
# A text with more than this is mended at once or not at all.
_MOST_IN_ONE = 20

_Key = tuple[str, str, bytes, int]


@needs(Deed.COMPLIANCE)
def ask_to_look() -> None:
    """Let the job look now."""
    jobs.enqueue("compliance.look", once=True)


@transaction.atomic
def look() -> None:
    """Look through all texts and the whole graph, and note what is new, grown or gone."""
    _settle({_key(hit): hit for hit in _found(queries.public_texts())}, "")
    _count()


@transaction.atomic
def look_at(place: str) -> None:
    """Look at the texts of one place, which were just changed. Raises NotFound."""
    _settle({_key(hit): hit for hit in _found(queries.texts_at(place))}, place)


def _found(texts: Iterable[PublicText]) -> list[Hit]:
    words, now = wording.words().all, clock.now()
    return [hit for text in texts for hit in _in(text, forbidden(text.text, words), now)]


def _in(text: PublicText, spans: list[tuple[int, int, str]], now: datetime) -> list[Hit]:
    digest = hashlib.sha256(text.text.encode()).digest() if spans else b""
    return [
        Hit(
            place=text.place,
            title=text.title[:_TITLE],
            field=text.field,
            digest=digest,
            start=start,
            before=text.text[max(0, start - _AROUND) : start],
            word=word[:_WORD],
            after=text.text[end : end + _AROUND],
            found_at=now,
        )
        for start, end, word in spans[:_MOST_IN_ONE]
    ]


def _key(hit: Hit) -> _Key:
    return hit.place, hit.field, bytes(hit.digest), hit.start


def _settle(found: dict[_Key, Hit], place: str) -> None:
    """Note what is new and drop what is gone; what a person kept is still kept."""
    known = Hit.objects.select_for_update()
    known = known.filter(place=place) if place else known
    there = {_key(row): row.id for row in known}
    Hit.objects.filter(id__in=[row for key, row in there.items() if key not in found]).delete()
    fresh = [hit for key, hit in found.items() if key not in there]
    Hit.objects.bulk_create(fresh, ignore_conflicts=True)


def _count() -> None:
    levels = queries.levels_paid()
    alarming = {root.promoter_id: root for root in queries.roots()[0] if root.alarming(levels)}
    known = {row.promoter_id: row for row in GraphAlarm.objects.select_for_update()}
    GraphAlarm.objects.filter(
        promoter_id__in=[id_ for id_ in known if id_ not in alarming]
    ).delete()
    now, fresh = clock.now(), []
    for id_, root in alarming.items():
        row = known.get(id_)
        if row is None:
            fresh.append(
                GraphAlarm(promoter_id=id_, persons=root.persons, depth=root.depth, raised_at=now)
            )
        elif (row.persons, row.depth) != (root.persons, root.depth):
            grown = root.persons > row.seen_persons or root.depth > row.seen_depth
            row.persons, row.depth = root.persons, root.depth
            row.state = AlarmState.OPEN if grown else row.state
            row.save(update_fields=["persons", "depth", "state"])
    GraphAlarm.objects.bulk_create(fresh, ignore_conflicts=True)
