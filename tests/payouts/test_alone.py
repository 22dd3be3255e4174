"""Only one job at a time sends a withdrawal, and a refusal is believed of what did not come."""

from datetime import UTC, datetime

import pytest

from kefen.core.errors import ChannelRejected
from kefen.core.states import WithdrawalState
from kefen.payouts import actions
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.ports import registry
from kefen.ports.payments import EventKind
from kefen.ports.payouts import PayOut
from tests.concurrency.elsewhere import busy
from tests.orders.school import ask, come_by, mature, money, open_school, sell
from tests.payouts.channels import Recorder

NOW = datetime(2026, 4, 20, tzinfo=UTC)


class Refusing(Recorder):
    """It refuses, although the request that was given up for lost arrives just now."""

    def pay_out(self, request: PayOut) -> None:
        super().pay_out(request)
        self.says(request.withdrawal, EventKind.PAYOUT_SUCCEEDED)
        raise ChannelRejected(channel=self.name, reason="no")


@pytest.fixture
def approved(institution: object) -> Withdrawal:
    open_school()
    come_by("yu")
    sell("A", 500_000)
    mature()
    with clock.at(NOW):
        ask("W", 100_000)
        actions.approve("W")
    return Withdrawal.objects.get(number="W")


def put(monkeypatch: pytest.MonkeyPatch, channel: Recorder, row: Withdrawal) -> Recorder:
    known = dict(registry._payouts)
    monkeypatch.setattr(registry, "_payouts", known | {row.channel: channel})
    return channel


def test_what_arrived_was_not_refused(monkeypatch, approved: Withdrawal) -> None:
    put(monkeypatch, Refusing(approved.channel), approved)
    with clock.at(NOW):
        actions.send("W")
    assert Withdrawal.objects.get(number="W").state == WithdrawalState.SUCCEEDED
    assert money() == (0, 0, 0, 0)


def test_who_is_not_alone_leaves_it_to_the_other(monkeypatch, approved: Withdrawal) -> None:
    channel = put(monkeypatch, Recorder(approved.channel), approved)
    with busy(approved.id):
        actions.send("W")
        assert channel.asked == []
        assert Withdrawal.objects.get(number="W").state == WithdrawalState.APPROVED
    with clock.at(NOW):
        actions.send("W")
    assert [one.withdrawal for one in channel.asked] == ["W"]
