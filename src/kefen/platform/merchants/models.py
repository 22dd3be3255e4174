"""Accounts at payment channels."""

from django.db import models
from django.db.models import F, Q

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
    `shut_at`: the school declared that the channel shut it for good; nothing begins there any more.
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
    shut_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "channel"], name="merchant_channel"),
            models.CheckConstraint(condition=~Q(gateway=""), name="merchant_has_gateway"),
        ]


class ShutAccount(InstitutionModel):
    """An account that the channel shut for good, as it was: what was begun there is asked about
    with its keys, whatever account took its place (decision 0047). Declared by one person, it may
    wait for a second one until `shut_at`."""

    channel = models.CharField(max_length=32)
    gateway = models.CharField(max_length=200)
    settings = models.JSONField(default=dict)
    secrets = PersonalField()
    reason = models.CharField(max_length=500)
    first_person = models.UUIDField(null=True)
    first_at = models.DateTimeField()
    second_person = models.UUIDField(null=True)
    shut_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(gateway=""), name="shut_account_has_gateway"),
            models.CheckConstraint(condition=~Q(reason=""), name="shut_account_says_why"),
            models.CheckConstraint(
                # Two persons, and not one twice.
                condition=Q(second_person__isnull=True)
                | (
                    Q(first_person__isnull=False, shut_at__isnull=False)
                    & ~Q(second_person=F("first_person"))
                ),
                name="shut_account_two_persons",
            ),
            models.UniqueConstraint(
                fields=["institution", "channel"],
                condition=Q(shut_at__isnull=True),
                name="shut_account_one_waits",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "channel", "shut_at"], name="shut_account_since"),
        ]
