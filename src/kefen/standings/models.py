"""Closed boards (domain.md §6). Open ones are computed from orders and commissions."""

from django.db import models
from django.db.models import Q

from kefen.platform.tenancy.base import InstitutionModel, belongs_to


class ClosedBoard(InstitutionModel):
    """The stored snapshot of a board; it never changes."""

    append_only = True

    metric = models.CharField(max_length=16)
    period = models.CharField(max_length=8)
    starts_on = models.DateField()
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "metric", "period", "starts_on"], name="closed_board_once"
            ),
        ]


class ClosedRow(InstitutionModel):
    """One promoter's place on a closed board."""

    append_only = True

    board_id = models.UUIDField()
    board = belongs_to("standings.ClosedBoard", "board_id", related_name="rows")
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    rank = models.PositiveIntegerField()
    value = models.BigIntegerField()
    prize = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "board_id", "promoter_id"], name="closed_row_once"
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="closed_row_positive"),
        ]
