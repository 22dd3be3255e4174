"""A settlement leaves when another person than who prepared it releases it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from kefen.core.errors import (
    InvalidInput,
    NotFound,
    NotPermitted,
    NumberConflict,
    ReleasedByPreparer,
)
from kefen.core.payees import AccountKind
from kefen.payouts import actions, queries
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.models import PayoutBatch, Withdrawal
from kefen.payouts.queries import batches as batch_queries
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.models import Role
from kefen.ports import registry
from tests.orders.school import ask, come_by, mature, open_school, sell, unchanged
from tests.payouts.channels import Recorder
from tests.payouts.test_two_persons import member

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
ALL = ("W1", "W2", "W3")


@pytest.fixture
def people(institution: object, monkeypatch: pytest.MonkeyPatch) -> tuple[Actor, Actor, Recorder]:
    open_school()
    come_by("yu")
    sell("A", 500_000)
    mature()
    for number in ALL:
        ask(number, 10_000)
    channel = Recorder("sandbox")
    monkeypatch.setattr(registry, "_payouts", {"sandbox": channel})
    return member("Shen Lan", Role.OWNER), member("Fang He", Role.FINANCE), channel


def prepare(who: Actor, *numbers: str, number: str = "S") -> None:
    found = numbers or ALL
    expected = (len(found), 10_000 * len(found))
    actions.prepare_settlement(number, found, expected=expected, period=NOVEMBER, actor=who)


def release(who: Actor, count: int = 3) -> None:
    actions.release_settlement("S", expected=(count, 10_000 * count), actor=who)


def states() -> list[str]:
    return list(Withdrawal.objects.order_by("number").values_list("state", flat=True))


def test_nothing_moves_before_the_second_person(people: tuple[Actor, Actor, Recorder]) -> None:
    owner, finance, channel = people
    for _ in range(2):
        prepare(owner)
    actions.run_batch("S")
    actions.resume_batches()
    assert states() == ["requested"] * 3
    for _ in range(2):
        with unchanged(), pytest.raises(ReleasedByPreparer):
            release(owner)
    with unchanged(), pytest.raises(NotPermitted):
        release(SYSTEM)
    reviewer = member("Gu An", Role.REVIEWER)
    with unchanged(), pytest.raises(NotPermitted):
        release(reviewer)
    release(finance)
    with unchanged():
        release(finance)
    for _ in range(2):
        actions.run_batch("S")
    for number in ALL * 2:
        actions.send(number)
    assert sorted(one.withdrawal for one in channel.asked) == list(ALL)
    facts = batch_queries.batch("S")
    assert (facts.on_way, facts.ended, facts.reviewed) == (3, True, True)
    assert (facts.made_by, facts.released_by) == (owner.user, finance.user)
    noted = Record.objects.filter(subject="batch:S").order_by("id")
    assert [one.verb for one in noted] == ["settlement.prepared", "settlement.released"]
    approved = Record.objects.filter(verb="withdrawal.approved")
    assert {one.actor_user for one in approved} == {finance.user}


def test_a_large_one_has_both_and_needs_no_third(people: tuple[Actor, Actor, Recorder]) -> None:
    owner, finance, _ = people
    actions.set_policy(PolicyFacts(two_persons_from=10_000), actor=owner)
    actions.approve("W1", actor=owner)
    actions.approve("W2", actor=finance)
    prepare(owner)
    release(finance)
    actions.run_batch("S")
    assert states() == ["approved"] * 3
    for row in Withdrawal.objects.all():
        assert {row.first_approver, row.second_approver} == {owner.user, finance.user}


def test_the_database_itself_refuses_one_person_twice(
    people: tuple[Actor, Actor, Recorder],
) -> None:
    owner, finance, _ = people
    prepare(owner)
    rows = PayoutBatch.objects.filter(number="S")
    now = clock.now()
    for wrong, named in (
        ({"released_by": owner.user, "released_at": now}, "two_persons"),
        ({"released_by": finance.user}, "two_persons"),
        ({"ended_at": now}, "released_to_end"),
    ):
        with pytest.raises(IntegrityError, match=f"payout_batch_{named}"), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        rows.update(reviewed=False)


def test_what_is_reviewed_is_what_leaves(people: tuple[Actor, Actor, Recorder]) -> None:
    owner, finance, _ = people
    prepare(owner)
    actions.cancel("W2")
    with unchanged(), pytest.raises(InvalidInput):
        release(finance)
    release(finance, 2)
    actions.run_batch("S")
    assert states() == ["approved", "cancelled", "approved"]


def test_an_account_that_changed_since_is_looked_at_again(
    people: tuple[Actor, Actor, Recorder],
) -> None:
    owner, finance, channel = people
    prepare(owner)
    release(finance)
    with clock.at(clock.now() + timedelta(minutes=1)):
        actions.set_account("yu", AccountKind.SANDBOX.value)
        actions.run_batch("S")
    assert states() == ["requested"] * 3
    problems = {one.problem for one in batch_queries.items("S")}
    assert problems == {"payout_account_changed"}
    assert channel.asked == []


def test_stopped_it_is_never_released(people: tuple[Actor, Actor, Recorder]) -> None:
    owner, finance, _ = people
    prepare(owner)
    actions.stop_batch("S", actor=owner)
    with unchanged(), pytest.raises(InvalidInput):
        release(finance)
    assert queries.waiting()[0] == 3


def test_a_batch_of_one_person_is_no_settlement(people: tuple[Actor, Actor, Recorder]) -> None:
    owner, finance, _ = people
    actions.begin_batch("S", ["W1"], expected=(1, 10_000), actor=owner)
    with unchanged(), pytest.raises(NotFound):
        release(finance, 1)
    with unchanged(), pytest.raises(NumberConflict):
        prepare(owner, "W1")
