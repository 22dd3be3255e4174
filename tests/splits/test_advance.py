"""A divisible payment from being paid to being released, through every fault of a channel."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kefen.core.splits import SAFETY, Way
from kefen.core.states import SplitState, WithdrawalState
from kefen.faces.web import books
from kefen.orders.actions import ask_refund
from kefen.payouts import actions as payouts
from kefen.payouts import queries as payout_queries
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.splits import actions
from kefen.splits.models import OrderSplit, SplitShare
from tests.orders.school import DAY, HOUR, ask, balance, money, refund, transfer, unchanged
from tests.splits.channel import FakeChannel
from tests.splits.school import (
    DUE,
    PAID_AT,
    look,
    open_dividing_school,
    register,
    sell_divisible,
    split_of,
    states,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def channel(institution, monkeypatch) -> FakeChannel:
    found = register(monkeypatch, FakeChannel())
    open_dividing_school()
    return found


def test_a_rebate_leaves_from_the_payment_it_came_from(channel):
    sell_divisible()
    look(PAID_AT)
    assert (split_of().state, split_of().reason) == (SplitState.WAITING, "refund_window")
    look(PAID_AT + MINUTE)
    assert split_of().next_at == DUE
    assert channel.sent == []

    look(DUE)

    (request,) = channel.got.values()
    (share,) = request.shares
    assert (request.order, request.channel_number, request.paid) == ("A", "4200A", 10_000)
    assert (share.receiver.account, share.receiver.name) == ("openid-yu", "于小鱼")
    assert (share.amount, channel.added) == (2000, ["openid-yu"])
    assert states() == {"yu": "succeeded"}
    assert money() == (0, 0, 0, 0)
    key = f"withdrawal:{share.number}:succeeded"
    assert transfer(key) == {"channel:wechat_pay": 2000, "promoter:yu:in_transit": -2000}
    assert balance("channel:payout") == 0
    # What the console shows of orders and withdrawals says the same as the ledger.
    assert all(row.difference == 0 for row in books.lines())
    assert channel.finished == {OrderSplit.objects.get().release_number: 8000}
    assert (split_of().state, split_of().released) == (SplitState.DONE, 8000)
    with unchanged():
        look(DUE + DAY)
    assert len(channel.sent) == 1


def test_both_levels_leave_in_one_request(institution, monkeypatch):
    channel = register(monkeypatch, FakeChannel())
    open_dividing_school(level2=True)
    sell_divisible()
    look()
    (request,) = channel.got.values()
    assert [(s.receiver.account, s.amount) for s in request.shares] == [
        ("openid-yu", 2000),
        ("openid-chen", 500),
    ]
    assert states() == {"yu": "succeeded", "chen": "succeeded"}
    assert list(channel.finished.values()) == [7500]


def test_tax_stays_with_the_institution(channel):
    sell_divisible(paid=1_000_000)  # 2000 yuan of rebate: (2000 - 800) * 20 %
    look()
    (share,) = next(iter(channel.got.values())).shares
    assert share.amount == 200_000 - 24_000
    assert balance("tax:withheld") == 24_000
    assert list(channel.finished.values()) == [1_000_000 - 176_000]


def test_the_wallet_is_the_way_of_whoever_chose_it(channel):
    actions.choose_way("yu", Way.WALLET, actor=SYSTEM)
    sell_divisible()
    look()
    assert states() == {"yu": "wallet"}
    assert money() == (0, 2000, 0, 0)
    assert channel.sent == []
    assert list(channel.finished.values()) == [10_000]


def test_what_two_persons_would_have_to_approve_is_not_divided(channel):
    payouts.set_policy(PolicyFacts(two_persons_from=2000), actor=SYSTEM)
    sell_divisible("A", 10_000)
    sell_divisible("B", 9_999)
    look()
    assert states("A") == {"yu": "needs_two_persons"}
    assert states("B") == {"yu": "succeeded"}
    assert (split_of("A").state, len(channel.got)) == (SplitState.DONE, 1)
    assert balance("promoter:yu:available") == 2000


def test_an_order_without_commission_is_released_at_once(channel):
    from kefen.orders.models import CashierVisit
    from tests.orders.school import pay, place

    placed = place("B", 10_000, who="nobody")
    CashierVisit.objects.create(
        order_id=placed.id, channel="wechat_pay", split=True, opened_at=PAID_AT
    )
    pay("B", channel="wechat_pay")
    look(PAID_AT)
    look(PAID_AT + MINUTE)
    assert (split_of("B").state, split_of("B").reason) == (SplitState.DONE, "nothing_to_share")
    assert list(channel.finished.values()) == [10_000]


def test_a_payment_that_was_not_kept_divisible_is_none_of_ours(channel):
    sell_divisible()
    from kefen.orders.models import CashierVisit

    CashierVisit.objects.update(split=False)
    look()
    assert not OrderSplit.objects.exists()


def test_without_an_account_of_the_channel_it_is_the_wallet(channel):
    payouts.remove_account("yu")
    sell_divisible()
    look()
    assert states() == {"yu": "no_account"}
    assert money() == (0, 2000, 0, 0)


def test_what_was_withdrawn_by_hand_is_not_paid_again(channel, monkeypatch):
    monkeypatch.setattr("kefen.splits.actions.plan.order_queries.longest_refund_days", lambda _: 9)
    sell_divisible()
    look(DUE)
    with clock.at(DUE):
        ask("W", 1500)
    look(DUE + 2 * DAY)
    (share,) = next(iter(channel.got.values())).shares
    assert share.amount == 500
    assert money() == (0, 0, 1500, 0)


def test_an_open_refund_is_waited_for(channel):
    sell_divisible()
    with clock.at(DUE - DAY):
        ask_refund("A", amount=5000, reason="", actor=SYSTEM)
    look()
    assert (split_of().state, split_of().reason) == (SplitState.WAITING, "refund_open")
    refund("R", "A", 5000, at=DUE)
    from kefen.orders.actions import decline_refund

    decline_refund("A", answer="half was refunded", actor=SYSTEM)
    look(DUE + HOUR)
    (share,) = next(iter(channel.got.values())).shares
    assert share.amount == 1000
    assert list(channel.finished.values()) == [4000]


def test_a_late_refund_comes_from_what_the_promoter_has_or_owes(channel):
    sell_divisible()
    look()
    refund("R", "A", 10_000, at=DUE + DAY)
    assert money() == (0, 0, 0, 2000)
    look(DUE + DAY)
    assert states() == {"yu": "succeeded"}


def test_partial_failure_falls_back_to_the_wallet(institution, monkeypatch):
    channel = register(monkeypatch, FakeChannel(fails={"openid-chen"}))
    open_dividing_school(level2=True)
    sell_divisible()
    look()
    assert states() == {"yu": "succeeded", "chen": "failed"}
    assert money("chen") == (0, 500, 0, 0)
    failed = Withdrawal.objects.get(state=WithdrawalState.FAILED)
    assert failed.state_reason == "NO_AUTH"
    assert list(channel.finished.values()) == [8000]


def test_results_without_our_number_are_told_by_receiver_and_amount(institution, monkeypatch):
    register(monkeypatch, FakeChannel(fails={"openid-chen"}, nameless=True))
    open_dividing_school(level2=True)
    sell_divisible()
    look()
    assert states() == {"yu": "succeeded", "chen": "failed"}


@pytest.mark.parametrize("nameless", [False, True])
def test_another_amount_than_was_sent_needs_a_person(institution, monkeypatch, nameless):
    channel = register(
        monkeypatch, FakeChannel(pays={"openid-yu": 1999}, nameless=nameless, slow=1)
    )
    open_dividing_school(level2=True)
    sell_divisible()
    look()
    assert (split_of().state, split_of().reason) == (SplitState.SENT, "")
    look(DUE + HOUR)
    assert states() == {"yu": "sent", "chen": "succeeded"}
    assert (split_of().state, split_of().reason) == (SplitState.FAILED, "amount_differs")
    assert split_of().next_at is None
    assert channel.finished == {}
    assert money() == (0, 0, 2000, 0)
    told = Record.objects.get(verb="split.failed")
    assert told.details["paid"].endswith(": 1999")
    with unchanged():
        look(DUE + DAY)


def test_a_receiver_that_cannot_be_added_is_left_out(institution, monkeypatch):
    channel = register(monkeypatch, FakeChannel(refused={"openid-yu"}))
    open_dividing_school(level2=True)
    sell_divisible()
    look()
    (request,) = channel.got.values()
    assert [one.receiver.account for one in request.shares] == ["openid-chen"]
    assert states() == {"yu": "failed", "chen": "succeeded"}
    assert Withdrawal.objects.get(state="failed").state_reason == "NO_RELATION"
    assert money() == (0, 2000, 0, 0)


def test_a_split_that_is_refused_whole_goes_to_the_wallet(channel):
    channel.rejects = "NOT_ENOUGH"
    sell_divisible()
    look()
    assert states() == {"yu": "failed"}
    assert money() == (0, 2000, 0, 0)
    # It would not release it either: the deadline does, and somebody should know.
    assert (split_of().state, split_of().reason) == (SplitState.FAILED, "NOT_ENOUGH")


def test_an_unknown_outcome_is_asked_for_and_not_sent_again(channel):
    channel.unknown = 1
    sell_divisible()
    look()
    assert (split_of().state, split_of().reason) == (SplitState.SENT, "outcome_unknown")
    assert money() == (0, 0, 2000, 0)
    look(DUE + HOUR)
    assert states() == {"yu": "succeeded"}
    assert len(channel.sent) == 1


def test_what_the_channel_never_got_is_sent_under_the_same_number(channel):
    channel.lost = 1
    sell_divisible()
    look()
    assert split_of().state is SplitState.SENT
    look(DUE + HOUR)
    assert channel.sent == [split_of().number] * 2
    assert states() == {"yu": "succeeded"}


def test_a_slow_channel_is_asked_again(channel):
    channel.slow = 3
    sell_divisible()
    for minutes in (0, 1, 3, 10, 30):
        look(DUE + minutes * MINUTE)
    assert (split_of().state, len(channel.sent)) == (SplitState.DONE, 1)


def test_a_channel_that_is_down_for_an_hour_is_waited_for(channel):
    sell_divisible()
    channel.down = 8
    at = DUE
    while split_of_exists() is False or split_of().state is not SplitState.DONE:
        look(at)
        at += MINUTE
        assert at < DUE + 6 * HOUR
    assert states() == {"yu": "succeeded"}
    assert len(channel.got) == 1


def split_of_exists() -> bool:
    return OrderSplit.objects.exists()


def test_after_the_deadline_nothing_is_sent(channel):
    sell_divisible()
    look(DUE - DAY)
    channel.down = 1
    look(DUE)
    assert split_of().state is SplitState.PLANNED
    look(PAID_AT + channel.facts.latest - SAFETY)
    assert states() == {"yu": "failed"}
    assert channel.sent == []
    assert money() == (0, 2000, 0, 0)
    assert split_of().state is SplitState.DONE


def test_a_hold_longer_than_the_channel_waits_goes_to_the_wallet(channel):
    channel.facts = replace(channel.facts, latest=timedelta(days=5))
    sell_divisible()
    look(PAID_AT + MINUTE)
    assert (split_of().state, split_of().reason) == (SplitState.DONE, "too_late")
    look(DUE)
    assert money() == (0, 2000, 0, 0)


def test_a_share_that_its_promoter_takes_back_is_not_sent(channel):
    sell_divisible()
    channel.down = 1
    look()
    (share,) = split_of().shares
    payouts.cancel(share.withdrawal)
    look(DUE + HOUR)
    assert channel.sent == []
    assert states() == {"yu": "cancelled"}
    assert money() == (0, 2000, 0, 0)


def test_the_payout_channel_never_gets_a_share(channel):
    sell_divisible()
    channel.down = 1
    look()
    (share,) = split_of().shares
    payouts.send(share.withdrawal)
    with clock.at(DUE + DAY):
        payouts.chase()
    assert payout_queries.by_number(share.withdrawal).state == "approved"


def test_the_month_of_a_person_is_full(channel):
    channel.facts = replace(channel.facts, monthly_maximum=3000)
    sell_divisible("A")
    sell_divisible("B")
    look()
    assert sorted(list(states("A").values()) + list(states("B").values())) == ["month", "succeeded"]


def test_one_account_of_two_promoters_is_named_once(institution, monkeypatch):
    register(monkeypatch, FakeChannel())
    open_dividing_school(level2=True)
    from kefen.payouts.models import PayoutAccount

    for row in PayoutAccount.objects.all():
        row.account = "openid-both"
        row.save(update_fields=["account"])
    sell_divisible()
    look()
    assert states() == {"yu": "succeeded", "chen": "receivers"}
    assert money("chen") == (0, 500, 0, 0)


def test_gathering_twice_makes_one(channel):
    sell_divisible()
    with clock.at(DUE):
        assert actions.gather(since=timedelta(days=40)) == 1
        assert actions.gather(since=timedelta(days=40)) == 0
        assert actions.wake() == 1


def test_whoever_works_on_it_keeps_others_away(channel):
    sell_divisible()
    look(PAID_AT + MINUTE)
    row = OrderSplit.objects.get()
    OrderSplit.objects.update(next_at=DUE + 5 * MINUTE)
    with unchanged(), clock.at(DUE):
        actions.advance(row.number)


def test_it_is_audited(channel):
    sell_divisible()
    look()
    found = Record.objects.filter(subject="order:A").order_by("id")
    assert [row.verb for row in found if row.verb.startswith("split")] == [
        "split.planned",
        "split.sent",
        "split.done",
    ]
    assert SplitShare.objects.count() == 1
