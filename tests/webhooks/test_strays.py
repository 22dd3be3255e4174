"""Money that nobody owes goes back by itself, once, whatever comes together on the way."""

from dataclasses import replace
from uuid import uuid5

import pytest

from kefen.adapters.payments.sandbox import books as channel
from kefen.adapters.payments.sandbox import faults
from kefen.adapters.payments.sandbox.channel import Sandbox
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.adapters.payments.sandbox.models import Payment
from kefen.adapters.payments.sandbox.models import Refund as SandboxRefund
from kefen.commissions import actions as commissions
from kefen.commissions.contracts import Payment as Paid
from kefen.core.errors import (
    AmountMismatch,
    ChannelRejected,
    ChannelUnavailable,
    IllegalTransition,
    InvalidInput,
    NumberConflict,
)
from kefen.ledger.models import Transfer
from kefen.ops.audit import audit_institution
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.orders.models import Order, Refund, StrayPayment
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent, EventKind, GiveBack
from tests.concurrency.elsewhere import busy
from tests.concurrency.racing import codes, race
from tests.webhooks.shop import (
    COMMISSION,
    PRICE,
    SLUG,
    books,
    deliver,
    paid,
    place,
    queued,
    refunded,
)
from tests.webhooks.test_killed import killed

HELD = {"channel:sandbox": -PRICE, "institution:strays": PRICE}
_KEPT = (
    "import kefen.platform.audit.actions as audit\n"
    "after(audit, 'record', lambda actor, verb, *_: verb == 'stray.{verb}')"
)
_ANSWERED = "from kefen.adapters.payments.sandbox.channel import Sandbox\nafter(Sandbox, '{verb}')"
# Everything is written down, and nothing was sent so far.
_NOT_SENT = (
    "import kefen.commissions.actions\n"
    "after(sys.modules['kefen.commissions.actions.return_stray'], 'notify_url')"
)


def pay(number: str = "ord-1") -> ChannelEvent:
    """The student pays at the sandbox's cashier; what it answers when it is asked."""
    orders.open_cashier(number, orders.PayBy("sandbox"), return_url="http://here/")
    faults.plan(SLUG, number, Fault.LOST)
    channel.pay(Payment.objects.get(order=number).token)
    event = registry.payments("sandbox").query_payment(SLUG, number)
    assert event is not None
    return event


def cancelled_and_paid() -> ChannelEvent:
    """An order that was cancelled while its student was paying."""
    place("ord-1")
    event = pay()
    orders.cancel("ord-1")
    return event


