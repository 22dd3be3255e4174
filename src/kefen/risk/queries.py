"""Reads of risk."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Count, QuerySet

from kefen.commissions import queries as commissions
from kefen.core.risk import UNDECIDED, Limits, State
from kefen.core.states import CommissionState
from kefen.platform.tenancy.counting import counted
from kefen.risk.contracts import Concerned
from kefen.risk.models import Hold, Signal, Threshold

NEWEST_FIRST = ("-id",)


def limits() -> Limits:
    """What is usual at the institution; the defaults until somebody said otherwise."""
    row = Threshold.objects.first()
    if row is None:
        return Limits()
    return Limits(**{name: getattr(row, name) for name in Limits.__dataclass_fields__})


def listed(*, kind: str = "", state: str = "") -> "QuerySet[Signal]":
    """Signals, newest first, with what pages name at hand; of one kind or state."""
    found = Signal.objects.select_related("promoter", "order", "link__course")
    if kind:
        found = found.filter(kind=kind)
    if state:
        found = found.filter(state=state)
    return found.order_by(*NEWEST_FIRST)


def by_id(signal_id: UUID) -> Signal | None:
    """One signal with what pages name at hand."""
    return listed().filter(id=signal_id).first()


def open_count() -> int:
    """How many signals wait for a person."""
    return counted(Signal.objects.filter(state=State.OPEN))


def open_by_kind() -> dict[str, int]:
    """How many signals of each kind wait for a person."""
    found = Signal.objects.filter(state=State.OPEN).values_list("kind")
    return dict(found.annotate(number=Count("id")).order_by("kind"))


def flags_of(*, promoter_id: UUID | None = None, order_id: UUID | None = None) -> list[Signal]:
    """Undecided signals about a promoter or an order, the highest score first."""
    found = Signal.objects.filter(state__in=UNDECIDED).select_related("order", "promoter")
    if promoter_id is not None:
        found = found.filter(promoter_id=promoter_id)
    if order_id is not None:
        found = found.filter(order_id=order_id)
    return list(found.order_by("-score", "-id")[:10])


def concerned(signals: Iterable[UUID]) -> Mapping[UUID, tuple[Concerned, ...]]:
    """What was held for some signals, by signal; two queries for any number."""
    pairs = list(
        Hold.objects.filter(signal_id__in=list(signals))
        .order_by("commission_id")
        .values_list("signal_id", "commission_id")
    )
    rows = commissions.by_ids({commission for _, commission in pairs})
    found: dict[UUID, tuple[Concerned, ...]] = {}
    for signal, commission in pairs:
        row = rows[commission]
        one = Concerned(row.id, row.order.number, row.booked - row.reversed, row.state)
        found[signal] = (*found.get(signal, ()), one)
    return found


def is_held(one: Concerned) -> bool:
    """Is it held at this moment?"""
    return one.state == CommissionState.HELD
