"""What the demo's people were sent. Never in production: anybody reads it."""

from django.db import models

from kefen.core.ids import uuid7


class SentMessage(models.Model):
    """A message in somebody's hands."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    medium = models.CharField(max_length=8)
    to = models.CharField(max_length=254)
    sender = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.to
