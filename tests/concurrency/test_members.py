"""Owners who act against each other at one moment, and one person with two doors."""

import pytest

from kefen.payouts import actions
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.models import PayoutPolicy, Withdrawal
from kefen.platform.identity import members
from kefen.platform.identity.actions import account_with_phone, link_user
from kefen.platform.identity.models import Membership, Role, User
from kefen.platform.identity.personal import PLATFORM, blind_index
from tests.concurrency.racing import codes, race
from tests.concurrency.test_payouts import people  # noqa: F401 - a fixture
from tests.payouts.test_two_persons import member


@pytest.mark.parametrize("_again", range(3))
def test_two_owners_who_remove_each_other_leave_one(committed_institution, _again):
    one, other = member("one", Role.OWNER), member("other", Role.OWNER)
    ids = {who.user: Membership.objects.get(user_id=who.user).id for who in (one, other)}

    answers = race(
        [
            lambda: members.remove(ids[other.user], actor=one),
            lambda: members.change_role(ids[one.user], Role.READ_ONLY, actor=other),
        ]
    )

    assert codes(answers) == ["not_allowed"]
    assert Membership.objects.filter(role=Role.OWNER).count() == 1


def test_one_person_with_two_users_is_never_two(people):  # noqa: F811
    first, second, _ = people
    phone = "13812345678"
    account = account_with_phone(phone)
    link_user(account.id, User.objects.get(pk=first.user))
    User.objects.filter(pk=second.user).update(phone_index=blind_index(phone, PLATFORM))
    Membership.objects.filter(user_id=second.user).update(role=Role.OWNER)
    actions.set_policy(PolicyFacts(two_persons_from=1), actor=first)

    tabs = race([lambda who=who: actions.approve("w0", actor=who) for who in (first, second) * 4])
    assert codes(tabs) == ["second_person_needed"] * 7
    assert Withdrawal.objects.get(number="w0").state == "requested"

    actions.set_policy(PolicyFacts(two_persons_from=None), actor=first)
    loosening = race(
        [lambda who=who: actions.confirm_loosening(None, actor=who) for who in (first, second) * 2]
    )
    assert codes(loosening) == ["invalid_input"] * 4
    assert PayoutPolicy.objects.get().two_persons_from == 1

    third = member("third", Role.FINANCE)
    race([lambda: actions.approve("w0", actor=third)] * 3)
    assert Withdrawal.objects.get(number="w0").state == "approved"
