"""Kept filters."""

from django.db import models

from kefen.platform.tenancy.base import InstitutionModel


class SavedFilter(InstitutionModel):
    """What a person typed into the filter of a list, under a name of his. `query` is the part of
    an address; `is_shared` shows it to everybody who works here."""

    user_id = models.UUIDField()
    place = models.CharField(max_length=24)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "place", "user_id", "name"], name="saved_filter_name"
            ),
        ]
