"""What is large needs two persons, each of whom is another one, and of the right role."""

import pytest
from django.db import IntegrityError, transaction

from kefen.core.errors import Conflict, InvalidInput, NotPermitted, OwnPayout, SecondPersonNeeded
from kefen.core.states import WithdrawalState
from kefen.payouts import actions, queries
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.models import PayoutPolicy, Withdrawal
from kefen.payouts.queries import arrangements
from kefen.platform.audit.models import Record
from kefen.platform.identity.actions import account_with_phone, add_member, link_user, make_user
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.identity.models import Role, User
from kefen.ports import registry
from kefen.promoters.models import Promoter
from tests.merchants.channels import has_account
from tests.orders.school import ask, come_by, mature, open_school, sell, unchanged
from tests.payouts.channels import Recorder

NAMES = {
    Role.OWNER: "Shen Lan",
    Role.OPERATOR: "Lu Ning",
    Role.FINANCE: "Fang He",
    Role.REVIEWER: "Gu An",
    Role.READ_ONLY: "Ji Qing",
}


def member(name: str, role: Role) -> Actor:
    user = make_user(name)
    add_member(user, role, display_name=name)
    return Actor(ActorKind.OPERATOR, user.id)


@pytest.fixture
def people(institution: object) -> dict[str, Actor]:
    open_school()
    come_by("yu")
    sell("A", 500_000)
    mature()
    found = {role.value: member(NAMES[role], role) for role in Role}
    actions.set_policy(PolicyFacts(two_persons_from=50_000), actor=found["owner"])
    return found


def clear(people: dict[str, Actor]) -> None:
    assert not actions.set_policy(PolicyFacts(), actor=people["owner"])
    actions.confirm_loosening(None, actor=people["operator"])


def test_below_the_threshold_one_is_enough(people: dict[str, Actor]) -> None:
    ask("W", 49_999)
    assert actions.approve("W", actor=SYSTEM).state is WithdrawalState.APPROVED


def test_who_receives_it_is_none_of_the_two(people: dict[str, Actor]) -> None:
    ask("W", 50_000)
    account = account_with_phone("13800000001").id
    Promoter.objects.update(account_id=account)
    link_user(account, User.objects.get(pk=people["finance"].user))
    with unchanged(), pytest.raises(OwnPayout):
        actions.approve("W", actor=people["finance"])
    actions.approve("W", actor=people["owner"])
    with unchanged(), pytest.raises(OwnPayout):
        actions.approve("W", actor=people["finance"])
    assert actions.approve("W", actor=people["operator"]).state is WithdrawalState.APPROVED


def test_the_first_is_noted_and_another_one_decides(people: dict[str, Actor]) -> None:
    ask("W", 50_000)
    first = actions.approve("W", actor=people["finance"])
    assert first.state is WithdrawalState.REQUESTED
    row = queries.by_number("W")
    assert (row.first_approver, row.second_approver) == (people["finance"].user, None)
    assert row.tax is None
    for _ in range(2):
        with unchanged(), pytest.raises(SecondPersonNeeded):
            actions.approve("W", actor=people["finance"])
    for who in ("reviewer", "read_only"):
        with unchanged(), pytest.raises(NotPermitted):
            actions.approve("W", actor=people[who])
    with unchanged(), pytest.raises(NotPermitted):
        actions.approve("W", actor=SYSTEM)
    assert actions.approve("W", actor=people["operator"]).state is WithdrawalState.APPROVED
    row.refresh_from_db()
    assert row.second_approver == people["operator"].user
    verbs = list(
        Record.objects.filter(subject="withdrawal:W").order_by("id").values_list("verb", flat=True)
    )
    assert verbs == ["withdrawal.requested", "withdrawal.first_approved", "withdrawal.approved"]


def test_what_began_with_two_ends_with_two(people: dict[str, Actor]) -> None:
    ask("W", 50_000)
    actions.approve("W", actor=people["owner"])
    clear(people)
    with unchanged(), pytest.raises(SecondPersonNeeded):
        actions.approve("W", actor=people["owner"])
    assert actions.approve("W", actor=people["finance"]).state is WithdrawalState.APPROVED


def test_the_database_itself_refuses_one_person_twice(people: dict[str, Actor]) -> None:
    ask("W", 50_000)
    actions.approve("W", actor=people["owner"])
    actions.approve("W", actor=people["finance"])
    for column, value in (
        ("second_approver", people["owner"].user),
        ("second_approver", None),
        ("first_approver", None),
    ):
        with pytest.raises(IntegrityError, match="withdrawal_two_persons"), transaction.atomic():
            Withdrawal.objects.filter(number="W").update(**{column: value})


