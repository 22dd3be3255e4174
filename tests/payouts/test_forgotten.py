"""A payout that was approved and whose job got lost leaves by the clock."""

from datetime import timedelta

import pytest

from kefen.core.states import WithdrawalState
from kefen.payouts import actions, queries
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.ports import registry
from tests.orders.school import START, ask, come_by, mature, open_school, sell
from tests.payouts.channels import Recorder
from tests.webhooks.shop import queued

NOW = START + timedelta(days=40)


@pytest.mark.usefixtures("institution")
@pytest.mark.parametrize(("minutes", "expected"), [(1, 0), (6, 1)])
def test_a_payout_whose_job_got_lost(
    monkeypatch: pytest.MonkeyPatch, minutes: int, expected: int
) -> None:
    channel = Recorder("sandbox")
    monkeypatch.setitem(registry._payouts, "sandbox", channel)
    open_school()
    come_by("yu")
    sell("A", 100_000)
    mature()
    with clock.at(NOW):
        ask("W", 20_000)
        actions.approve("W")  # and nothing is queued: its job is gone
    assert queued("payouts.send") == []
    with clock.at(NOW + timedelta(minutes=minutes)):
        actions.chase()
        waiting = queued("payouts.send")
        assert len(waiting) == expected
        for job in waiting:
            actions.send(job["withdrawal"])
    sent = WithdrawalState.SENT if expected else WithdrawalState.APPROVED
    assert queries.by_number("W").state == sent
    assert len(channel.asked) == expected
    assert Withdrawal.objects.count() == 1
