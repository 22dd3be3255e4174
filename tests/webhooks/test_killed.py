"""kill -9 in the middle of what came later: refunds that a student asked for, payouts that wait for
their receiver, payments of which nobody heard. Afterwards all is done once more, and money once.

The victim is a process of its own. It hangs where a hook tells it to: after the ledger's posting or
the audit row, which are inside of the deed's transaction, or after the channel's answer.
"""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from kefen.adapters.payments.sandbox import books as channel
from kefen.adapters.payments.sandbox import faults
from kefen.adapters.payments.sandbox import payouts as paid_out
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.adapters.payments.sandbox.models import Payment, Payout
from kefen.adapters.payments.sandbox.models import Refund as SandboxRefund
from kefen.commissions import actions as commissions
from kefen.commissions import tasks
from kefen.core.errors import DomainError
from kefen.ledger.models import Transfer
from kefen.ops.audit import audit_institution
from kefen.ops.due import run_due
from kefen.orders import actions as orders
from kefen.orders.models import Order, Refund, RefundAsk
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.tenancy.contracts import InstitutionFacts
from tests.concurrency.racing import race
from tests.webhooks.processes import environment
from tests.webhooks.shop import (
    COMMISSION,
    PAID_BOOKS,
    PRICE,
    SLUG,
    books,
    deliver,
    paid,
    place,
    queued,
)

_VICTIM = """
import sys, time, django
django.setup()
from uuid import UUID
from kefen.platform.tenancy import scope
def hang():
    print("there", flush=True)
    time.sleep(600)
def after(module, name, when=lambda *given: True):
    done = getattr(module, name)
    def hooked(*given, **named):
        answer = done(*given, **named)
        if when(*given):
            hang()
        return answer
    setattr(module, name, hooked)
{hook}
with scope.institution(UUID(sys.argv[1])):
    {deed}
"""
_POSTED = "import kefen.ledger.actions as ledger\nafter(ledger, 'post')"
_NOTED = (
    "import kefen.platform.audit.actions as audit\n"
    "after(audit, 'record', lambda actor, verb, *_: verb == '{verb}')"
)
_ANSWERED = "from kefen.adapters.payments.sandbox.channel import Sandbox\nafter(Sandbox, '{verb}')"


