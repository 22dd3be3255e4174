"""Who works for a school: invited, given a role, removed; nobody himself, never the last owner."""

from uuid import UUID, uuid4

import pytest
from django.conf import settings

from kefen.core.errors import (
    AlreadyMember,
    InvalidInput,
    LastOwner,
    LinkRefused,
    NotAllowed,
    NotFound,
    NotOffered,
    OwnMembership,
)
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity import members, proofs, queries
from kefen.platform.identity.actions import (
    account_with_phone,
    add_member,
    link_user,
    make_user,
    sign_in_token,
    user_of_token,
)
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.identity.members import Letter
from kefen.platform.identity.models import Membership, Role, User
from kefen.platform.identity.persons import same_person
from kefen.platform.identity.tasks import send_invitation
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.ports import registry
from kefen.ports.messengers import Medium, Message

LETTER = Letter("School", "Come", "Here: {link}", "https://k.example/sign-in/{token}?next=/o/x/")


class Box:
    """A messenger that keeps what it was given."""

    name = "box"
    mailbox = ""

    def __init__(self) -> None:
        self.kept: list[Message] = []

    def send(self, message: Message) -> None:
        self.kept.append(message)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Box:
    made = Box()
    monkeypatch.setattr(registry, "messenger", lambda _medium: made)
    return made


@pytest.fixture
def owner(institution: object, box: Box) -> Actor:
    return member("Shen Lan", Role.OWNER)


def member(name: str, role: Role) -> Actor:
    user = make_user(name)
    add_member(user, role, display_name=name)
    return Actor(ActorKind.OPERATOR, user.id)


def of(actor: Actor) -> Membership:
    return Membership.objects.get(user_id=actor.user)


def invite(owner: Actor, contact: str = " Zhou@Example.org ", role: Role = Role.FINANCE) -> UUID:
    return members.invite(contact, role, name="Zhou", letter=LETTER, actor=owner)


def deliver(membership: UUID) -> None:
    send_invitation(str(membership), LETTER.sender, LETTER.subject, LETTER.words, LETTER.address)


def test_an_invitation_leads_in_once_and_for_days(owner: Actor, box: Box) -> None:
    row = Membership.objects.get(id=invite(owner))
    assert (row.role, row.contact, row.display_name) == ("finance", "zhou@example.org", "Zhou")
    deliver(row.id)
    (letter,) = box.kept
    assert (letter.medium, letter.to) == (Medium.EMAIL, "zhou@example.org")
    token = letter.text.split("/sign-in/")[1].split("?")[0]
    short = {"max_age_seconds": 1, "allow_reusable": False}
    assert user_of_token(token, **short) == row.user
    assert proofs.user_by_email("zhou@example.org") == row.user
    row.user.last_login = clock.now()
    row.user.save()
    with pytest.raises(LinkRefused):
        user_of_token(token, **short)
    noted = Record.objects.get(verb="member.invited")
    assert (noted.actor_user, noted.details) == (owner.user, {"before": None, "after": "finance"})
    assert "zhou" not in str(noted.details)


