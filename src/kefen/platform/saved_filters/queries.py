"""Reads of kept filters."""

from uuid import UUID

from django.db.models import Q

from kefen.platform.saved_filters.models import SavedFilter

_SHOWN = 60


def of(user: UUID, place: str) -> list[SavedFilter]:
    """A person's filters of a list and those that others share, by name."""
    seen = Q(user_id=user) | Q(is_shared=True)
    return list(SavedFilter.objects.filter(seen, place=place).order_by("name", "id")[:_SHOWN])
