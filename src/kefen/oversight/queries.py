"""Reads of what was gathered, over all institutions: no scope is entered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, Sum

from kefen.core.terms import PlatformLimits
from kefen.oversight.books import lines as books
from kefen.oversight.contracts import Cap, Worry
from kefen.oversight.models import Figures, Month

__all__ = ["books"]

_WORRIES: Final = {
    Worry.SIGNALS: Q(signals_open__gt=0),
    Worry.COMPLAINTS: Q(complaints_open__gt=0) | Q(complaints_burst=True),
    Worry.CAP: Q(cap__in=[Cap.NEAR, Cap.OVER]),
    Worry.ALARMS: Q(alarms_open__gt=0),
    Worry.SPLITS: Q(splits_stopped__gt=0),
    Worry.DIFFERENCES: Q(differences_open__gt=0),
    Worry.NOTIFICATIONS: Q(notifications_parked__gt=0),
    Worry.BOOKS: ~Q(book_differences=[]) | Q(audit_findings__gt=0),
}


def of_institution(institution: UUID) -> Figures | None:
    """What was gathered of one institution; None before the first time."""
    return Figures.objects.filter(institution_id=institution).first()


def months_of(institution: UUID, limit: int) -> list[Month]:
    """The months of one institution, newest first."""
    return list(Month.objects.filter(institution_id=institution).order_by("-on")[:limit])


def worrying(worry: Worry | None = None, *, text: str = "") -> "QuerySet[Figures]":
    """Institutions with something to look at, of one kind or any, by name; those with the most
    first."""
    found = Figures.objects.select_related("institution")
    found = found.filter(_any() if worry is None else _WORRIES[worry])
    if text:
        found = found.filter(
            Q(institution__name__icontains=text) | Q(institution__slug__icontains=text)
        )
    return found.order_by("-attention", "-institution_id")


def _any() -> Q:
    found = Q(attention__gt=0)
    for one in _WORRIES.values():
        found |= one
    return found


@dataclass(frozen=True, slots=True)
class Totals:
    """All institutions together: how many things wait, and at how many institutions."""

    things: dict[Worry, int]
    institutions: dict[Worry, int]
    bursts: int
    over: int
    signals: dict[str, int]
    oldest_at: datetime | None


def totals() -> Totals:
    """What waits anywhere; two queries, however many institutions there are."""
    sums = {
        Worry.SIGNALS: "signals_open",
        Worry.COMPLAINTS: "complaints_open",
        Worry.ALARMS: "alarms_open",
        Worry.SPLITS: "splits_stopped",
        Worry.DIFFERENCES: "differences_open",
        Worry.NOTIFICATIONS: "notifications_parked",
    }
    found = Figures.objects.aggregate(
        **{f"sum_{worry}": Sum(column) for worry, column in sums.items()},
        **{f"at_{worry}": Count("pk", filter=one) for worry, one in _WORRIES.items()},
        bursts=Count("pk", filter=Q(complaints_burst=True)),
        over=Count("pk", filter=Q(cap=Cap.OVER)),
        oldest_at=Min("gathered_at"),
    )
    return Totals(
        things={
            worry: int(found.get(f"sum_{worry}", found[f"at_{worry}"]) or 0) for worry in Worry
        },
        institutions={worry: int(found[f"at_{worry}"]) for worry in Worry},
        bursts=int(found["bursts"]),
        over=int(found["over"]),
        signals=_signals(),
        oldest_at=found["oldest_at"],
    )


def _signals() -> dict[str, int]:
    """Open signals of all institutions, by kind, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.key, sum(s.value::bigint)::bigint FROM oversight_figures f"
            " CROSS JOIN LATERAL jsonb_each_text(f.signals) AS s"
            " WHERE f.signals_open > 0 GROUP BY s.key ORDER BY 2 DESC, 1"
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Health:
    """Books and notifications of all institutions, as gathered."""

    transfers: int
    differing: tuple[tuple[str, str], ...]
    parked: int
    findings: int
    audited_at: datetime | None
    unaudited: int
    gathered_at: datetime | None


def health(limit: int) -> Health:
    """What was gathered of books and notifications; `differing` are names of institutions and
    accounts. Two queries."""
    found = Figures.objects.aggregate(
        transfers=Sum("transfers"),
        parked=Sum("notifications_parked"),
        findings=Sum("audit_findings"),
        checked=Min("audited_at"),
        unaudited=Count("pk", filter=Q(audited_at__isnull=True)),
        gathered=Min("gathered_at"),
    )
    rows = Figures.objects.exclude(book_differences=[]).select_related("institution")
    return Health(
        transfers=int(found["transfers"] or 0),
        differing=tuple(
            (row.institution.name, account)
            for row in rows.order_by("institution_id")[:limit]
            for account in row.book_differences
        ),
        parked=int(found["parked"] or 0),
        findings=int(found["findings"] or 0),
        audited_at=found["checked"],
        unaudited=int(found["unaudited"]),
        gathered_at=found["gathered"],
    )


def beyond(limits: PlatformLimits) -> "QuerySet[Figures]":
    """Institutions whose programme in force promises more than these limits would allow."""
    above = Q(programme_cap_bps__gt=limits.max_rate_bps)
    above |= Q(programme_hold_days__lt=limits.minimum_hold_days)
    if not limits.level2_allowed:
        above |= Q(programme_level2=True)
    found = Figures.objects.filter(above).select_related("institution")
    return found.order_by("-programme_cap_bps", "institution_id")
