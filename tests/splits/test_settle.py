"""A split whose channel did another amount: settled by a person, or by two, and once."""

import pytest

from kefen.core.errors import IllegalTransition, InvalidInput, NotFound, SecondPersonNeeded
from kefen.core.splits import Settling, Way
from kefen.core.states import SplitState
from kefen.ops.audit import audit_institution
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.actions import add_member, make_user
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.identity.models import Role
from kefen.reconciliation.movements import ours
from kefen.splits import actions, queries
from kefen.splits.contracts import StoppedSplit
from kefen.splits.models import Settlement
from tests.concurrency.racing import race
from tests.orders.school import DAY, HOUR, balance, money, unchanged
from tests.splits.channel import FakeChannel
from tests.splits.school import (
    DUE,
    look,
    open_dividing_school,
    register,
    sell_divisible,
    split_of,
    states,
)

LATER = DUE + HOUR


def stopped_at(monkeypatch, paid: int) -> FakeChannel:
    """yu gets `paid` of the 2000 that were sent; chen his 500."""
    channel = register(monkeypatch, FakeChannel(pays={"openid-yu": paid}))
    open_dividing_school(level2=True)
    sell_divisible()
    look()
    assert (split_of().state, split_of().reason) == (SplitState.FAILED, "amount_differs")
    return channel


def the_stopped() -> StoppedSplit:
    (one,) = queries.stopped_facts(queries.stopped())
    return one


def settle(
    decision: Settling = Settling.ACCEPT, actor: Actor = SYSTEM, note: str = "核对过"
) -> bool:
    with clock.at(LATER):
        return actions.settle(split_of().number, decision, note=note, actor=actor)


def people(*roles: Role) -> list[Actor]:
    """Members of the school."""
    found = []
    for place, role in enumerate(roles):
        user = make_user(f"member-{place}")
        add_member(user, role, display_name=f"member-{place}")
        found.append(Actor(ActorKind.OPERATOR, user.id))
    return found


def test_what_was_asked_and_done_is_known(institution, monkeypatch):
    stopped_at(monkeypatch, 1_500)
    one = the_stopped()
    (share,) = one.shares
    assert (share.amount, share.tax, share.net, share.paid) == (2_000, 0, 2_000, 1_500)
    assert (one.order, one.decision, queries.stopped_count()) == ("A", None, 1)


def test_less_is_accepted_and_the_rest_is_in_the_balance(institution, monkeypatch):
    channel = stopped_at(monkeypatch, 1_500)
    assert settle()
    assert money() == (0, 500, 0, 0)
    assert balance("channel:wechat_pay") == -(10_000 - 1_500 - 500)
    look(LATER)
    assert split_of().state is SplitState.DONE
    assert list(channel.finished.values()) == [8_000]
    assert states()["yu"] in ("failed", "succeeded")
    assert sorted(Withdrawal.objects.filter(way="split").values_list("state", "net")) == [
        ("failed", 2_000),
        ("succeeded", 500),
        ("succeeded", 1_500),
    ]
    # The bill says what our books say by now.
    (moved,) = (one for one in ours("wechat_pay", DUE, LATER + DAY) if one.subject == "share")
    assert (moved.amount, moved.settled) == (2_000, True)
    assert not queries.stopped().exists()
    assert Record.objects.filter(verb="split.settled").count() == 1


def test_more_is_owed_where_he_has_nothing_else(institution, monkeypatch):
    stopped_at(monkeypatch, 2_300)
    assert settle()
    assert money() == (0, 0, 0, 300)
    assert balance("channel:wechat_pay") == -(10_000 - 2_300 - 500)
    look(LATER)
    assert split_of().state is SplitState.DONE


def test_more_is_taken_from_what_he_has(institution, monkeypatch):
    stopped_at(monkeypatch, 2_300)
    with clock.at(LATER):
        actions.choose_way("yu", Way.WALLET, actor=SYSTEM)
    sell_divisible("B", at=DUE - 8 * DAY)
    look(LATER)
    assert money() == (0, 2_000, 2_000, 0)
    assert settle()
    assert money() == (0, 1_700, 0, 0)


