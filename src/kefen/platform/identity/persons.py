"""Telling whether two users are one person, for whatever takes two."""

from uuid import UUID

from kefen.platform.identity.models import Account, Identity, User
from kefen.platform.identity.personal import PLATFORM, blind_index


def same_person(one: UUID | None, other: UUID | None) -> bool:
    """Are these one person, as far as the school in scope can know? Two users of one person have
    an address, a phone number or an ID number in common, be it as a member or as a student."""
    if one is None or other is None:
        return False
    return one == other or not _marks(one).isdisjoint(_marks(other))


def _marks(user: UUID) -> set[bytes]:
    """What is of one person alone: digests, comparable with each other and readable by nobody."""
    found: set[bytes] = set()
    for column in User.objects.filter(pk=user).values_list("email_index", "phone_index"):
        found |= {bytes(index) for index in column if index is not None}
    for account in Account.objects.filter(user_id=user):
        if account.phone:
            found.add(blind_index(account.phone, PLATFORM))
        papers = Identity.objects.filter(account_id=account.id).values_list("id_index", flat=True)
        found |= {bytes(index) for index in papers}
    return found
