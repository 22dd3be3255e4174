"""Users (who signs in), accounts (a person at an institution), memberships (who works there), and
what proves who somebody is: one-time codes, WeChat."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from kefen.core.ids import uuid7
from kefen.platform.identity.personal import PersonalField
from kefen.platform.tenancy.base import InstitutionModel, belongs_to


class User(AbstractBaseUser):
    """Somebody who can sign in, anywhere on the installation. Holds no personal data: those are
    the account's, encrypted per institution."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    handle = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)
    is_platform_staff = models.BooleanField(default=False)
    # Of what a member signs in with: enough to know it again, not to read it.
    email_index = models.BinaryField(null=True, unique=True)
    phone_index = models.BinaryField(null=True, unique=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "handle"
    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()


class Account(InstitutionModel):
    """A person at an institution: a student by default, perhaps also a promoter."""

    code = models.TextField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name = PersonalField()
    phone = PersonalField()
    phone_index = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="account_code"),
            models.UniqueConstraint(fields=["institution", "phone_index"], name="account_phone"),
            models.UniqueConstraint(fields=["institution", "user"], name="account_user"),
        ]


class Identity(InstitutionModel):
    """Who a person is by his papers: needed before money leaves to him, because tax is declared
    in his name. One person has one account to be paid by."""

    account_id = models.UUIDField()
    account = belongs_to("identity.Account", "account_id")
    real_name = PersonalField()
    id_number = PersonalField()
    id_index = models.BinaryField()
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "account_id"], name="identity_declared_once"
            ),
            models.UniqueConstraint(
                fields=["institution", "id_index"], name="identity_of_one_person"
            ),
        ]


class WeChatApp(InstitutionModel):
    """The institution's own service account at WeChat; openids mean nothing outside of it."""

    app_id = models.CharField(max_length=64)
    secret = PersonalField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="wechat_app_one")]


class WeChatIdentity(InstitutionModel):
    """An account that WeChat vouches for: who this openid of that app is."""

    account_id = models.UUIDField()
    account = belongs_to("identity.Account", "account_id")
    app_id = models.CharField(max_length=64)
    openid = PersonalField()
    openid_index = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "app_id", "openid_index"], name="wechat_openid"
            ),
            models.UniqueConstraint(
                fields=["institution", "app_id", "account_id"], name="wechat_account"
            ),
        ]


class OneTimeCode(models.Model):
    """A code on its way to a phone or a mailbox; whoever types it has both in hand.

    Shared by all institutions, as the platform's own people belong to none: `place` is the
    institution, or zeros. Holds digests (by a key of the place) and, only until the code was sent
    and used, what is needed for that, sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.UUIDField()
    medium = models.CharField(max_length=8)
    target = models.BinaryField()
    asked_from = models.BinaryField()
    digest = models.BinaryField()
    recipient = models.BinaryField()
    letter = models.BinaryField(default=b"")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(medium__in=["phone", "email"]), name="code_medium")
        ]
        indexes = [
            models.Index(fields=["target", "created_at"], name="code_by_target"),
            models.Index(fields=["asked_from", "created_at"], name="code_by_origin"),
            models.Index(fields=["created_at"], name="code_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Role(models.TextChoices):
    """What a member of an institution's team may do (rights.py)."""

    OWNER = "owner"
    OPERATOR = "operator"
    FINANCE = "finance"
    REVIEWER = "reviewer"
    READ_ONLY = "read_only"


class Membership(InstitutionModel):
    """A user who works for the institution."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)
    display_name = PersonalField()
    # Where his invitation went: an e-mail address or a phone number.
    contact = PersonalField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "user"], name="membership_user"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]
