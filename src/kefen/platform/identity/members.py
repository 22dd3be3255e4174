"""Who works for a school: inviting, changing roles, removing. Nobody changes himself, and a school
is never without an owner.

Lock order: every membership of the school by id, so that two owners who remove each other at one
moment follow each other, and the second one is no owner any more.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction

from kefen.core.errors import (
    AlreadyMember,
    InvalidInput,
    LastOwner,
    NotFound,
    NotOffered,
    OwnMembership,
)
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import rights
from kefen.platform.identity.actions import make_user, normal_phone
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.models import Membership, Role, User
from kefen.platform.identity.personal import PLATFORM, blind_index
from kefen.platform.identity.proofs import normal_email, sign_out_everywhere
from kefen.platform.identity.rights import Deed
from kefen.platform.jobs import enqueue
from kefen.ports import registry
from kefen.ports.messengers import Medium

INVITED_FOR = timedelta(days=3)
"""How long an invitation signs somebody in."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What an invitation says, with `{link}` in its words; the link is `address` with the token in
    the place of `{token}`, which is made when the letter leaves and stands in no table."""

    sender: str
    subject: str
    words: str
    address: str


def medium_of(contact: str) -> Medium:
    """How somebody with this address or number is reached."""
    return Medium.EMAIL if "@" in contact else Medium.PHONE


def normal_contact(contact: str) -> str:
    """An e-mail address or a phone number as it is compared. Raises InvalidInput for `contact`."""
    try:
        return normal_email(contact) if "@" in contact else normal_phone(contact)
    except InvalidInput as error:
        raise InvalidInput(field="contact", reason=error.params["reason"]) from error


@transaction.atomic
def invite(contact: str, role: Role, *, name: str, letter: Letter, actor: Actor) -> UUID:
    """Let somebody work here and send him a link that signs him in; answers his membership.

    Raises InvalidInput, NotOffered, AlreadyMember, NotAllowed.
    """
    rights.require(Deed.MEMBERS, actor)
    _locked(actor)
    known = normal_contact(contact)
    if not name.strip():
        raise InvalidInput(field="name", reason="write a name")
    if registry.messenger(medium_of(known)) is None:
        raise NotOffered(what="An invitation by this way")
    user = _user_of(known)
    if Membership.objects.filter(user=user).exists():
        raise AlreadyMember
    row = Membership.objects.create(
        user=user,
        role=role,
        display_name=name.strip()[:40],
        contact=known,
        created_at=clock.now(),
    )
    audit.record(actor, "member.invited", f"member:{row.id}", before=None, after=role.value)
    _send(row.id, letter)
    return row.id


@transaction.atomic
def invite_again(membership: UUID, *, letter: Letter, actor: Actor) -> None:
    """Send another link to somebody who was invited. Raises NotFound, NotAllowed."""
    rights.require(Deed.MEMBERS, actor)
    row = _one(_locked(actor), membership)
    if not row.contact:
        raise NotFound(what="contact")
    audit.record(actor, "member.invited_again", f"member:{row.id}", after=row.role)
    _send(row.id, letter)


@transaction.atomic
def change_role(membership: UUID, role: Role, *, actor: Actor) -> None:
    """Give a member another role; his sessions end. The role he has already changes nothing.

    Raises NotFound, OwnMembership, LastOwner, NotAllowed.
    """
    rights.require(Deed.MEMBERS, actor)
    every = _locked(actor)
    row = _one(every, membership)
    _not_oneself(row, actor)
    if row.role == role:
        return
    if role is not Role.OWNER:
        _another_owner(every, row)
    before, row.role = row.role, role
    row.save(update_fields=["role"])
    sign_out_everywhere(row.user)
    audit.record(actor, "member.role_changed", f"member:{row.id}", before=before, after=role.value)


@transaction.atomic
def remove(membership: UUID, *, actor: Actor) -> None:
    """Let somebody work here no longer; his sessions end, what he did stays in the log.

    Raises NotFound, OwnMembership, LastOwner, NotAllowed.
    """
    rights.require(Deed.MEMBERS, actor)
    every = _locked(actor)
    row = _one(every, membership)
    _not_oneself(row, actor)
    _another_owner(every, row)
    audit.record(actor, "member.removed", f"member:{row.id}", before=row.role, after=None)
    sign_out_everywhere(row.user)
    row.delete()


def _locked(actor: Actor) -> list[Membership]:
    """Everybody who works here, locked; who asks may have lost his right while he waited."""
    every = Membership.objects.select_for_update(of=("self",)).select_related("user")
    found = list(every.order_by("id"))
    rights.require(Deed.MEMBERS, actor)
    return found


def _one(every: list[Membership], membership: UUID) -> Membership:
    found = next((row for row in every if row.id == membership), None)
    if found is None:
        raise NotFound(what="member")
    return found


def _not_oneself(row: Membership, actor: Actor) -> None:
    if row.user_id == actor.user:
        raise OwnMembership


def _another_owner(every: list[Membership], row: Membership) -> None:
    if not any(one.role == Role.OWNER and one.id != row.id for one in every):
        raise LastOwner


def user_by_contact(contact: str) -> User | None:
    """Who signs in with this address or number, and works somewhere."""
    index = blind_index(contact, PLATFORM)
    column = "email_index" if "@" in contact else "phone_index"
    return User.objects.filter(is_active=True, **{column: index}).first()


def _user_of(contact: str) -> User:
    """Whoever signs in with this address or number, made if nobody does yet."""
    found = user_by_contact(contact)
    if found is not None:
        return found
    user = make_user(f"member-{uuid4().hex}")
    column = "email_index" if "@" in contact else "phone_index"
    setattr(user, column, blind_index(contact, PLATFORM))
    user.save(update_fields=[column])
    return user


def _send(membership: UUID, letter: Letter) -> None:
    enqueue(
        "identity.send_invitation",
        membership=str(membership),
        sender=letter.sender,
        subject=letter.subject,
        words=letter.words,
        address=letter.address,
    )
