"""Keeping a filter and letting it go. Nothing is locked: a name is written over."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction

from kefen.core.errors import InvalidInput
from kefen.platform import clock
from kefen.platform.saved_filters.models import SavedFilter

MOST = 30
_NAME, _QUERY = 40, 500


@transaction.atomic
def save(
    user: UUID, place: str, name: str, filters: Mapping[str, str], *, is_shared: bool = False
) -> None:
    """Keep a filter of a list under a name; a name that the person has there is written over.

    Raises InvalidInput: no name, nothing to keep, or more than MOST of his on one list.
    """
    name = name.strip()
    query = urlencode({key: value for key, value in filters.items() if value})
    if not name or len(name) > _NAME or "\x00" in name:
        raise InvalidInput(field="name", reason="give it a name of up to 40 characters")
    if not query or len(query) > _QUERY:
        raise InvalidInput(field="name", reason="filter the list first, then keep the filter")
    mine = SavedFilter.objects.filter(user_id=user, place=place)
    if mine.exclude(name=name).count() >= MOST:
        raise InvalidInput(field="name", reason="remove one first: a list keeps 30 of yours")
    kept = {"query": query, "is_shared": is_shared, "saved_at": clock.now()}
    SavedFilter.objects.update_or_create(user_id=user, place=place, name=name, defaults=kept)


@transaction.atomic
def remove(user: UUID, saved: UUID) -> None:
    """Let go a filter of one's own; of what is gone or another's nothing happens."""
    SavedFilter.objects.filter(user_id=user, id=saved).delete()
