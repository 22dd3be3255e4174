"""Many withdrawals by one confirmation: each once, problems named, stoppable."""

from unittest import mock

import pytest

from kefen.core.errors import InvalidInput, NotFound, NotPermitted, NumberConflict
from kefen.payouts import actions, queries
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.models import PayoutBatch, PayoutBatchItem
from kefen.payouts.queries import batches as batch_queries
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.models import Role
from kefen.ports import registry
from kefen.ports.payments import EventKind
from tests.orders.school import ask, come_by, mature, money, open_school, sell, unchanged
from tests.payouts.channels import Recorder
from tests.payouts.test_two_persons import member


@pytest.fixture
def owner(institution: object) -> Actor:
    open_school()
    come_by("yu")
    sell("A", 500_000)
    mature()
    for number in ("W1", "W2", "W3"):
        ask(number, 10_000)
    return member("Shen Lan", Role.OWNER)


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    channel = Recorder("sandbox")
    monkeypatch.setattr(registry, "_payouts", {"sandbox": channel})
    return channel


def begin(owner: Actor, *numbers: str, batch: str = "B", expected: tuple[int, int] | None = None):
    found = expected or (len(numbers), 10_000 * len(numbers))
    actions.begin_batch(batch, numbers, expected=found, actor=owner)


def test_each_is_approved_and_handed_on_once(owner: Actor, sandbox: Recorder) -> None:
    for _ in range(3):
        begin(owner, "W1", "W2", "W3")
    for _ in range(2):
        actions.run_batch("B")
    for number in ("W1", "W2", "W3"):
        actions.send(number)
        actions.send(number)
    assert [one.withdrawal for one in sandbox.asked] == ["W1", "W2", "W3"]
    facts = batch_queries.batch("B")
    assert (facts.total, facts.amount, facts.on_way, facts.worked) == (3, 30_000, 3, 3)
    assert facts.ended
    assert not facts.stopped
    actions.take_result(sandbox.says("W1", EventKind.PAYOUT_SUCCEEDED))
    actions.take_result(sandbox.says("W2", EventKind.PAYOUT_FAILED))
    facts = batch_queries.batch("B")
    assert (facts.on_way, facts.paid, facts.came_back) == (1, 1, 1)
    assert Record.objects.filter(verb="payout_batch.begun").count() == 1


def test_what_changed_since_it_was_confirmed_stops_it_whole(
    owner: Actor, sandbox: Recorder
) -> None:
    actions.cancel("W2")
    for expected in ((3, 30_000), (2, 30_000), (2, 19_999)):
        with unchanged(), pytest.raises(InvalidInput):
            begin(owner, "W1", "W2", "W3", expected=expected)
    with unchanged(), pytest.raises(InvalidInput):
        begin(owner)
    with unchanged(), pytest.raises(NotPermitted):
        begin(SYSTEM, "W1")
    begin(owner, "W1", "W2", "W3", expected=(2, 20_000))
    other = member("other", Role.FINANCE)
    with unchanged(), pytest.raises(NumberConflict):
        begin(other, "W1")
    with unchanged(), pytest.raises(NotFound):
        actions.stop_batch("C", actor=owner)


def test_a_refusal_is_named_and_the_others_go_on(owner: Actor, sandbox: Recorder) -> None:
    actions.set_policy(PolicyFacts(two_persons_from=20_000), actor=owner)
    ask("W4", 20_000)
    begin(owner, "W1", "W2", "W4", expected=(3, 40_000))
    actions.reject("W2", reason="no")
    actions.run_batch("B")
    states = {
        item.withdrawal.number: (item.state, item.problem) for item in batch_queries.items("B")
    }
    assert states == {
        "W1": ("done", ""),
        "W2": ("refused", "illegal_transition"),
        "W4": ("halved", ""),
    }
    # The same person's second batch is no second person.
    begin(owner, "W4", batch="C", expected=(1, 20_000))
    actions.run_batch("C")
    item = batch_queries.items("C").get()
    assert (item.state, item.problem) == ("refused", "second_person_needed")
    begin(member("second", Role.FINANCE), "W4", batch="D", expected=(1, 20_000))
    actions.run_batch("D")
    assert queries.by_number("W4").state == "approved"


def test_it_stops_between_two(owner: Actor, sandbox: Recorder) -> None:
    begin(owner, "W1", "W2", "W3")
    with mock.patch("kefen.payouts.actions.batch.approve_and_send") as approve:
        approve.side_effect = RuntimeError("killed")
        with pytest.raises(RuntimeError):
            actions.run_batch("B")
    assert PayoutBatchItem.objects.filter(state="waiting").count() == 3
    actions.stop_batch("B", actor=owner)
    actions.stop_batch("B", actor=owner)
    with unchanged():
        actions.run_batch("B")
    facts = batch_queries.batch("B")
    assert (facts.waiting, facts.stopped, facts.worked) == (3, True, 0)
    assert {queries.by_number(n).state for n in ("W1", "W2", "W3")} == {"requested"}
    assert PayoutBatch.objects.count() == 1
    assert money()[2] == 30_000