def test_the_policy_is_audited_and_says_no_to_nonsense(people: dict[str, Actor]) -> None:
    owner = people["owner"]
    for wrong in (
        PolicyFacts(two_persons_from=0),
        PolicyFacts(bank_encoding="latin-1"),
        PolicyFacts(bank_columns=("number", "colour")),
        PolicyFacts(bank_columns=("serial", "name")),
        PolicyFacts(bank_columns=("number", "number", "account", "amount")),
    ):
        with unchanged(), pytest.raises(InvalidInput):
            actions.set_policy(wrong, actor=owner)
    with unchanged():
        actions.set_policy(PolicyFacts(two_persons_from=50_000), actor=owner)
    assert actions.set_policy(PolicyFacts(two_persons_from=40_000, bank_files=True), actor=owner)
    assert arrangements.policy().two_persons_from == 40_000
    assert Record.objects.filter(verb="payout_policy.changed").count() == 2


def test_one_person_cannot_loosen_the_control_and_approve_alone(people: dict[str, Actor]) -> None:
    operator, owner = people["operator"], people["owner"]
    for wanted in (None, 900_000):
        looser = PolicyFacts(two_persons_from=wanted, bank_files=True)
        assert not actions.set_policy(looser, actor=operator)
        # The rest counts at once; the threshold does not.
        now = PolicyFacts(two_persons_from=50_000, bank_files=True)
        assert arrangements.policy() == now
        with unchanged():
            assert not actions.set_policy(looser, actor=operator)
            with pytest.raises(InvalidInput):
                actions.confirm_loosening(wanted, actor=operator)
            for who in ("finance", "reviewer", "read_only"):
                with pytest.raises(NotPermitted):
                    actions.confirm_loosening(wanted, actor=people[who])
            with pytest.raises(NotPermitted):
                actions.confirm_loosening(wanted, actor=SYSTEM)
            with pytest.raises(Conflict):
                actions.confirm_loosening(700_000, actor=owner)
    ask("W", 50_000)
    assert actions.approve("W", actor=operator).state is WithdrawalState.REQUESTED
    proposal = arrangements.loosening()
    assert proposal is not None
    assert (proposal.two_persons_from, proposal.by) == (900_000, operator.user)
    actions.confirm_loosening(900_000, actor=owner)
    assert arrangements.policy().two_persons_from == 900_000
    assert arrangements.loosening() is None
    with unchanged(), pytest.raises(Conflict):
        actions.confirm_loosening(900_000, actor=owner)
    with pytest.raises(IntegrityError, match="payout_policy_two_loosen"), transaction.atomic():
        PayoutPolicy.objects.update(confirmer=operator.user)
    verbs = Record.objects.filter(verb__contains="loosening").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        *["payout_policy.loosening_proposed"] * 2,
        "payout_policy.loosening_confirmed",
    ]


def test_a_proposal_is_withdrawn_and_ends_when_the_control_is_tightened(
    people: dict[str, Actor],
) -> None:
    owner = people["owner"]
    actions.set_policy(PolicyFacts(), actor=owner)
    with unchanged():
        actions.set_policy(PolicyFacts(two_persons_from=50_000), actor=owner)
        with pytest.raises(NotPermitted):
            actions.withdraw_loosening(actor=people["finance"])
        with pytest.raises(NotPermitted):
            actions.set_policy(PolicyFacts(two_persons_from=60_000), actor=SYSTEM)
    actions.withdraw_loosening(actor=owner)
    assert arrangements.loosening() is None
    with unchanged(), pytest.raises(Conflict):
        actions.withdraw_loosening(actor=owner)
    actions.set_policy(PolicyFacts(), actor=owner)
    assert actions.set_policy(PolicyFacts(two_persons_from=10_000), actor=owner)
    assert arrangements.loosening() is None
    with unchanged(), pytest.raises(Conflict):
        actions.confirm_loosening(None, actor=people["operator"])


def test_it_goes_where_the_first_person_saw_that_it_goes(
    people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    alipay = Recorder("alipay")
    monkeypatch.setitem(registry._payouts, "alipay", alipay)
    has_account("alipay")
    actions.set_account("yu", "alipay", account="fish@example.com", name="于小鱼")
    ask("W", 50_000)
    actions.approve("W", actor=people["finance"])
    actions.set_account("yu", "alipay", account="other@example.com", name="于小鱼")
    actions.approve("W", actor=people["operator"])
    row = queries.by_number("W")
    assert (row.channel, row.receiver) == ("alipay", "fish@example.com")
