"""Accounts at payment channels."""

from django.db import models
from django.db.models import Q

from kefen.platform.identity.personal import PersonalField
from kefen.platform.tenancy.base import InstitutionModel


class MerchantClaim(models.Model):
    """Which institution has a number at a channel, found by a keyed digest of both. Shared by all,
    so keyed by the digest alone; never given back, because late notifications still come for it."""

    append_only = True

    digest = models.BinaryField(primary_key=True)
    institution_id = models.UUIDField()


class MerchantAccount(InstitutionModel):
    """The institution's account at one channel.

    `settings` may be read by whoever runs the institution; `secrets` (JSON) is encrypted at rest
    and shown nowhere. An account that is not `active` collects nothing new; what it began goes on.
    `splits` keeps the money of its payments divisible, so that commissions may leave from there.
    `claimed`: its numbers were claimed, or tried to be; `contested` names the field that another
    institution had claimed before, which only accounts of older versions can have.
    """

    channel = models.CharField(max_length=32)
    gateway = models.CharField(max_length=200)
    settings = models.JSONField(default=dict)
    secrets = PersonalField()
    active = models.BooleanField(default=True)
    splits = models.BooleanField(default=False)
    claimed = models.BooleanField(default=False)
    contested = models.CharField(max_length=32, default="", blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "channel"], name="merchant_channel"),
            models.CheckConstraint(condition=~Q(gateway=""), name="merchant_has_gateway"),
        ]
