"""A channel that is down for an hour: nothing is lost, nothing is sent twice, nobody asks without
end, and when it is back everything ends by itself, with the same numbers."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from kefen.commissions.actions import request_refund
from kefen.core import postings
from kefen.ledger import queries as ledger
from kefen.ops.audit import audit_institution
from kefen.orders.actions import PayBy, open_cashier
from kefen.orders.models import Order, Refund
from kefen.payouts import actions as payouts
from kefen.payouts.models import PayoutAccount, Withdrawal
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.declare import declare_identity
from kefen.platform.merchants.actions import connect
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.ports import registry
from kefen.promoters.models import Promoter
from tests.adapters.contract import HERE
from tests.orders.school import ask, money, open_school, place, student
from tests.outage.clockwork import Clockwork
from tests.outage.sides import CHANNELS, Outage, done, other_side, set_clock
from tests.splits.school import id_number

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
PORTS = ("_payments", "_payouts")
# A payment, a refund and a payout: each is asked for some eight times by its own patience, and
# once in five minutes by the clock; the payment ever more seldom.
AT_MOST = 60
ENDS = [
    (name, answers, sent)
    for name in CHANNELS
    for answers in (False, True)
    for sent in (False, True)
    if not (name == "sandbox" and answers)  # it is asked by no network
]


@pytest.fixture
def side(rolled_back: None, tmp_path: Path, monkeypatch, request) -> Iterator[Any]:
    """The channel, in the place of the one that is wired."""
    with other_side(request.param, tmp_path) as found:
        for ports in PORTS:
            known = dict(getattr(registry, ports))
            monkeypatch.setattr(registry, ports, known | {request.param: found.channel})
        founded = found_institution(slug=HERE, name="知行学堂", currency=found.currency)
        with scope.institution(founded.id), override_settings(STAND_INS=True):
            enter(found)
            yield found
    clock.shift_by(None)


def enter(side: Any) -> None:
    """The school's account there, where the channel has such."""
    if hasattr(side, "merchant"):
        account = side.merchant()
        told = {field.name for field in side.channel.fields if field.told}
        kept = {**account.settings, **account.secrets}
        values = {name: text for name, text in kept.items() if name not in told}
        connect(side.channel.name, values=values, gateway=account.gateway, actor=SYSTEM)


@pytest.fixture
def clockwork(side: Any) -> Clockwork:
    def tell(ahead: timedelta) -> None:
        clock.shift_by(lambda: ahead)
        set_clock(side, ahead)

    return Clockwork(tell)


@pytest.mark.parametrize(("side", "answers", "sent"), ENDS, indirect=["side"])
def test_an_hour_without_the_channel(
    side: Any, clockwork: Clockwork, answers: bool, sent: bool
) -> None:
    """`answers`: it answers 5xx and does nothing; otherwise nobody listens. `sent`: refund and
    payout were done just before it went down, and their answers got lost."""
    outage = Outage(side, answers=answers)
    earn(side, clockwork)
    if sent:
        ask_for_money(side)
        side.stay_silent("wd-1")
        side.stay_silent("rfd-1")
        clockwork.pass_time(timedelta(seconds=0))
        side.speak_again("wd-1")
        side.speak_again("rfd-1")
        assert done(side) == (1, 1)
    go_to_cashier(side, "C")
    side.student_pays("C")
    clockwork.runs.clear()
    with outage.lasting():
        if not sent:
            ask_for_money(side)
        clockwork.pass_time(HOUR)
        assert under_way() == ("placed", "requested", "sent")
    asked = clockwork.runs.total()
    assert clockwork.failed == []
    assert 3 * 8 <= asked <= AT_MOST, clockwork.runs
    assert not answers or outage.requests <= AT_MOST
    assert done(side) == ((1, 1) if sent else (0, 0))

    clockwork.pass_time(15 * MINUTE)
    side.receiver_confirms("wd-1")
    clockwork.pass_time(15 * MINUTE)
    assert under_way() == ("paid", "booked", "succeeded")
    assert done(side) == (1, 1)
    assert clockwork.failed == [] == clockwork.waiting()
    assert_numbers(side.channel.name)


def earn(side: Any, clockwork: Clockwork) -> None:
    """yu sold A and B, and what he earned by them is available."""
    open_school()
    account = student("yu-himself")
    promoter = Promoter.objects.get(code="yu")
    Promoter.objects.filter(id=promoter.id).update(account_id=account)
    declare_identity(account, real_name=side.person.name or "赵一", id_number=id_number(1))
    PayoutAccount.objects.create(
        promoter_id=promoter.id,
        kind=side.channel.name,
        account=side.person.account,
        name=side.person.name if side.channel.name == "alipay" else "",
        changed_at=clock.now(),
    )
    for order in ("A", "B"):
        go_to_cashier(side, order)
        side.student_pays(order)
    clockwork.pass_time(10 * MINUTE)
    clockwork.jump(8 * DAY)
    clockwork.pass_time(2 * MINUTE)
    assert money() == (0, 4_000, 0, 0)
    assert clockwork.waiting() == []


def go_to_cashier(side: Any, order: str) -> None:
    place(order, 10_000, code="yu", at=clock.now(), who=f"student-{order}")
    by = PayBy(side.channel.name, side.channel.methods[-1], side.payer(), "203.0.113.9")
    open_cashier(order, by, return_url="https://school.example/done")


def ask_for_money(side: Any) -> None:
    """A promoter wants what he earned, a student half of what he paid."""
    ask("wd-1", 3_000)
    payouts.approve_and_send("wd-1")
    request_refund("B", 5_000, "changed my mind", SYSTEM, number="rfd-1")


def under_way() -> tuple[str, str, str]:
    """How far the payment, the refund and the payout are."""
    payment, refund = Order.objects.get(number="C"), Refund.objects.get(number="rfd-1")
    return payment.state, refund.state, Withdrawal.objects.get(number="wd-1").state


def assert_numbers(channel: str) -> None:
    """Three orders were paid, half of one went back with its commission, one payout left."""
    balances = ledger.balances()
    assert -balances[postings.channel(channel)] == 3 * 10_000 - 5_000
    assert balances[postings.PAYOUT] == 3_000
    assert money() == (2_000, 0, 0, 0)
    assert audit_institution() == []
