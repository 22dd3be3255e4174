"""Whoever scans, holds or decides does so alone at an institution.

Lock order: progress, signals, then commissions by id, then ledger accounts. Nobody else locks the
first two, and whoever has commissions never asks for them.
"""

from kefen.core.ids import uuid7
from kefen.platform.tenancy.bulk import insert_rows
from kefen.risk.models import Progress


def alone() -> Progress:
    """The institution's progress, locked until the transaction ends; made where it is new."""
    row = Progress.objects.select_for_update().first()
    if row is None:
        insert_rows(Progress, ("id",), [(uuid7(),)], skip_known=True)
        row = Progress.objects.select_for_update().get()
    return row