def test_an_invitation_ends(owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    user = User.objects.get(pk=owner.user)
    token = sign_in_token(user, good_for=members.INVITED_FOR)
    late = clock.now().timestamp() + members.INVITED_FOR.total_seconds() + 2
    monkeypatch.setattr("django.core.signing.time.time", lambda: late)
    with pytest.raises(LinkRefused):
        user_of_token(token, max_age_seconds=settings.SIGN_IN_LINK_MAX_AGE, allow_reusable=False)


def test_by_phone_one_number_is_one_user_everywhere(owner: Actor, box: Box) -> None:
    here = Membership.objects.get(id=invite(owner, "+86 138-0000-1234"))
    deliver(here.id)
    assert box.kept[0].medium is Medium.PHONE
    with pytest.raises(AlreadyMember):
        invite(owner, "13800001234")
    other = found_institution(slug="next-door", name="Next door")
    with scope.institution(other.id):
        theirs = invite(member("lan", Role.OWNER), "13800001234")
        assert Membership.objects.get(id=theirs).user == here.user


def test_bad_invitations_leave_nothing(owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    users, rows = User.objects.count(), Membership.objects.count()
    for contact in ("", "nobody", "a@b", "12"):
        with pytest.raises(InvalidInput) as refused:
            invite(owner, contact)
        assert refused.value.params["field"] == "contact"
    with pytest.raises(InvalidInput):
        members.invite("a@example.org", Role.OWNER, name=" ", letter=LETTER, actor=owner)
    monkeypatch.setattr(registry, "messenger", lambda _medium: None)
    with pytest.raises(NotOffered):
        invite(owner)
    assert (User.objects.count(), Membership.objects.count()) == (users, rows)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_only_owners_may(owner: Actor, role: Role) -> None:
    who, victim = member("who", role), of(member("victim", Role.READ_ONLY))
    for deed in (
        lambda: invite(who),
        lambda: members.change_role(victim.id, Role.FINANCE, actor=who),
        lambda: members.change_role(of(who).id, Role.OWNER, actor=who),
        lambda: members.remove(victim.id, actor=who),
        lambda: members.invite_again(victim.id, letter=LETTER, actor=who),
    ):
        with pytest.raises(NotAllowed):
            deed()
    assert of(who).role == role
    assert Membership.objects.count() == 3


def test_another_role_ends_sessions_and_is_noted(owner: Actor) -> None:
    finance = member("f", Role.FINANCE)
    before = User.objects.get(pk=finance.user).password
    members.change_role(of(finance).id, Role.REVIEWER, actor=owner)
    assert of(finance).role == "reviewer"
    assert User.objects.get(pk=finance.user).password != before
    noted = Record.objects.get(verb="member.role_changed")
    assert noted.details == {"before": "finance", "after": "reviewer"}
    members.change_role(of(finance).id, Role.REVIEWER, actor=owner)
    assert Record.objects.filter(verb="member.role_changed").count() == 1


def test_removing_ends_sessions_and_every_right(owner: Actor) -> None:
    finance = member("f", Role.FINANCE)
    before = User.objects.get(pk=finance.user).password
    members.remove(of(finance).id, actor=owner)
    assert queries.role_of(finance.user) is None  # type: ignore[arg-type]
    assert User.objects.get(pk=finance.user).password != before
    assert Record.objects.get(verb="member.removed").details == {"before": "finance", "after": None}


def test_nobody_changes_himself_and_an_owner_stays(owner: Actor) -> None:
    for who in (owner, SYSTEM):
        refusal = OwnMembership if who is owner else LastOwner
        with pytest.raises(refusal):
            members.change_role(of(owner).id, Role.READ_ONLY, actor=who)
        with pytest.raises(refusal):
            members.remove(of(owner).id, actor=who)
    second = member("second", Role.OWNER)
    members.change_role(of(owner).id, Role.READ_ONLY, actor=second)
    with pytest.raises(NotAllowed):
        members.remove(of(second).id, actor=owner)


def test_a_neighbours_member_is_nobody_here(owner: Actor) -> None:
    other = found_institution(slug="next-door", name="Next door")
    with scope.institution(other.id):
        theirs = of(member("lan", Role.FINANCE)).id
    for row in (theirs, uuid4()):
        for deed in (
            lambda row=row: members.change_role(row, Role.OWNER, actor=owner),
            lambda row=row: members.remove(row, actor=owner),
            lambda row=row: members.invite_again(row, letter=LETTER, actor=owner),
        ):
            with pytest.raises(NotFound):
                deed()


def test_two_users_of_one_person_are_told(owner: Actor) -> None:
    by_mail = member("a", Role.FINANCE)
    by_phone = Membership.objects.get(id=invite(owner, "13800001234")).user
    assert same_person(by_mail.user, by_mail.user)
    assert not same_person(by_mail.user, by_phone.id)
    assert not same_person(None, by_mail.user)
    account = account_with_phone("13800001234")
    link_user(account.id, User.objects.get(pk=by_mail.user))
    assert same_person(by_mail.user, by_phone.id)
