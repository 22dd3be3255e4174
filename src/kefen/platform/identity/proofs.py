"""What somebody who proved himself gets: his account, and the user who signs in to it.

Everything here takes proofs for granted: a phone number whose code was typed, an openid that
WeChat itself named, an e-mail address whose code was typed. Locks: the accounts.
"""

import re
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from kefen.core.errors import InvalidInput, PhoneTaken
from kefen.core.ids import uuid7
from kefen.platform import clock
from kefen.platform.identity import queries
from kefen.platform.identity.actions import lock_accounts, make_user
from kefen.platform.identity.contracts import AccountFacts
from kefen.platform.identity.models import Account, User, WeChatApp, WeChatIdentity
from kefen.platform.identity.personal import PLATFORM, blind_index
from kefen.ports.wechat import App

_EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,185}\.[^@\s<>,;\"]{2,}")


@transaction.atomic
def user_of(account_id: UUID) -> User:
    """Who signs in to an account of the institution in scope, made if nobody did yet.

    Each account has a user of its own: the same phone number at two institutions is two people,
    as far as anybody here knows.
    """
    lock_accounts([account_id])
    account = Account.objects.select_related("user").get(id=account_id)
    if account.user is None:
        account.user = make_user(f"student-{uuid4().hex}")
        account.save(update_fields=["user"])
    return account.user


@transaction.atomic
def add_phone(account_id: UUID, phone: str) -> None:
    """Give an account without a phone number one that its owner proved. Raises PhoneTaken."""
    holder = queries.account_by_phone(phone)
    lock_accounts([account_id])
    account = Account.objects.get(id=account_id)
    if holder is not None or account.phone:
        raise PhoneTaken
    account.phone, account.phone_index = phone, blind_index(phone)
    try:
        with transaction.atomic():
            account.save(update_fields=["phone", "phone_index"])
    except IntegrityError as error:  # somebody bought with it at this very moment
        raise PhoneTaken from error


def wechat_app() -> App | None:
    """The service account of the institution in scope, or None where it named none."""
    row = WeChatApp.objects.first()
    return None if row is None else App(row.app_id, row.secret)


@transaction.atomic
def set_wechat_app(app_id: str, secret: str) -> None:
    """Name the service account of the institution in scope."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", app_id) or not secret.strip():
        raise InvalidInput(field="app_id", reason="an app id and its secret are needed")
    WeChatApp.objects.update_or_create(defaults={"app_id": app_id, "secret": secret.strip()})


def account_by_openid(app_id: str, openid: str) -> AccountFacts | None:
    """The account for which WeChat vouches by this openid."""
    row = (
        WeChatIdentity.objects.filter(app_id=app_id, openid_index=blind_index(openid))
        .values_list("account_id", flat=True)
        .first()
    )
    return None if row is None else queries.account(row)


@transaction.atomic
def account_with_openid(
    app_id: str, openid: str, *, name: str = "", signed_in_to: UUID | None = None
) -> AccountFacts:
    """The account with this openid; where it is new, the one that is signed in to here gets it,
    unless WeChat vouches for that one by another openid already, else a new one."""
    account = account_by_openid(app_id, openid)
    if account is not None:
        return account
    try:
        with transaction.atomic():
            made = _vouch(app_id, openid, name, signed_in_to)
    except IntegrityError:  # two browsers at one moment: the first made it
        found = account_by_openid(app_id, openid)
    else:
        found = queries.account(made)
    assert found is not None, "an account was made, just now or at this moment"  # noqa: S101
    return found


def _vouch(app_id: str, openid: str, name: str, signed_in_to: UUID | None) -> UUID:
    vouched = WeChatIdentity.objects.filter(app_id=app_id)
    if signed_in_to is None or vouched.filter(account_id=signed_in_to).exists():
        identity = uuid7()
        Account.objects.create(
            id=identity, code=f"stu_{identity.hex[-12:]}", name=name[:40], created_at=clock.now()
        )
    else:
        identity = signed_in_to
    WeChatIdentity.objects.create(
        account_id=identity,
        app_id=app_id,
        openid=openid,
        openid_index=blind_index(openid),
        created_at=clock.now(),
    )
    return identity


@transaction.atomic
def move_wechat(account_id: UUID, to: UUID) -> None:
    """Let WeChat vouch for another account of the same person. Raises PhoneTaken where it vouches
    for that one by another openid already."""
    lock_accounts([account_id, to])
    moving = list(WeChatIdentity.objects.filter(account_id=account_id))
    apps = [row.app_id for row in moving]
    if WeChatIdentity.objects.filter(account_id=to, app_id__in=apps).exists():
        raise PhoneTaken
    for row in moving:
        row.account_id = to
        row.save(update_fields=["account_id"])


def knows_wechat(account_id: UUID) -> bool:
    """Does WeChat vouch for this account?"""
    return WeChatIdentity.objects.filter(account_id=account_id).exists()


def openid_of(account_id: UUID) -> str:
    """The openid by which the institution's own service account knows an account; empty where it
    does not. For the payment channel alone, never for a page."""
    app = wechat_app()
    if app is None:
        return ""
    row = WeChatIdentity.objects.filter(account_id=account_id, app_id=app.app_id).first()
    return "" if row is None else row.openid


def normal_email(email: str) -> str:
    """An e-mail address in lower case. Raises InvalidInput."""
    plain = email.strip().lower()
    if not _EMAIL.fullmatch(plain):
        raise InvalidInput(field="email", reason="write an e-mail address like name@example.org")
    return plain


def user_by_email(email: str) -> User | None:
    """The member of a team, or of the platform's staff, who signs in with this address."""
    index = blind_index(normal_email(email), PLATFORM)
    return User.objects.filter(email_index=index, is_active=True).first()


@transaction.atomic
def set_email(user: User, email: str) -> None:
    """Let a user sign in by codes to this address. Raises InvalidInput for another's."""
    holder = user_by_email(email)
    if holder is not None and holder.pk != user.pk:
        raise InvalidInput(field="email", reason="somebody else signs in with this address")
    user.email_index = blind_index(normal_email(email), PLATFORM)
    user.save(update_fields=["email_index"])


def end_sessions_of(account_id: UUID) -> None:
    """End every session of an account, where anybody ever signed in to it."""
    account = Account.objects.select_related("user").get(id=account_id)
    if account.user is not None:
        sign_out_everywhere(account.user)


def sign_out_everywhere(user: User) -> None:
    """End every session of a user: sessions carry a digest of what changes here."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
