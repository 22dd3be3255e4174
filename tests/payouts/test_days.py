"""A channel's day: what exceeds it waits for the next one by itself, and names go along by rule."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kefen.core.errors import InvalidInput, PayoutAboveMaximum, RealNameNeeded
from kefen.core.payout_limits import ChannelLimits
from kefen.core.states import WithdrawalState
from kefen.payouts import actions, queries
from kefen.payouts.queries import arrangements
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.ports import registry
from tests.merchants.channels import has_account
from tests.orders.school import ask, come_by, mature, open_school, sell, unchanged
from tests.payouts.channels import Recorder
from tests.webhooks.shop import queued

NOON = datetime(2026, 4, 20, 4, tzinfo=UTC)  # in Shanghai
MIDNIGHT = datetime(2026, 4, 20, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def alipay(institution: object, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    open_school()
    come_by("yu")
    sell("A", 5_000_000)
    mature()
    channel = Recorder("alipay")
    monkeypatch.setattr(registry, "_payouts", {"alipay": channel})
    has_account("alipay")
    actions.set_account("yu", "alipay", account="yu@example.org", name="于小鱼")
    with clock.at(NOON - timedelta(days=1)):
        actions.set_tax_rule("none", effective_on=date(2026, 4, 19), actor=SYSTEM)
    return channel


def limit(**limits: int) -> None:
    actions.set_limits("alipay", ChannelLimits(**limits), actor=SYSTEM)


def pay(number: str, amount: int) -> str:
    ask(number, amount)
    actions.approve(number)
    actions.send(number)
    return queries.by_number(number).state


def test_what_does_not_fit_waits_and_leaves_next_day_by_itself(alipay: Recorder) -> None:
    limit(person_day=100_000)
    with clock.at(NOON):
        assert pay("W1", 60_000) == WithdrawalState.SENT
        assert pay("W2", 40_001) == WithdrawalState.APPROVED
        assert pay("W3", 40_000) == WithdrawalState.SENT
        held = queries.by_number("W2")
        assert held.held_until == MIDNIGHT
        with unchanged():
            actions.send("W2")
    with clock.at(MIDNIGHT - timedelta(seconds=1)):
        actions.send("W2")
        assert queries.by_number("W2").state == WithdrawalState.APPROVED
    with clock.at(MIDNIGHT):
        actions.send("W2")
    assert [one.withdrawal for one in alipay.asked] == ["W1", "W3", "W2"]
    assert Record.objects.filter(verb="withdrawal.held").count() == 1


def test_what_came_back_gives_its_room_back_and_all_persons_count(alipay: Recorder) -> None:
    limit(school_day=100_000)
    with clock.at(NOON):
        pay("W1", 60_000)
        pay("W2", 60_000)
        actions.settle("W1", WithdrawalState.FAILED, at=NOON, reason="closed")
        actions.send("W2")
        assert queries.by_number("W2").state == WithdrawalState.SENT


def test_what_no_day_could_pay_is_refused_before_anything_is_sent(alipay: Recorder) -> None:
    limit(person_day=100_000, name_needed=50_000)
    ask("W1", 100_001)
    with unchanged(), pytest.raises(PayoutAboveMaximum):
        actions.approve("W1")
    assert alipay.asked == []


def test_a_real_name_is_needed_from_the_amount_on(
    alipay: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat = Recorder("wechat_pay")
    monkeypatch.setitem(registry._payouts, "wechat_pay", wechat)
    has_account("wechat_pay")
    row = queries.PayoutAccount.objects.get()
    row.kind, row.account, row.name = "wechat_pay", "openid", ""
    row.save(update_fields=["kind", "account", "name"])
    ask("W1", 200_000)
    with unchanged(), pytest.raises(RealNameNeeded):
        actions.approve("W1")
    assert pay("W2", 199_999) == WithdrawalState.SENT
    row.name = "于小鱼"
    row.save(update_fields=["kind", "account", "name"])
    actions.approve("W1")
    actions.send("W1")
    assert [(one.amount, one.name) for one in wechat.asked] == [
        (199_999, ""),
        (200_000, "于小鱼"),
    ]


def test_limits_that_contradict_themselves_are_refused() -> None:
    for wrong in (
        {"least": 0},
        {"least": 500, "most": 400},
        {"name_from": 100, "name_needed": 99},
        {"name_from": -1},
        {"person_day": -5},
    ):
        with unchanged(), pytest.raises(InvalidInput):
            limit(**wrong)
    with unchanged(), pytest.raises(InvalidInput):
        actions.set_limits("cash", ChannelLimits(), actor=SYSTEM)
    limit(most=5)
    assert arrangements.own_limits() == {"alipay": ChannelLimits(most=5)}


def test_one_whose_job_gave_up_is_taken_up_again(alipay: Recorder) -> None:
    with clock.at(NOON):
        for number in ("W1", "W2"):
            ask(number, 10_000)
            actions.approve(number)
        assert queued("payouts.send") == []
    with clock.at(NOON + timedelta(minutes=4)):
        actions.chase()
        assert queued("payouts.send") == []
    with clock.at(NOON + timedelta(minutes=5)):
        actions.chase()
        actions.chase()
        assert [job["withdrawal"] for job in queued("payouts.send")] == ["W1", "W2"]
