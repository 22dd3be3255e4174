"""The words that a school forbids itself."""

from django.db import models
from django.db.models import Q

from kefen.platform.tenancy.base import InstitutionModel


class OwnWord(InstitutionModel):
    """A word that the school added to the lists of the product and the platform."""

    word = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "word"], name="own_word_once"),
            models.CheckConstraint(condition=~Q(word=""), name="own_word_says_something"),
        ]
