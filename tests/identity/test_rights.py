"""Rights are kept where things are done, whatever page or interface asked."""

import pytest

from kefen.core.errors import InvariantBroken, NotAllowed
from kefen.core.terms import PromoterKind
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.exports import actions as exports
from kefen.platform.exports.contracts import Format
from kefen.platform.identity import acting, rights
from kefen.platform.identity.actions import account_with_phone, add_member, make_user
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.identity.models import Membership, Role, User
from kefen.platform.identity.rights import Deed
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution, set_limits
from kefen.platform.tenancy.queries import limits
from kefen.promoters import actions as promoters
from kefen.promoters.actions import Enrolment
from kefen.promoters.queries import by_code
from kefen.splits import actions as splits
from kefen.splits.contracts import Way


def member(name: str, role: Role) -> Actor:
    user = make_user(name)
    add_member(user, role, display_name=name)
    return Actor(ActorKind.OPERATOR, user.id)


@pytest.fixture
def yu(institution: object) -> str:
    account = account_with_phone("13900000001")
    promoters.enrol([Enrolment("yu", PromoterKind.STUDENT, None, account.id, clock.now(), None)])
    return "yu"


def test_an_action_refuses_whom_its_row_does_not_name(yu: str) -> None:
    reviewer, finance = member("r", Role.REVIEWER), member("f", Role.FINANCE)
    with pytest.raises(NotAllowed) as refused:
        promoters.set_group(yu, "gold", actor=finance)
    assert refused.value.params == {
        "deed": "promoters",
        "role": "finance",
        "who": "owner / operator / reviewer",
    }
    assert by_code(yu).group is None
    promoters.set_group(yu, "gold", actor=reviewer)
    assert by_code(yu).group == "gold"


def test_an_action_refuses_who_acts_even_if_nobody_was_named(yu: str) -> None:
    with acting.as_(member("f", Role.FINANCE)) as act, pytest.raises(NotAllowed):
        promoters.set_group(yu, "gold")
    assert [refusal.params["deed"] for refusal in act.refused] == ["promoters"]
    with acting.as_(Actor(ActorKind.STUDENT)), pytest.raises(NotAllowed):
        promoters.set_group(yu, "gold", actor=SYSTEM)
    assert by_code(yu).group is None


def test_what_somebody_does_is_signed_by_him_alone(yu: str) -> None:
    reviewer, owner = member("r", Role.REVIEWER), member("o", Role.OWNER)
    with acting.as_(reviewer):
        promoters.set_group(yu, "gold", actor=SYSTEM)
        with pytest.raises(InvariantBroken):
            promoters.set_group(yu, "silver", actor=owner)
    noted = Record.objects.get(verb="promoter.grouped")
    assert (noted.actor_kind, noted.actor_user) == ("operator", reviewer.user)


def test_a_role_counts_as_it_is_now_and_here(yu: str) -> None:
    actor = member("o", Role.OWNER)
    Membership.objects.update(role=Role.READ_ONLY)
    with pytest.raises(NotAllowed):
        promoters.set_group(yu, "gold", actor=actor)
    Membership.objects.all().delete()
    with pytest.raises(NotAllowed):
        promoters.set_group(yu, "gold", actor=actor)
    other = found_institution(slug="next-door", name="Next door")
    with scope.institution(other.id):
        add_member(User.objects.get(pk=actor.user), Role.OWNER)
    with pytest.raises(NotAllowed):
        promoters.set_group(yu, "gold", actor=actor)
    assert by_code(yu).group is None


def test_a_promoter_does_what_is_his_and_nothing_of_the_school(yu: str) -> None:
    promoter = Actor(ActorKind.PROMOTER, make_user("p").id)
    with acting.as_(promoter):
        splits.choose_way(yu, Way.WALLET, actor=promoter)
        exports.ask("statement", Format.CSV, actor=promoter, party="promoter:yu")
        for deed in (
            lambda: splits.set_default_way(Way.WALLET, actor=promoter),
            lambda: exports.ask("statement", Format.CSV, actor=promoter),
        ):
            with pytest.raises(NotAllowed):
                deed()


def test_the_house_admits_by_its_rule_in_an_applicants_request(institution: object) -> None:
    promoters.set_automatic([PromoterKind.STUDENT])
    account = account_with_phone("13900000002")
    with acting.as_(Actor(ActorKind.STUDENT, make_user("s").id)):
        promoters.join(
            account_id=account.id,
            code="li",
            kind=PromoterKind.STUDENT,
            nickname="",
            agreed=True,
            adult=True,
        )
        with pytest.raises(NotAllowed):
            promoters.approve("li")
    assert Record.objects.get(verb="promoter.approved").actor_kind == "system"


def test_limits_are_the_platforms(institution: object) -> None:
    staff = make_user("staff", is_platform_staff=True)
    for who in (member("o", Role.OWNER), Actor(ActorKind.PLATFORM, make_user("nobody").id)):
        with acting.as_(who), pytest.raises(NotAllowed):
            set_limits(limits())
    with acting.as_(Actor(ActorKind.PLATFORM, staff.id)):
        set_limits(limits())


def test_a_person_is_asked_for_and_the_house_is_none(institution: object) -> None:
    rights.require(Deed.WITHDRAWALS, SYSTEM)
    with pytest.raises(NotAllowed):
        rights.require_person(Deed.WITHDRAWALS, SYSTEM)
    assert not rights.person_may(Deed.WITHDRAWALS, None)
    finance, reviewer = member("f", Role.FINANCE), member("r", Role.REVIEWER)
    assert rights.person_may(Deed.WITHDRAWALS, finance.user)
    assert not rights.person_may(Deed.WITHDRAWALS, reviewer.user)
