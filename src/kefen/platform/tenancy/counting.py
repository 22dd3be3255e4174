"""Counting rows as far as anybody wants to know: more would read the whole table on every page."""

from typing import Any, Final

from django.db.models import QuerySet

COUNTED: Final = 10_000
"""What is shown as a number; beyond it pages say that there are more."""


def counted(found: "QuerySet[Any]") -> int:
    """How many rows, or one more than COUNTED where there are more than that."""
    return found.order_by()[: COUNTED + 1].count()
