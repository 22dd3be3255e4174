"""Making users, accounts and memberships; sign-in links."""

import re
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import connection, transaction

from kefen.core.errors import InvalidInput, LinkRefused
from kefen.core.ids import uuid7
from kefen.platform import clock
from kefen.platform.identity import queries
from kefen.platform.identity.contracts import AccountFacts
from kefen.platform.identity.models import Account, Membership, Role, User
from kefen.platform.identity.personal import blind_index
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.scope import institution_id

_LINK_SALT = "kefen.sign-in-link"
_PHONE = re.compile(r"\+?[0-9]{6,15}")


def make_user(handle: str, *, is_platform_staff: bool = False) -> User:
    """The user with this handle, made if he is new."""
    row, _ = User.objects.get_or_create(
        handle=handle,
        defaults={
            "created_at": clock.now(),
            "is_platform_staff": is_platform_staff,
            "password": "!",
        },
    )
    return row


def normal_phone(phone: str) -> str:
    """A phone number without spaces and dashes; one of mainland China without its +86, so that
    both ways to write it are one account. Raises InvalidInput."""
    digits = re.sub(r"[\s-]", "", phone)
    digits = re.sub(r"^(?:\+|00)86(?=1[0-9]{10}$)", "", digits)
    if not _PHONE.fullmatch(digits):
        raise InvalidInput(field="phone", reason="enter 6 to 15 digits, perhaps with a leading +")
    return digits


@transaction.atomic
def account_with_phone(phone: str, *, name: str = "") -> AccountFacts:
    """The account with this phone number, made if it is new (checkout asks for nothing else)."""
    number = normal_phone(phone)
    found = queries.account_by_phone(number)
    if found is not None:
        return found
    identity = uuid7()
    insert_rows(
        Account,
        ("id", "code", "name", "phone", "phone_index", "created_at"),
        [_sealed(identity, f"stu_{identity.hex[-12:]}", name, number)],
        skip_known=True,
    )
    made = queries.account_by_phone(number)
    assert made is not None, "an account was just inserted or existed"  # noqa: S101
    return made


def _sealed(identity: UUID, code: str, name: str, phone: str) -> tuple[object, ...]:
    field = Account._meta.get_field("name")  # noqa: SLF001
    return (
        identity,
        code,
        field.get_prep_value(name),
        field.get_prep_value(phone),
        blind_index(phone) if phone else None,
        clock.now(),
    )


def ensure_accounts(codes: Iterable[str]) -> dict[str, UUID]:
    """Accounts by their code, made where new; for orders that come from another system."""
    wanted = sorted(set(codes))
    found = _ids_by_code(wanted)
    missing = [code for code in wanted if code not in found]
    if missing:
        insert_rows(
            Account,
            ("id", "code", "name", "phone", "phone_index", "created_at"),
            [(uuid7(), code, b"", b"", None, clock.now()) for code in missing],
            skip_known=True,
        )
        found.update(_ids_by_code(missing))
    return found


def _ids_by_code(codes: list[str]) -> dict[str, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            # One look-up by key for each, also where the table was empty when it was planned.
            "SELECT a.code, a.id FROM unnest(%s::text[]) AS c(code)"
            " CROSS JOIN LATERAL (SELECT a.code, a.id FROM identity_account a"
            " WHERE a.institution_id = %s AND a.code = c.code OFFSET 0) AS a",
            [codes, institution_id()],
        )
        return dict(cursor.fetchall())


def lock_accounts(ids: Iterable[UUID]) -> None:
    """Lock accounts in order of id, for whoever decides by what belongs to them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM identity_account WHERE institution_id = %s AND id = ANY(%s)"
            " ORDER BY id FOR NO KEY UPDATE",
            [institution_id(), list(ids)],
        )


def unnamed_codes() -> list[str]:
    """The codes of accounts without a name, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code FROM identity_account"
            " WHERE institution_id = %s AND length(name) = 0 ORDER BY code",
            [institution_id()],
        )
        return [code for (code,) in cursor.fetchall()]


@transaction.atomic
def name_accounts(people: Iterable[tuple[str, str, str]]) -> None:
    """Give accounts their names and phones: (code, name, phone). Raises InvalidInput."""
    field = Account._meta.get_field("name")  # noqa: SLF001 - Django's documented meta API
    rows = [(c, n, normal_phone(p)) for c, n, p in people]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE identity_account a SET name = n.name, phone = n.phone, phone_index = n.index"
            "  FROM unnest(%s::text[], %s::bytea[], %s::bytea[], %s::bytea[])"
            "       AS n(code, name, phone, index)"
            " WHERE a.institution_id = %s AND a.code = n.code",
            [
                [code for code, _, _ in rows],
                [field.get_prep_value(name) for _, name, _ in rows],
                [field.get_prep_value(phone) for _, _, phone in rows],
                [blind_index(phone) for _, _, phone in rows],
                institution_id(),
            ],
        )


@needs(Deed.MEMBERS)
@transaction.atomic
def add_member(user: User, role: Role, *, display_name: str = "") -> None:
    """Let a user work for the institution in scope, or change his role."""
    Membership.objects.update_or_create(
        user=user,
        defaults={"role": role, "display_name": display_name},
        create_defaults={
            "user": user,
            "role": role,
            "display_name": display_name,
            "created_at": clock.now(),
        },
    )


@transaction.atomic
def link_user(account_id: UUID, user: User) -> None:
    """Let a user sign in to this account of the institution in scope."""
    Account.objects.filter(id=account_id).update(user=user)


def sign_in_token(user: User, *, reusable: bool = False, good_for: timedelta = timedelta()) -> str:
    """A token that signs the user in: once (until he signs in), or `reusable` for the demo; for as
    long as whoever reads it allows, or longer for an invitation."""
    seen = "" if reusable else _seen(user)
    content = {"user": str(user.id), "seen": seen, "reusable": reusable}
    if good_for:
        content["seconds"] = int(good_for.total_seconds())
    return signing.dumps(content, salt=_LINK_SALT)


def user_of_token(token: str, *, max_age_seconds: int, allow_reusable: bool) -> User:
    """The user whom a token signs in. Raises LinkRefused for a bad, old or used one."""
    try:
        content = signing.loads(token, salt=_LINK_SALT)
        age = content.get("seconds", max_age_seconds)
        signing.loads(token, salt=_LINK_SALT, max_age=age)
    except signing.BadSignature as error:
        raise LinkRefused from error
    found = queries.user(UUID(content["user"]))
    used = found is not None and not content["reusable"] and content["seen"] != _seen(found)
    if found is None or used or (content["reusable"] and not allow_reusable):
        raise LinkRefused
    return found


def _seen(user: User) -> str:
    return "" if user.last_login is None else user.last_login.isoformat()