def test_the_wallet_gets_everything_where_it_was_fetched_back(institution, monkeypatch):
    channel = stopped_at(monkeypatch, 1_500)
    assert settle(Settling.WALLET)
    assert money() == (0, 2_000, 0, 0)
    look(LATER)
    assert split_of().state is SplitState.DONE
    assert list(channel.finished.values()) == [9_500]
    assert states()["yu"] == "failed"


def test_nothing_was_paid_at_all(institution, monkeypatch):
    stopped_at(monkeypatch, 0)
    assert settle()
    assert money() == (0, 2_000, 0, 0)


def test_what_is_refused_changes_nothing(institution, monkeypatch):
    stopped_at(monkeypatch, 1_500)
    with unchanged():
        with pytest.raises(InvalidInput):
            settle(note="  ")
        with pytest.raises(NotFound):
            actions.settle("div_none", Settling.ACCEPT, note="x", actor=SYSTEM)
    assert settle()
    with unchanged():
        assert not settle()
        assert not settle(Settling.WALLET)


def test_what_was_never_stopped_is_not_settled(institution, monkeypatch):
    register(monkeypatch, FakeChannel())
    open_dividing_school()
    sell_divisible()
    look()
    with pytest.raises(IllegalTransition), unchanged():
        settle()


def arranged(threshold: int) -> None:
    with clock.at(LATER):
        payouts.set_policy(PolicyFacts(two_persons_from=threshold), actor=SYSTEM)


def test_two_persons_settle_what_is_large(institution, monkeypatch):
    stopped_at(monkeypatch, 1_500)
    arranged(1_800)
    one, other = people(Role.OWNER, Role.FINANCE)
    assert not settle(actor=one)
    assert (the_stopped().decision, the_stopped().first) == (Settling.ACCEPT, one.user)
    with pytest.raises(SecondPersonNeeded):
        settle(actor=one)
    assert money() == (0, 0, 2_000, 0)
    # Another decision is a first one again.
    assert not settle(Settling.WALLET, actor=other)
    assert (the_stopped().decision, the_stopped().first) == (Settling.WALLET, other.user)
    assert not settle(Settling.ACCEPT, actor=one)
    assert settle(Settling.ACCEPT, actor=other)
    assert money() == (0, 500, 0, 0)
    row = Settlement.objects.get()
    assert (row.first_person, row.second_person) == (one.user, other.user)
    assert Record.objects.filter(verb="split.first_settled").count() == 3


def test_a_raised_threshold_does_not_spare_the_second_person(institution, monkeypatch):
    stopped_at(monkeypatch, 1_500)
    arranged(1_800)
    one, other = people(Role.OWNER, Role.OWNER)
    assert not settle(actor=one)
    with pytest.raises(SecondPersonNeeded):
        settle(actor=one)
    assert settle(actor=other)


@pytest.mark.parametrize("paid", [1_500, 2_300])
def test_many_clicks_settle_once(committed_institution, monkeypatch, paid):
    stopped_at(monkeypatch, paid)
    number, at = split_of().number, LATER

    def click(decision: Settling) -> bool:
        with clock.at(at):
            return actions.settle(number, decision, note="x", actor=SYSTEM)

    done = race([lambda d=d: click(d) for d in [Settling.ACCEPT] * 6])
    assert sorted(done) == [False] * 5 + [True]
    assert money() == ((0, 500, 0, 0) if paid < 2_000 else (0, 0, 0, 300))
    assert Withdrawal.objects.filter(way="split").count() == 3
    look(LATER)
    assert audit_institution() == []


def test_two_opposite_clicks_do_one_of_both(committed_institution, monkeypatch):
    stopped_at(monkeypatch, 1_500)
    number = split_of().number

    def click(decision: Settling) -> bool:
        with clock.at(LATER):
            return actions.settle(number, decision, note="x", actor=SYSTEM)

    done = race([lambda d=d: click(d) for d in (Settling.ACCEPT, Settling.WALLET) * 3])
    assert sorted(done) == [False] * 5 + [True]
    accepted = Settlement.objects.get().decision == "accept"
    assert money() == ((0, 500, 0, 0) if accepted else (0, 2_000, 0, 0))
    assert audit_institution() == []
