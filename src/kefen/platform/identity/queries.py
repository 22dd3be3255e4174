"""Reads of accounts and memberships."""

from collections.abc import Iterable
from uuid import UUID

from kefen.platform.identity.contracts import AccountFacts, IdentityFacts
from kefen.platform.identity.models import Account, Identity, Membership, User
from kefen.platform.identity.personal import blind_index, masked_id_number, masked_name


def _facts(row: Account) -> AccountFacts:
    return AccountFacts(id=row.id, code=row.code, name=row.name, phone=row.phone)


def account(account_id: UUID) -> AccountFacts | None:
    """The account with this id in the institution in scope."""
    row = Account.objects.filter(id=account_id).first()
    return None if row is None else _facts(row)


def accounts(ids: Iterable[UUID]) -> dict[UUID, AccountFacts]:
    """The accounts with these ids, by id."""
    return {row.id: _facts(row) for row in Account.objects.filter(id__in=list(ids))}


def account_of_user(user: UUID) -> AccountFacts | None:
    """The user's account at the institution in scope."""
    row = Account.objects.filter(user_id=user).first()
    return None if row is None else _facts(row)


def account_by_phone(phone: str) -> AccountFacts | None:
    """The account with this phone number in the institution in scope."""
    row = Account.objects.filter(phone_index=blind_index(phone)).first()
    return None if row is None else _facts(row)


def role_of(user: UUID) -> str | None:
    """The user's role in the institution in scope, or None."""
    return Membership.objects.filter(user_id=user).values_list("role", flat=True).first()


def user(user_id: UUID) -> User | None:
    """The user with this id."""
    return User.objects.filter(pk=user_id, is_active=True).first()


def member(user_id: UUID) -> Membership | None:
    """The user's membership in the institution in scope, or None."""
    return Membership.objects.filter(user_id=user_id).first()


def members() -> list[Membership]:
    """Everybody who works for the institution in scope, longest first, with his user."""
    return list(Membership.objects.select_related("user").order_by("id"))


def signing_in(limit: int) -> list[Account]:
    """Accounts of the institution in scope that somebody can sign in to, oldest first."""
    found = Account.objects.filter(user__isnull=False).select_related("user")
    return list(found.order_by("id")[:limit])


def user_of_account(account_id: UUID) -> UUID | None:
    """Who signs in to this account, if anybody does."""
    found = Account.objects.filter(id=account_id).values_list("user_id", flat=True)
    return found.first()


def platform_staff() -> list[User]:
    """Everybody who runs the installation."""
    return list(User.objects.filter(is_platform_staff=True, is_active=True).order_by("id"))


def identity_of(account_id: UUID) -> IdentityFacts | None:
    """Who the person of an account is by his papers, masked; None until he declared it."""
    row = Identity.objects.filter(account_id=account_id).first()
    if row is None:
        return None
    name, number = masked_name(row.real_name), masked_id_number(row.id_number)
    return IdentityFacts(name, number, row.declared_at)


def has_identity(account_id: UUID) -> bool:
    """Did the person of an account say who he is?"""
    return Identity.objects.filter(account_id=account_id).exists()


def real_name_of(account_id: UUID) -> str:
    """The declared real name in plain text, empty where there is none: for a payment channel that
    compares names, never for a page."""
    row = Identity.objects.filter(account_id=account_id).first()
    return "" if row is None else row.real_name


def papers_of(account_ids: Iterable[UUID], *, full: bool) -> dict[UUID, tuple[str, str]]:
    """Name and ID number of these accounts by id, masked unless `full`: in full for a report that
    the law asks for, never for a page."""
    rows = Identity.objects.filter(account_id__in=set(account_ids))
    found = {row.account_id: (row.real_name, row.id_number) for row in rows}
    if full:
        return found
    return {key: (masked_name(name), masked_id_number(id_)) for key, (name, id_) in found.items()}
