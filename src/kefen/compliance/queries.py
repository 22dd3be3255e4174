"""Reads of what a school keeps an eye on."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from kefen.catalog import queries as catalog
from kefen.compliance import graph
from kefen.compliance.contracts import Member, Root
from kefen.compliance.models import Complaint, ComplaintState, GraphAlarm, Hit
from kefen.core.compliance import pays_level2
from kefen.core.errors import NotFound
from kefen.platform import clock
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy.counting import COUNTED
from kefen.platform.tenancy.scope import institution_id
from kefen.platform.wording.contracts import PublicText
from kefen.programmes import queries as programmes
from kefen.promoters import queries as promoters

HITS_IN_ORDER = ("-state", "-place", "-field", "-start", "-id")


def public_texts() -> Iterator[PublicText]:
    """Every text of the school that the public reads, as it is saved now."""
    school = tenancy.current()
    yield PublicText("school:", school.name, "name", school.name)
    yield from catalog.public_texts()
    yield from programmes.public_texts()
    yield from promoters.public_texts()


def texts_at(place: str) -> list[PublicText]:
    """The public texts of one place. Raises NotFound."""
    kind, _colon, key = place.partition(":")
    found: list[PublicText] = []
    if kind == "course" and key:
        found = list(catalog.public_texts(code=key))
    elif kind == "lesson":
        found = list(catalog.public_texts(lesson=_id(key)))
    elif kind == "promoter" and key:
        found = list(promoters.public_texts(code=key))
    elif kind in ("programme", "school"):
        found = [text for text in public_texts() if text.place == place]
    if not found:
        raise NotFound(what=place)
    return found


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(what="lesson") from None


def levels_paid() -> int:
    """How many levels are paid now: 1, or 2 where platform and programme both say so."""
    schedule = programmes.schedule()
    version = schedule.in_force(clock.now())
    return 2 if version is not None and pays_level2(schedule.limits, version.terms) else 1


def hits() -> "QuerySet[Hit]":
    """All hits, those that wait first, text by text."""
    return Hit.objects.order_by(*HITS_IN_ORDER)


def hit(id_: UUID) -> Hit:
    """One hit. Raises NotFound."""
    row = Hit.objects.filter(id=id_).first()
    if row is None:
        raise NotFound(what="hit")
    return row


def roots() -> tuple[list[Root], int]:
    """Everybody who invited others and was invited by nobody, the largest first; and how many
    invited persons hang on no such root (they invited each other in a ring)."""
    return graph.read()


def members(person: UUID, limit: int) -> list[Member]:
    """Who stands under somebody, the nearest first."""
    return graph.under(person, limit)


def alarms() -> "dict[UUID, GraphAlarm]":
    """The alarms of the graph as they were counted last, by promoter."""
    return {row.promoter_id: row for row in GraphAlarm.objects.all()}


def complaints(state: str = "") -> "tuple[QuerySet[Complaint], tuple[str, ...]]":
    """All complaints with their promoters, open ones first and the newest on top; of one state,
    the oldest on top of those that wait. And the columns that they are ordered by."""
    found = Complaint.objects.select_related("promoter")
    if not state:
        keys: tuple[str, ...] = ("-state", "-raised_at", "-id")
        return found.order_by(*keys), keys
    keys = ("raised_at", "id") if state == ComplaintState.OPEN else ("-raised_at", "-id")
    return found.filter(state=state).order_by(*keys), keys


def complaint(id_: UUID) -> Complaint:
    """One complaint. Raises NotFound."""
    row: Complaint | None = Complaint.objects.filter(id=id_).select_related("promoter").first()
    if row is None:
        raise NotFound(what="complaint")
    return row


_WAITING = """
SELECT (SELECT count(*) FROM (SELECT FROM compliance_hit h WHERE h.institution_id = %(id)s
                                 AND h.state = 'open' LIMIT %(most)s) AS hits),
       (SELECT count(*) FROM (SELECT FROM compliance_graphalarm a WHERE a.institution_id = %(id)s
                                 AND a.state = 'open' LIMIT %(most)s) AS alarms),
       (SELECT count(*) FROM (SELECT FROM compliance_complaint c WHERE c.institution_id = %(id)s
                                 AND c.state = 'open' LIMIT %(most)s) AS complaints)
"""


def waiting() -> dict[str, int]:
    """How much waits for a person: hits, alarms, complaints; one query, as every page asks."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"id": institution_id(), "most": COUNTED + 1})
        return dict(
            zip(("text_hits", "graph_alarms", "complaints"), cursor.fetchone(), strict=True)
        )


def complaints_raised(since: datetime, before: datetime) -> tuple[int, int]:
    """How many complaints came since an instant, and how many in the time before, from `before`
    on."""
    found = Complaint.objects.filter(raised_at__gte=before).aggregate(
        lately=Count("id", filter=Q(raised_at__gte=since)),
        earlier=Count("id", filter=Q(raised_at__lt=since)),
    )
    return int(found["lately"]), int(found["earlier"])
