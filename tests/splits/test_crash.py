"""A process that dies anywhere leaves one split: the next one goes on from what was committed.

Killing is done at every call to the channel, before and after it reached it, which are the only
places where something outside of our transactions happens; and a real process is killed, too.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from kefen.core.states import SplitState
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.splits import actions
from kefen.splits.models import OrderSplit
from tests.databases import ROOT
from tests.orders.school import DAY, money
from tests.splits.channel import FakeChannel
from tests.splits.school import DUE, look, open_dividing_school, register, sell_divisible, split_of

CALLS = ("split_facts", "add_receiver", "query_split", "split", "query_finish", "finish")


class Killed(BaseException):
    """Nobody catches it: what was committed stays, everything else is gone."""


@pytest.fixture
def channel(committed_institution, monkeypatch) -> FakeChannel:
    found = register(monkeypatch, FakeChannel(fails={"openid-chen"}))
    open_dividing_school(level2=True)
    sell_divisible()
    look(DUE - DAY)
    return found


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("time_", [1, 2], ids=["first", "second"])
def test_killed_at_a_call(channel, monkeypatch, call, after, time_):
    real, seen = getattr(channel, call), 0

    def dies(*args, **kwargs):
        nonlocal seen
        seen += 1
        if seen != time_:
            return real(*args, **kwargs)
        if after:
            real(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(channel, call, dies)
    with suppress(Killed):
        look(DUE)
    look(DUE + DAY)
    _one_split(channel)


@pytest.mark.parametrize("result", ["succeed_share", "fail_share"])
def test_killed_between_two_results(channel, monkeypatch, result):
    from kefen.payouts import actions as payouts

    real = getattr(payouts, result)

    def dies(*args, **kwargs):
        monkeypatch.setattr(payouts, result, real)
        real(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(payouts, result, dies)
    with pytest.raises(Killed):
        look(DUE)
    look(DUE + DAY)
    _one_split(channel)


def _one_split(channel: FakeChannel) -> None:
    assert split_of().state is SplitState.DONE
    assert len(channel.got) == 1
    assert set(channel.sent) == {split_of().number}
    assert list(channel.finished.values()) == [8000]
    assert Withdrawal.objects.count() == 2
    assert (money("yu"), money("chen")) == ((0, 0, 0, 0), (0, 500, 0, 0))


_VICTIM = """
import sys, time
import django
django.setup()
from uuid import UUID
from kefen.platform import clock
from kefen.platform.tenancy import scope
from kefen.ports import registry
from kefen.splits import actions
from tests.splits.channel import FakeChannel
from tests.splits.school import DUE

channel = FakeChannel()
def hangs(request):
    sys.stdout.write("sent\\n")
    sys.stdout.flush()
    time.sleep(60)
channel.split = hangs
registry.register_splits(channel)
registry.register_payouts(channel)
with scope.institution(UUID(sys.argv[1])), clock.at(DUE):
    actions.advance(sys.argv[2])
"""


def test_a_process_that_is_killed_while_it_sends(channel, committed_institution):
    from kefen.commissions import actions as commissions

    while commissions.mature(DUE):
        pass
    name = OrderSplit.objects.get().number
    victim = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _VICTIM, str(committed_institution.id), name],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    assert victim.stdout is not None
    assert victim.stdout.readline() == b"sent\n"
    time.sleep(0.1)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    victim.stdout.close()

    assert split_of().state is SplitState.SENT
    assert money("yu") == (0, 0, 2000, 0)
    with clock.at(DUE):
        actions.advance(name)  # its turn is still the dead one's
    assert channel.sent == []
    look(DUE + DAY)
    _one_split(channel)
