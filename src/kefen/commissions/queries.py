"""Reads of commissions."""

from uuid import UUID

from django.db.models import QuerySet

from kefen.commissions.models import Commission, Cut


def of_promoter(promoter_id: UUID) -> "QuerySet[Commission]":
    """A promoter's commissions, newest first, with order, line and course at hand."""
    return (
        Commission.objects.filter(promoter_id=promoter_id)
        .select_related("order", "line__course")
        .order_by("-id")
    )


def of_order(order_id: UUID) -> "QuerySet[Commission]":
    """The commissions of an order, as booked."""
    return (
        Commission.objects.filter(order_id=order_id)
        .select_related("promoter", "line__course", "rule__version")
        .order_by("id")
    )


def in_order_of_booking() -> "QuerySet[Commission]":
    """Every commission in order of booking: by order, line and level."""
    return Commission.objects.select_related("order", "line", "promoter").order_by("id")


def all_cuts() -> set[tuple[UUID, int]]:
    """(line, level) of everything that a cap cut."""
    return set(Cut.objects.values_list("line_id", "level"))


def cuts_of(line_ids: set[UUID]) -> "QuerySet[Cut]":
    """What caps took from these lines."""
    return Cut.objects.filter(line_id__in=line_ids).order_by("id")
