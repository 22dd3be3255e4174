"""Taking back what waits for its receiver, and asking anew under another number."""

from datetime import UTC, datetime, timedelta

import pytest

from kefen.core.errors import WithdrawalNotOpen
from kefen.core.states import WithdrawalState
from kefen.payouts import actions, queries
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants.holds import account_of
from kefen.platform.merchants.models import ShutAccount
from kefen.ports import registry
from kefen.ports.payments import EventKind
from tests.orders.school import ask, come_by, mature, money, open_school, sell, unchanged
from tests.payouts.channels import Recorder

UNTIL = datetime(2026, 4, 21, tzinfo=UTC)


@pytest.fixture
def sandbox(institution: object, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    open_school()
    come_by("yu")
    sell("A", 500_000)
    mature()
    channel = Recorder("sandbox")
    monkeypatch.setattr(registry, "_payouts", {"sandbox": channel})
    ask("W", 10_000)
    return channel


def test_only_what_waits_for_its_receiver_is_taken_back(sandbox: Recorder) -> None:
    for step in (lambda: None, lambda: actions.approve("W"), lambda: actions.send("W")):
        step()
        with unchanged(), pytest.raises(WithdrawalNotOpen):
            actions.take_back("W", actor=SYSTEM)
    assert sandbox.cancelled == []


def test_the_amount_comes_back_when_the_channel_says_so(sandbox: Recorder) -> None:
    actions.approve("W")
    actions.send("W")
    actions.take_result(sandbox.says("W", EventKind.PAYOUT_WAITING, until=UNTIL))
    actions.take_back("W", actor=SYSTEM)
    assert money() == (0, 90_000, 10_000, 0)
    actions.send("W")
    assert queries.by_number("W").state == WithdrawalState.CANCELLED
    assert money() == (0, 100_000, 0, 0)
    with unchanged():
        actions.send("W")
    assert len(sandbox.asked) == 1


def test_what_the_receiver_confirmed_meanwhile_is_paid(sandbox: Recorder) -> None:
    actions.approve("W")
    actions.send("W")
    actions.take_result(sandbox.says("W", EventKind.PAYOUT_WAITING, until=UNTIL))
    actions.take_back("W", actor=SYSTEM)
    actions.take_result(sandbox.says("W", EventKind.PAYOUT_SUCCEEDED))
    assert queries.by_number("W").state == WithdrawalState.SUCCEEDED
    assert money() == (0, 90_000, 0, 0)


def test_a_channel_cancels_nothing_that_was_never_sent(sandbox: Recorder) -> None:
    actions.approve("W")
    with unchanged(), pytest.raises(WithdrawalNotOpen):
        actions.settle("W", WithdrawalState.CANCELLED, at=UNTIL)


def test_it_is_asked_of_the_account_by_which_it_left(
    sandbox: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.approve("W")
    actions.send("W")
    actions.take_result(sandbox.says("W", EventKind.PAYOUT_WAITING, until=UNTIL))
    sent_at = queries.by_number("W").sent_at
    assert sent_at is not None
    shut = ShutAccount.objects.create(
        channel="sandbox",
        gateway="http://here",
        reason="closed",
        secrets="{}",
        first_at=sent_at,
        shut_at=sent_at + timedelta(seconds=1),
    )
    asked: list[object] = []
    monkeypatch.setattr(sandbox, "cancel_payout", lambda *_: asked.append(account_of("sandbox")))
    actions.take_back("W", actor=SYSTEM)
    assert asked == [shut]