def arrives_and_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The channel refuses, although a request that was given up for lost arrives just now."""
    arrive = Sandbox.give_back

    def refuse(self: Sandbox, request: GiveBack) -> None:
        arrive(self, request)
        raise ChannelRejected(channel="sandbox", reason="no")

    monkeypatch.setattr(Sandbox, "give_back", refuse)


@pytest.mark.usefixtures("shop")
def test_what_arrived_was_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    commissions.receive_stray("sandbox", cancelled_and_paid(), "order_not_open")
    arrives_and_is_refused(monkeypatch)
    commissions.return_stray(the_stray().number)
    assert the_stray().state != "failed"
    assert SandboxRefund.objects.count() == 1


@pytest.mark.usefixtures("shop")
def test_a_refund_that_arrived_was_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    place("ord-1")
    commissions.take_payment("sandbox", pay())
    number = commissions.request_refund("ord-1", 1_00, "why", SYSTEM)
    arrives_and_is_refused(monkeypatch)
    commissions.send_refund(number)
    assert Refund.objects.get().state != "failed"
    assert SandboxRefund.objects.count() == 1


@pytest.mark.usefixtures("shop")
def test_who_is_not_alone_leaves_it_to_the_other() -> None:
    commissions.receive_stray("sandbox", cancelled_and_paid(), "order_not_open")
    stray = the_stray()
    with busy(uuid5(stray.order_id, stray.number)):
        commissions.return_stray(stray.number)
        assert (the_stray().attempts, SandboxRefund.objects.count()) == (0, 0)
    commissions.return_stray(stray.number)
    assert (the_stray().attempts, SandboxRefund.objects.count()) == (1, 1)


def the_stray() -> StrayPayment:
    found: StrayPayment = StrayPayment.objects.get()
    return found


def state() -> tuple[str, str]:
    row = the_stray()
    return row.state, row.reason


@pytest.mark.usefixtures("shop")
def test_it_is_kept_booked_given_back_and_audited() -> None:
    event = cancelled_and_paid()
    assert deliver(event).state == "done"
    assert books() == HELD
    number = the_stray().number
    assert [job["stray"] for job in queued("strays.return")] == [number]
    commissions.return_stray(number)
    assert state() == ("asked", "")
    commissions.return_stray(number)
    assert state() == ("returned", "")
    assert books() == {}
    assert SandboxRefund.objects.get().number == number
    assert deliver(channel.refund_event(SandboxRefund.objects.get())).state == "done"
    assert books() == {}
    notes = Record.objects.filter(verb__startswith="stray.").order_by("at", "id")
    verbs = ["stray.received", "stray.asked", "stray.returned"]
    assert list(notes.values_list("verb", flat=True)) == verbs
    assert {note.subject for note in notes} == {"order:ord-1"}
    # Nothing of the order itself: no refund, no rebate, no payment.
    assert Order.objects.get().state == "cancelled"
    assert not Refund.objects.exists()
    assert audit_institution() == []


@pytest.mark.usefixtures("shop")
def test_told_again_and_again_it_goes_back_once() -> None:
    event = cancelled_and_paid()
    for nth in range(3):
        assert deliver(replace(event, event=f"evt-{nth}")).state == "done"
    assert not commissions.take_payment("sandbox", event)
    assert not commissions.ask_about_payment("ord-1", "sandbox")
    assert StrayPayment.objects.count() == 1
    for _ in range(4):
        commissions.return_stray(the_stray().number)
    assert SandboxRefund.objects.count() == 1
    assert not commissions.take_payment("sandbox", event)
    assert state() == ("returned", "")
    assert Transfer.objects.filter(key__startswith="stray:").count() == 2


@pytest.mark.usefixtures("shop")
def test_an_order_that_was_paid_elsewhere_keeps_its_own_payment() -> None:
    place("ord-1")
    event = pay()
    commissions.book_one(Paid("ord-1", "elsewhere", clock.now()))
    before = books()
    assert not commissions.take_payment("sandbox", event)
    commissions.return_stray(the_stray().number)
    commissions.return_stray(the_stray().number)
    assert (the_stray().cause, the_stray().state) == ("paid_twice", "returned")
    assert books() == before
    order = Order.objects.get()
    assert (order.state, order.channel) == ("paid", "elsewhere")
    assert not Refund.objects.exists()


@pytest.mark.usefixtures("shop")
def test_the_orders_own_payment_is_never_given_back_by_this() -> None:
    place("ord-1")
    event = pay()
    assert commissions.take_payment("sandbox", event)
    assert not commissions.take_payment("sandbox", event)
    with pytest.raises(InvalidInput):
        commissions.receive_stray("sandbox", event, "only_on_bill")
    # Nor one of which nobody can tell whether it is: the channel named none before.
    place("ord-2")
    commissions.book_one(Paid("ord-2", "sandbox", clock.now()))
    other = replace(event, order="ord-2", subject="ord-2")
    with pytest.raises(InvalidInput):
        commissions.receive_stray("sandbox", other, "only_on_bill")
    place("ord-3")
    with pytest.raises(InvalidInput):
        commissions.receive_stray("sandbox", replace(event, order="ord-3"), "only_on_bill")
    assert not StrayPayment.objects.exists()
    assert queued("strays.return") == []


@pytest.mark.usefixtures("shop")
def test_the_channel_gives_back_the_payment_that_is_named_and_no_other() -> None:
    """A second payment that only its notice knows of: the first must not go back instead."""
    place("ord-1")
    event = pay()
    commissions.take_payment("sandbox", event)
    second = replace(event, event="evt-2", channel_number="sbx-another")
    assert not commissions.take_payment("sandbox", second)
    commissions.return_stray(the_stray().number)
    assert state() == ("failed", "the order has no such payment here")
    assert not SandboxRefund.objects.exists()


@pytest.mark.usefixtures("shop")
def test_what_the_channel_did_not_number_waits_for_a_person() -> None:
    place("ord-1")
    orders.cancel("ord-1")
    assert deliver(paid("ord-1")).reason == "order_not_open"
    assert not StrayPayment.objects.exists()


@pytest.mark.usefixtures("shop")
def test_one_number_with_other_content_is_a_conflict() -> None:
    event = cancelled_and_paid()
    commissions.take_payment("sandbox", event)
    with pytest.raises(NumberConflict):
        commissions.take_payment("sandbox", replace(event, amount=PRICE - 1))
    assert the_stray().amount == PRICE


@pytest.mark.usefixtures("shop")
def test_a_result_that_does_not_fit_is_not_believed() -> None:
    event = cancelled_and_paid()
    commissions.take_payment("sandbox", event)
    number = the_stray().number
    told = refunded("ord-1", number, PRICE)
    with pytest.raises(AmountMismatch):
        commissions.take_stray_result("sandbox", replace(told, amount=1))
    with pytest.raises(NumberConflict):
        commissions.take_stray_result("elsewhere", told)
    assert deliver(replace(told, order="ord-2")).reason == "conflict"
    assert state() == ("asked", "")
    commissions.take_stray_result("sandbox", told)
    with pytest.raises(NumberConflict):
        commissions.take_stray_result("sandbox", replace(told, kind=EventKind.REFUND_FAILED))
    assert state() == ("returned", "")


@pytest.mark.usefixtures("shop")
def test_a_refusal_is_for_a_person_who_asks_again_or_settles_it() -> None:
    event = cancelled_and_paid()
    commissions.take_payment("sandbox", event)
    number = the_stray().number
    faults.plan(SLUG, number, Fault.REJECTED)
    commissions.return_stray(number)
    commissions.return_stray(number)
    assert state() == ("failed", "the account is closed")
    assert queries.open_strays() == (1, PRICE)
    assert list(queries.filtered(state="stray").values_list("number", flat=True)) == ["ord-1"]
    commissions.ask_stray_again(number, actor=SYSTEM)
    with pytest.raises(IllegalTransition):
        commissions.ask_stray_again(number, actor=SYSTEM)
    commissions.return_stray(number)
    assert state()[0] == "failed"
    assert SandboxRefund.objects.count() == 1
    with pytest.raises(InvalidInput):
        commissions.settle_stray(number, note=" ", actor=SYSTEM)
    commissions.settle_stray(number, note="bank transfer", actor=SYSTEM)
    with pytest.raises(IllegalTransition):
        commissions.settle_stray(number, note="once more", actor=SYSTEM)
    assert queries.open_strays() == (0, 0)
    assert books() == {"channel:sandbox": -PRICE, "institution:main": PRICE}
    # The channel gave it back after all: that was the school's own money by then.
    commissions.take_stray_result("sandbox", refunded("ord-1", number, PRICE))
    assert books() == {}
    assert audit_institution() == []


@pytest.mark.usefixtures("shop")
def test_a_channel_that_does_not_answer_is_asked_less_and_less(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise ChannelUnavailable(channel="sandbox")

    commissions.take_payment("sandbox", cancelled_and_paid())
    number, start = the_stray().number, clock.now()
    monkeypatch.setattr(sandbox, "query_refund", silent)
    gaps = []
    for _ in range(20):
        at = the_stray().next_at
        with clock.at(max(at, start)):
            assert queries.due_strays(clock.now()) == [number]
            with pytest.raises(ChannelUnavailable):
                commissions.return_stray(number)
            assert queries.due_strays(clock.now()) == []
            gaps.append((the_stray().next_at - clock.now()).total_seconds())
    assert gaps[:3] == [60, 90, 135]
    assert gaps == sorted(gaps)
    assert gaps[-1] == 6 * 3600
    assert state() == ("asked", "")


def test_notice_question_and_asking_at_one_moment(own_shop: InstitutionFacts) -> None:
    event = cancelled_and_paid()

    def tell() -> bool:
        return commissions.take_payment("sandbox", event)

    def ask() -> bool:
        return commissions.ask_about_payment("ord-1", "sandbox")

    assert codes(race([tell, ask] * 4)) == []
    number = the_stray().number
    assert books() == HELD
    assert codes(race([lambda: commissions.return_stray(number)] * 6)) == []
    told = channel.refund_event(SandboxRefund.objects.get())
    hear = [lambda: commissions.take_stray_result("sandbox", told)] * 3
    assert codes(race([*hear, lambda: commissions.return_stray(number)] * 2)) == []
    assert state() == ("returned", "")
    assert books() == {}
    assert SandboxRefund.objects.count() == 1
    assert audit_institution() == []


def test_cancelling_while_the_payment_arrives(own_shop: InstitutionFacts) -> None:
    """Either the order is paid and cannot be cancelled, or it is cancelled and the money goes
    back; never both, never neither."""
    seen = set()
    for nth in range(12):
        number = f"ord-{nth}"
        place(number)
        event = pay(number)
        answers = race(
            [
                lambda event=event: commissions.take_payment("sandbox", event),
                lambda number=number: orders.cancel(number),
            ][:: 1 if nth % 2 else -1]
        )
        order = Order.objects.get(number=number)
        astray = StrayPayment.objects.filter(order_id=order.id).exists()
        assert astray == (order.state == "cancelled")
        assert codes(answers) == ([] if astray else ["order_not_open"])
        seen.add(order.state)
    assert seen <= {"paid", "cancelled"}
    paid_ones = Order.objects.filter(state="paid").count()
    astray_ones = StrayPayment.objects.count()
    assert paid_ones + astray_ones == 12
    assert books().get("promoter:yu:pending", 0) == paid_ones * COMMISSION
    assert books().get("institution:strays", 0) == astray_ones * PRICE
    assert audit_institution() == []


@pytest.mark.parametrize(
    ("hook", "kept"),
    [
        (_KEPT.format(verb="received"), False),
        (_KEPT.format(verb="asked"), True),
        (_NOT_SENT, True),
        (_ANSWERED.format(verb="give_back"), True),
    ],
)
def test_kill_9_on_the_way_asks_again_under_the_same_number(
    own_shop: InstitutionFacts, hook: str, kept: bool
) -> None:
    event = cancelled_and_paid()
    number = orders.stray_number("sandbox", event.channel_number)
    if kept:
        commissions.take_payment("sandbox", event)
        assert the_stray().number == number
        deed = f"from kefen.commissions import actions; actions.return_stray('{number}')"
    else:
        deed = "from kefen.commissions import actions"
        deed += "; actions.ask_about_payment('ord-1', 'sandbox')"
    killed(own_shop, hook, deed)
    assert StrayPayment.objects.exists() == kept
    assert books() == (HELD if kept else {})
    commissions.ask_about_payment("ord-1", "sandbox")
    for _ in range(3):
        commissions.return_stray(number)
    assert state() == ("returned", "")
    assert SandboxRefund.objects.get().number == number
    assert books() == {}
    assert audit_institution() == []