def killed(institution: InstitutionFacts, hook: str, deed: str) -> None:
    """Do something in a process that is killed where it hangs."""
    script = _VICTIM.format(hook=hook, deed=deed)
    victim = subprocess.Popen(
        [sys.executable, "-c", script, str(institution.id)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "there\n"
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.communicate()


def pay_unheard() -> None:
    """The student pays at the cashier, and nobody ever hears of it."""
    place("ord-1")
    orders.open_cashier("ord-1", channel="sandbox", return_url="http://here/")
    faults.plan(SLUG, "ord-1", Fault.LOST)
    channel.pay(Payment.objects.get(order="ord-1").token)


@pytest.fixture
def sold(own_shop: InstitutionFacts) -> InstitutionFacts:
    """One paid order, whose student asks for a part of his money."""
    pay_unheard()
    assert commissions.ask_about_payment("ord-1", "sandbox") is True
    student = Actor(ActorKind.STUDENT)
    orders.ask_refund("ord-1", amount=10_000, reason="", actor=student)
    return own_shop


def test_agreeing_is_all_or_nothing(sold: InstitutionFacts) -> None:
    deed = "from kefen.commissions import actions; from kefen.platform.identity.contracts import *"
    deed += "; actions.request_refund('ord-1', 10000, 'agreed', SYSTEM, number='rfd-1')"
    killed(sold, _NOTED.format(verb="refund.requested"), deed)
    assert RefundAsk.objects.get().state == "asked"
    assert not Refund.objects.exists()
    assert queued("refunds.send") == []
    commissions.request_refund("ord-1", 10_000, "agreed", SYSTEM, number="rfd-1")
    commissions.request_refund("ord-1", 10_000, "agreed", SYSTEM, number="rfd-1")
    assert RefundAsk.objects.get().state == "agreed"
    assert len(queued("refunds.send")) == 1


@pytest.mark.parametrize(
    "hook", [_ANSWERED.format(verb="give_back"), _POSTED], ids=["sent", "booked"]
)
def test_a_refund_is_sent_and_booked_once(sold: InstitutionFacts, hook: str) -> None:
    commissions.request_refund("ord-1", 10_000, "agreed", SYSTEM, number="rfd-1")
    if hook == _POSTED:
        commissions.send_refund("rfd-1")  # the channel has it; nobody has heard of the result
    before = books()
    deed = "from kefen.commissions import actions; actions.send_refund('rfd-1')"
    killed(sold, hook, deed)
    assert books() == before
    assert Refund.objects.get().state == "requested"
    assert SandboxRefund.objects.count() == 1
    for _ in range(3):
        tasks.chase_refunds()
        commissions.send_refund("rfd-1")
    assert Refund.objects.get().state == "booked"
    assert SandboxRefund.objects.count() == 1
    assert books()["channel:sandbox"] == -(PRICE - 10_000)
    assert audit_institution() == []


@pytest.fixture
def waiting(own_shop: InstitutionFacts) -> InstitutionFacts:
    """A payout that is approved, and whose channel will wait for the receiver."""
    place("ord-1")
    assert deliver(paid("ord-1")).state == "done"
    with clock.at(clock.now() + timedelta(days=8)):
        assert run_due().matured == 1
    payouts.request(RequestWithdrawal("wd-1", "yu", COMMISSION, clock.now()))
    payouts.approve("wd-1")
    faults.plan(SLUG, "wd-1", Fault.CONFIRM)
    return own_shop


SEND = "from kefen.payouts import actions; actions.send('wd-1')"


def state() -> str:
    return Withdrawal.objects.get(number="wd-1").state


def ended_once(result: str) -> None:
    """One result, and its money moved once."""
    ends = Transfer.objects.filter(key__startswith="withdrawal:wd-1:").values_list("key", flat=True)
    assert {key.rsplit(":", 1)[1] for key in ends} == {"requested", result}
    assert Payout.objects.count() == 1
    assert Record.objects.filter(verb=f"withdrawal.{result}").count() == 1
    assert audit_institution() == []


def test_a_payout_is_sent_once_and_its_waiting_is_found_out(waiting: InstitutionFacts) -> None:
    killed(waiting, _ANSWERED.format(verb="pay_out"), SEND)
    assert state() == "sent"
    killed(waiting, _NOTED.format(verb="withdrawal.awaiting"), SEND)
    assert state() == "sent"
    for _ in range(2):
        payouts.send("wd-1")
        assert state() == "awaiting_confirmation"
    token = Payout.objects.get().token
    assert token is not None
    paid_out.confirm(token)
    killed(waiting, _POSTED, SEND)
    assert state() == "awaiting_confirmation"
    for _ in range(3):
        payouts.send("wd-1")
    assert state() == "succeeded"
    ended_once("succeeded")
    assert books().get("promoter:yu:in_transit", 0) == 0


def test_what_expired_comes_back_once(waiting: InstitutionFacts) -> None:
    payouts.send("wd-1")
    payouts.send("wd-1")
    with clock.at(clock.now() + timedelta(days=2)):
        paid_out.expire_due()
    killed(waiting, _NOTED.format(verb="withdrawal.expired"), SEND)
    assert state() == "awaiting_confirmation"
    for _ in range(3):
        payouts.send("wd-1")
    assert state() == "expired"
    ended_once("expired")
    assert books()["promoter:yu:available"] == COMMISSION


@pytest.mark.parametrize("attempt", range(3))
def test_the_end_of_the_day_and_the_receiver_race(waiting: InstitutionFacts, attempt: int) -> None:
    """The receiver confirms, his day ends, notices and questions come in any order."""
    payouts.send("wd-1")
    payouts.send("wd-1")
    token = Payout.objects.get().token
    assert token is not None

    def late() -> None:
        with clock.at(clock.now() + timedelta(days=2)):
            paid_out.expire_due()

    def asked() -> None:
        payouts.send("wd-1")

    race([lambda: paid_out.confirm(token), late, asked, asked, asked, late, asked, asked])
    payouts.send("wd-1")
    verdict = Payout.objects.get().verdict
    assert verdict in {"succeeded", "expired"}
    assert state() == verdict
    ended_once(verdict)


def test_a_payment_that_nobody_heard_of_is_booked_once(own_shop: InstitutionFacts) -> None:
    place("ord-1")
    orders.open_cashier("ord-1", channel="sandbox", return_url="http://here/")
    faults.plan(SLUG, "ord-1", Fault.LOST)
    channel.pay(Payment.objects.get(order="ord-1").token)
    deed = "from kefen.commissions import actions; actions.ask_about_payment('ord-1', 'sandbox')"
    killed(own_shop, _POSTED, deed)
    assert Order.objects.get().state == "placed"
    assert books() == {}
    with clock.at(clock.now() + timedelta(hours=1)):
        tasks.chase_payments()
        assert [job["order"] for job in queued("payments.ask")] == ["ord-1"]

        def ask() -> bool:
            return commissions.ask_about_payment("ord-1", "sandbox")

        answers = race([ask] * 8)
    assert answers.count(True) == 1
    assert not [one for one in answers if isinstance(one, DomainError)]
    assert books() == PAID_BOOKS
    assert audit_institution() == []
