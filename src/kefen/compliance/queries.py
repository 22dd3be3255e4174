"""Reads of what a school keeps an eye on."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Count, DateField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from kefen.catalog import queries as catalog
from kefen.compliance import graph
from kefen.compliance.contracts import Member, Revealed, RevealSubject, Root
from kefen.compliance.models import (
    Complaint,
    ComplaintState,
    FiledLicence,
    GraphAlarm,
    Hit,
    Licence,
    Reveal,
)
from kefen.core import licences
from kefen.core.compliance import pays_level2
from kefen.core.errors import NotFound
from kefen.core.licences import LicenceKind, LicenceState, Need, Paper, Standing
from kefen.orders import queries as orders
from kefen.payouts import queries as payouts
from kefen.platform import clock
from kefen.platform.identity import queries as identity
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
                                 AND c.state = 'open' LIMIT %(most)s) AS complaints),
       (SELECT count(*) FROM (SELECT FROM compliance_reveal r
                               WHERE r.institution_id = %(id)s AND NOT EXISTS (
                                     SELECT 1 FROM compliance_revealnoted n
                                      WHERE n.institution_id = r.institution_id
                                        AND n.reveal_id = r.id) LIMIT %(most)s) AS reveals),
       (SELECT json_agg(json_build_array(l.id, l.kind, coalesce(d.state, 'submitted'),
                                         l.valid_from, l.valid_until) ORDER BY l.id)
          FROM compliance_licence l
          LEFT JOIN compliance_licencedecision d
            ON d.institution_id = l.institution_id AND d.licence_id = l.id
         WHERE l.institution_id = %(id)s),
       (SELECT i.time_zone FROM tenancy_institution i WHERE i.id = %(id)s)
"""
_COUNTED = ("text_hits", "graph_alarms", "complaints", "reveals")


def waiting() -> dict[str, int]:
    """How much waits for a person: hits, alarms, complaints, looks of the platform, licences; one
    query, as every page asks."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"id": institution_id(), "most": COUNTED + 1})
        *numbers, found, zone = cursor.fetchone()
    papers = [
        Paper(
            UUID(id_),
            LicenceKind(kind),
            LicenceState(state),
            date.fromisoformat(first),
            None if last is None else date.fromisoformat(last),
        )
        for id_, kind, state, first, last in found or ()
    ]
    day = clock.now().astimezone(ZoneInfo(zone)).date()
    standings = licences.standings(papers, day, settings.LICENCES_REQUIRED)
    needed = sum(one.need is not Need.NOTHING for one in standings)
    return dict(zip(_COUNTED, numbers, strict=True)) | {"licences": needed}


def today() -> date:
    """The calendar day at the institution in scope."""
    return clock.now().astimezone(tenancy.current().zone).date()


def licence_rows() -> "QuerySet[Licence]":
    """Every licence that was handed in, newest first, with what was decided."""
    return Licence.objects.order_by("-id").prefetch_related("decisions")


def licence(id_: UUID) -> Licence:
    """One licence. Raises NotFound."""
    row: Licence | None = licence_rows().filter(id=id_).first()
    if row is None:
        raise NotFound(what="licence")
    return row


def waits(kind: str) -> bool:
    """Does a licence of this kind wait for the platform?"""
    return Licence.objects.filter(kind=kind, decisions=None).exists()


def _papers() -> list[Paper]:
    rows = Licence.objects.order_by("id").values_list(
        "id", "kind", "decisions__state", "valid_from", "valid_until"
    )
    return [
        Paper(id_, LicenceKind(kind), LicenceState(state or LicenceState.SUBMITTED), first, last)
        for id_, kind, state, first, last in rows
    ]


def licence_standings() -> tuple[Standing, ...]:
    """How the school stands with every kind that it showed or must show; one query."""
    return licences.standings(_papers(), today(), settings.LICENCES_REQUIRED)


def missing_licences() -> list[str]:
    """The kinds that the platform asks for and of which none is in force today."""
    if not settings.LICENCES_REQUIRED:
        return []
    in_force = {one.kind.value for one in licence_standings() if one.in_force is not None}
    return [kind for kind in settings.LICENCES_REQUIRED if kind not in in_force]


def filed(state: str = "") -> "QuerySet[FiledLicence]":
    """Licences of all schools, for the platform, oldest first: those that wait (`submitted`), those
    that passed or were returned, `expiring` within thirty days or ended without one that passed
    and lasts longer, or all."""
    found = FiledLicence.objects.select_related("institution").order_by("submitted_at", "id")
    if state != "expiring":
        return found.filter(state=state) if state else found
    longer = FiledLicence.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=OuterRef("valid_until")),
        institution=OuterRef("institution"),
        kind=OuterRef("kind"),
        state=LicenceState.PASSED,
    )
    # The day is that of each school's calendar.
    local = Func(F("institution__time_zone"), Value(clock.now()), function="timezone")
    ending = found.annotate(today=Cast(local, DateField())).filter(
        state=LicenceState.PASSED, valid_until__lte=F("today") + licences.SOON
    )
    return ending.exclude(Exists(longer))


def filed_count(state: str) -> int:
    """How many of them."""
    return filed(state).order_by().count()


def reveals() -> "QuerySet[Reveal]":
    """Every look of the platform at this school's personal data, newest first, with each reading
    and with who of the school noted it."""
    return Reveal.objects.order_by("-id").prefetch_related("views", "noted")


def reveal(id_: UUID) -> Reveal:
    """One of them. Raises NotFound."""
    row = Reveal.objects.filter(id=id_).first()
    if row is None:
        raise NotFound(what="reveal")
    return row


def is_open(row: Reveal, at: datetime) -> bool:
    """Is a reveal open at this instant? Its last one does not count any more."""
    return row.opened_at <= at < row.ends_at


def subject_account(subject: RevealSubject, key: str) -> UUID | None:
    """The account of an order's student, or of a promoter. Raises NotFound."""
    if subject is RevealSubject.ORDER:
        return orders.by_number(key).student_id
    return promoters.row(key).account_id


def personal_of(subject: RevealSubject, key: str) -> Revealed:
    """A subject's personal data: masked for the platform's staff, as the fields themselves give
    them, unless a reveal lifts that. Raises NotFound."""
    account_id = subject_account(subject, key)
    account = None if account_id is None else identity.account(account_id)
    name, phone = ("", "") if account is None else (account.name, account.phone)
    if subject is RevealSubject.ORDER or account_id is None:
        return Revealed(name, phone)
    papers = identity.papers_of([account_id], full=True).get(account_id, ("", ""))
    receiver, receiver_name = payouts.account_in_full(promoters.row(key).id)
    return Revealed(name, phone, *papers, receiver, receiver_name)


def complaints_raised(since: datetime, before: datetime) -> tuple[int, int]:
    """How many complaints came since an instant, and how many in the time before, from `before`
    on."""
    found = Complaint.objects.filter(raised_at__gte=before).aggregate(
        lately=Count("id", filter=Q(raised_at__gte=since)),
        earlier=Count("id", filter=Q(raised_at__lt=since)),
    )
    return int(found["lately"]), int(found["earlier"])
