"""Users (who signs in), accounts (a person at an institution) and memberships (who works there)."""

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


class Role(models.TextChoices):
    """What a member of an institution's team may do (policies.py)."""

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
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "user"], name="membership_user"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]
