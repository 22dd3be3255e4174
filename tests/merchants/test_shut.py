"""An account that its channel shut for good: what began there stays with it, and none is lost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kefen.commissions import actions as commissions
from kefen.core.errors import (
    BadSignature,
    ChannelRejected,
    IllegalTransition,
    InvalidInput,
    MerchantInUse,
    NotAllowed,
    NotFound,
    SecondPersonNeeded,
)
from kefen.faces.api.webhooks_in.channels import read
from kefen.faces.api.webhooks_in.work import work
from kefen.ledger.models import Transfer
from kefen.ops.audit import audit_institution
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.orders.models import CashierVisit, LeftCashier, Order, StrayPayment
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import PolicyFacts
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.actions import add_member, make_user
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.identity.models import Role
from kefen.platform.inbox import actions as inbox
from kefen.platform.inbox.contracts import Arrived
from kefen.platform.inbox.models import Notification
from kefen.platform.merchants import actions, holds
from kefen.platform.merchants import queries as merchants
from kefen.platform.merchants.models import MerchantAccount, ShutAccount
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent, EventKind, GiveBack, Method
from kefen.reconciliation import actions as reconciliation
from kefen.reconciliation.actions import Came
from tests.concurrency.racing import codes, race
from tests.merchants.channels import Recorder
from tests.webhooks.shop import PRICE, books, open_shop, place

CHANNEL = "wechat_pay"
OLD, NEW = "1900", "1901"


@dataclass
class Books(Recorder):
    """The channel, with books of each account: what one took, another knows nothing of."""

    payments: dict[tuple[str, str], ChannelEvent] = field(default_factory=dict)
    returned: dict[tuple[str, str], ChannelEvent] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    questions: list[tuple[str, str]] = field(default_factory=list)

    def account(self, institution: str) -> str:
        found = merchants.merchants_of(CHANNEL)(institution).settings["merchant_id"]
        if found in self.dead:
            raise ChannelRejected(channel=self.name, reason="the account is shut")
        return found

    def query_payment(self, institution: str, order: str) -> ChannelEvent | None:
        self.questions.append((self.account(institution), order))
        return self.payments.get((self.account(institution), order))

    def query_refund(
        self, institution: str, refund: str, *, order: str = "", channel_number: str = ""
    ) -> ChannelEvent | None:
        found = self.returned.get((self.account(institution), refund))
        if found is None:
            raise NotFound(what=refund)
        return found

    def give_back(self, request: GiveBack) -> None:
        mine = self.account(request.institution)
        taken = [one.channel_number for (whose, _), one in self.payments.items() if whose == mine]
        if request.channel_number not in taken:
            raise ChannelRejected(channel=self.name, reason="no such payment here")
        self.returned[mine, request.refund] = told(
            request.order, f"back-{request.refund}", kind=EventKind.REFUND_SUCCEEDED
        )
        self.returned[mine, request.refund] = replace(
            self.returned[mine, request.refund], subject=request.refund, amount=request.amount
        )

    def close(self, institution: str, order: str) -> None:
        self.account(institution)

    def read_notification(
        self, institution: str, headers: Mapping[str, str], body: bytes
    ) -> ChannelEvent:
        if headers["of"] != self.account(institution):
            raise BadSignature(channel=self.name)
        return self.translate(institution, body)

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        whose, order, number = body.decode().split()
        if whose != self.account(institution):
            raise InvalidInput(field="body", reason="sealed for another account")
        return told(order, number)


def told(order: str, number: str, *, kind: EventKind = EventKind.PAYMENT_SUCCEEDED) -> ChannelEvent:
    at = datetime.now(UTC)  # noqa: TID251 - the channel has a clock of its own
    return ChannelEvent(
        f"evt-{number}", kind, order, order, PRICE, "CNY", at, channel_number=number
    )


def enter(merchant_id: str) -> None:
    values = {"app_id": "wx1", "merchant_id": merchant_id, "private_key": f"a KEY {merchant_id}"}
    actions.connect(CHANNEL, values=values, actor=SYSTEM)


def begin(number: str) -> None:
    place(number)
    orders.open_cashier(number, orders.PayBy(CHANNEL, Method.CODE), return_url="http://here/")


def shut(reason: str = "closed by the channel", actor: Actor = SYSTEM) -> bool:
    return reconciliation.declare_shut(CHANNEL, reason=reason, actor=actor)


def the_left(number: str = "ord-1") -> LeftCashier:
    found: LeftCashier = LeftCashier.objects.get(order__number=number)
    return found


def state(number: str = "ord-1") -> str:
    return str(the_left(number).state)


def notify(whose: str, order: str, number: str) -> str:
    """A notification arrives, and is worked on."""
    body = f"{whose} {order} {number}".encode()
    event, account = read(CHANNEL, "zhixing", {"of": whose}, body)
    return work_on(arrived(event, body, account))


def arrived(event: ChannelEvent, body: bytes, account: UUID | None = None) -> Arrived:
    content = f"{event.subject} {event.amount}"
    return Arrived(
        *(CHANNEL, event.event, event.kind.value, event.subject, event.order, content, body, {}),
        account=account,
    )


def work_on(one: Arrived) -> str:
    inbox.store(one)
    row = Notification.objects.get(event=one.event)
    work(row.id)
    row.refresh_from_db()
    return f"{row.state} {row.reason}".strip()


def wire(patch: pytest.MonkeyPatch) -> Books:
    found = Books()
    for ports in (registry._channels, registry._payments):
        patch.setitem(ports, CHANNEL, found)
    open_shop()
    enter(OLD)
    begin("ord-1")
    return found


@pytest.fixture
def channel(institution: InstitutionFacts, monkeypatch: pytest.MonkeyPatch) -> Books:
    """A school with an account, and an order at its cashier."""
    return wire(monkeypatch)


@pytest.fixture
def own_channel(committed_institution: InstitutionFacts, monkeypatch: pytest.MonkeyPatch) -> Books:
    """The same in a database of its own, where commits are commits."""
    return wire(monkeypatch)


def replaced() -> None:
    """The old account is shut, and the new one in its place."""
    assert shut()
    enter(NEW)


def test_another_account_takes_its_place_at_once(channel: Books) -> None:
    with pytest.raises(MerchantInUse):
        enter(NEW)
    replaced()
    assert merchants.collecting() == ["sandbox", CHANNEL] or CHANNEL in merchants.collecting()
    assert state() == "open"
    assert queries.open_left() == {CHANNEL: (1, PRICE)}
    assert queries.money_astray() == (queries.open_strays(), queries.open_left())
    begin("ord-2")
    assert queries.cashiers_at(CHANNEL) == 1
    assert queries.due_cashier_visits(clock.now() + timedelta(minutes=2)) == [("ord-2", CHANNEL)]
    verbs = Record.objects.filter(subject=f"merchant:{CHANNEL}").values_list("verb", flat=True)
    assert "merchant.declared_shut" in verbs


def test_nothing_begins_at_a_shut_account(channel: Books) -> None:
    shut()
    assert CHANNEL not in merchants.collecting()
    assert CHANNEL not in merchants.paying_out()
    place("ord-2")
    with pytest.raises(NotFound):
        orders.open_cashier("ord-2", orders.PayBy(CHANNEL, Method.CODE), return_url="http://h/")
    with pytest.raises(IllegalTransition):
        actions.switch(CHANNEL, active=True, actor=SYSTEM)
    with pytest.raises(IllegalTransition):
        shut()
    with pytest.raises(InvalidInput):
        shut(reason=" ")
    assert LeftCashier.objects.count() == ShutAccount.objects.count() == 1


def test_it_is_asked_with_the_old_keys_and_what_came_is_booked(channel: Books) -> None:
    replaced()
    channel.payments[OLD, "ord-1"] = told("ord-1", "wx-1")
    assert queries.due_left(clock.now()) == [the_left().id]
    assert commissions.ask_about_left(the_left().id)
    assert channel.questions == [(OLD, "ord-1")]
    assert not commissions.ask_about_left(the_left().id)
    assert (state(), the_left().owns) == ("came", True)
    order = Order.objects.get()
    assert (order.state, order.channel) == ("paid", CHANNEL)
    assert CashierVisit.objects.get().channel_number == "wx-1"
    # A refund of it is asked of the account that has it.
    number = commissions.request_refund("ord-1", PRICE, "why", SYSTEM)
    assert queries.open_refunds_at(CHANNEL) == 0
    commissions.send_refund(number)
    commissions.send_refund(number)
    assert [whose for whose, _ in channel.returned] == [OLD]
    assert books() == {}


def test_what_was_paid_before_is_refunded_there_as_well(channel: Books) -> None:
    channel.payments[OLD, "ord-1"] = told("ord-1", "wx-1")
    assert commissions.ask_about_payment("ord-1", CHANNEL)
    number = commissions.request_refund("ord-1", PRICE, "why", SYSTEM)
    with pytest.raises(MerchantInUse):
        enter(NEW)
    with clock.at(clock.now() + timedelta(hours=1)):
        replaced()
        assert LeftCashier.objects.count() == 0
        commissions.send_refund(number)
        commissions.send_refund(number)
    assert [whose for whose, _ in channel.returned] == [OLD]


def test_a_shut_account_that_answers_no_more_is_asked_less_and_less(channel: Books) -> None:
    replaced()
    channel.dead.add(OLD)
    gaps, at = [], clock.now()
    for _ in range(25):
        with clock.at(at):
            assert queries.due_left(at) == [the_left().id]
            assert not commissions.ask_about_left(the_left().id)
            assert queries.due_left(at) == []
            found = the_left().next_at
            assert found is not None
            gaps.append((found - at).total_seconds())
            at = found
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (60, 86_400)
    assert state() == "open"


def test_not_paid_is_its_last_word_when_nobody_can_pay_any_more(channel: Books) -> None:
    replaced()
    assert not commissions.ask_about_left(the_left().id)
    assert state() == "open"
    with clock.at(clock.now() + timedelta(hours=49)):
        assert not commissions.ask_about_left(the_left().id)
    assert state() == "unpaid"


def test_paid_at_both_accounts_the_later_one_goes_back_where_it_came(channel: Books) -> None:
    replaced()
    orders.open_cashier("ord-1", orders.PayBy(CHANNEL, Method.CODE), return_url="http://here/")
    channel.payments[NEW, "ord-1"] = told("ord-1", "wx-new")
    channel.payments[OLD, "ord-1"] = told("ord-1", "wx-old")
    assert commissions.ask_about_payment("ord-1", CHANNEL)
    assert not commissions.ask_about_left(the_left().id)
    assert (state(), the_left().owns) == ("came", False)
    stray = StrayPayment.objects.get()
    commissions.return_stray(stray.number)
    commissions.return_stray(stray.number)
    assert list(channel.returned) == [(OLD, stray.number)]
    assert StrayPayment.objects.get().state == "returned"
    assert books()[f"channel:{CHANNEL}"] == -PRICE
    assert "institution:strays" not in books()


def test_and_the_other_way_round(channel: Books) -> None:
    replaced()
    orders.open_cashier("ord-1", orders.PayBy(CHANNEL, Method.CODE), return_url="http://here/")
    channel.payments[NEW, "ord-1"] = told("ord-1", "wx-new")
    channel.payments[OLD, "ord-1"] = told("ord-1", "wx-old")
    assert commissions.ask_about_left(the_left().id)
    # The present cashier is asked on: that money must not lie there unnoticed.
    assert queries.cashiers_at(CHANNEL) == 1
    assert queries.due_cashier_visits(clock.now() + timedelta(minutes=2)) == [("ord-1", CHANNEL)]
    assert not commissions.ask_about_payment("ord-1", CHANNEL)
    stray = StrayPayment.objects.get()
    commissions.return_stray(stray.number)
    commissions.return_stray(stray.number)
    assert list(channel.returned) == [(NEW, stray.number)]
    assert "institution:strays" not in books()
    assert queries.cashiers_at(CHANNEL) == 0


def test_a_late_notification_is_read_with_the_old_keys(channel: Books) -> None:
    replaced()
    assert notify(OLD, "ord-1", "wx-1") == "done"
    assert (state(), the_left().owns) == ("came", True)
    assert notify(OLD, "ord-1", "wx-1") == "done"
    assert Transfer.objects.count() == 1
    with pytest.raises(BadSignature):
        read(CHANNEL, "zhixing", {"of": "1999"}, b"1999 ord-1 wx-2")


def test_what_was_stored_before_is_worked_on_with_the_old_keys(channel: Books) -> None:
    body = f"{OLD} ord-1 wx-1".encode()
    event, account = read(CHANNEL, "zhixing", {"of": OLD}, body)
    assert account is None
    inbox.store(arrived(event, body))
    with clock.at(clock.now() + timedelta(minutes=1)):
        replaced()
        assert work_on(arrived(event, body)) == "done"
    assert (state(), the_left().owns) == ("came", True)


@pytest.mark.parametrize("cancelled", [False, True])
def test_declared_never_and_then_it_came_after_all(channel: Books, *, cancelled: bool) -> None:
    replaced()
    left = the_left().id
    assert reconciliation.settle_left(left, Came.NEVER, note="not on its bills", actor=SYSTEM)
    assert (state(), books()) == ("never", {})
    assert queries.due_left(clock.now()) == []
    assert queries.open_left() == {}
    assert queries.money_astray() == ((0, 0), {})
    if cancelled:
        orders.cancel("ord-1")
    channel.payments[OLD, "ord-1"] = told("ord-1", "wx-1")
    assert notify(OLD, "ord-1", "wx-1") == "done"
    assert state() == "came"
    assert Order.objects.get().state == ("cancelled" if cancelled else "paid")
    if cancelled:
        stray = StrayPayment.objects.get()
        commissions.return_stray(stray.number)
        commissions.return_stray(stray.number)
        assert list(channel.returned) == [(OLD, stray.number)]
        assert books() == {}
    else:
        assert books()[f"channel:{CHANNEL}"] == -PRICE
        assert not StrayPayment.objects.exists()


def test_declared_came_and_then_it_is_told(channel: Books) -> None:
    """Of what a person says the channel's number is not known: its own word is no second one."""
    replaced()
    left = the_left().id
    assert reconciliation.settle_left(
        left, Came.CAME, note="on the bank's list", actor=SYSTEM, channel_number="typed wrongly"
    )
    with pytest.raises(IllegalTransition):
        reconciliation.settle_left(left, Came.NEVER, note="no", actor=SYSTEM)
    assert Order.objects.get().state == "paid"
    before = books()
    assert notify(OLD, "ord-1", "wx-1") == "done"
    assert notify(OLD, "ord-1", "wx-1") == "done"
    assert (books(), StrayPayment.objects.count()) == (before, 0)
    assert CashierVisit.objects.get().channel_number == "wx-1"
    # But another one is, and so is one at the account in place.
    assert notify(OLD, "ord-1", "wx-2") == "done"
    assert notify(NEW, "ord-1", "wx-3") == "done"
    assert sorted(StrayPayment.objects.values_list("channel_number", flat=True)) == ["wx-2", "wx-3"]


def test_declared_came_and_paid_at_the_account_in_place(channel: Books) -> None:
    replaced()
    orders.open_cashier("ord-1", orders.PayBy(CHANNEL, Method.CODE), return_url="http://here/")
    reconciliation.settle_left(the_left().id, Came.CAME, note="bank's list", actor=SYSTEM)
    assert notify(NEW, "ord-1", "wx-new") == "done"
    assert StrayPayment.objects.get().account_id is None
    assert CashierVisit.objects.get().channel_number == ""


def test_what_is_not_owed_any_more_needs_its_number_and_goes_back(channel: Books) -> None:
    replaced()
    orders.cancel("ord-1")
    left = the_left().id
    with pytest.raises(InvalidInput):
        reconciliation.settle_left(left, Came.CAME, note="it came", actor=SYSTEM)
    assert (state(), the_left().decision) == ("open", "")
    channel.payments[OLD, "ord-1"] = told("ord-1", "wx-1")
    assert reconciliation.settle_left(
        left, Came.CAME, note="it came", actor=SYSTEM, channel_number="wx-1"
    )
    # The channel's own word of it is the same payment.
    assert notify(OLD, "ord-1", "wx-1") == "done"
    stray = StrayPayment.objects.get()
    for _ in range(3):
        commissions.return_stray(stray.number)
    assert list(channel.returned) == [(OLD, stray.number)]
    assert books() == {}


def person(role: Role) -> Actor:
    user = make_user(role.value)
    add_member(user, role, display_name=role.value)
    return Actor(ActorKind.OPERATOR, user.id)


def test_two_persons_where_the_school_wants_two(channel: Books) -> None:
    payouts.set_policy(PolicyFacts(two_persons_from=PRICE), actor=SYSTEM)
    owner, other, desk = person(Role.OWNER), person(Role.FINANCE), person(Role.REVIEWER)
    for nobody in (SYSTEM, other, desk):
        with pytest.raises(NotAllowed):
            shut(actor=nobody)
    assert not shut(actor=owner)
    assert MerchantAccount.objects.get().shut_at is None
    with pytest.raises(MerchantInUse):
        enter(NEW)
    with pytest.raises(SecondPersonNeeded):
        shut(actor=owner)
    with pytest.raises(NotAllowed):
        shut(actor=SYSTEM)
    assert shut(actor=other)
    enter(NEW)
    left = the_left().id

    def settle(decision: Came, who: Actor) -> bool:
        return reconciliation.settle_left(left, decision, note="looked", actor=who)

    with pytest.raises(NotAllowed):
        settle(Came.NEVER, desk)
    with pytest.raises(NotAllowed):
        settle(Came.NEVER, SYSTEM)
    assert not settle(Came.NEVER, owner)
    with pytest.raises(SecondPersonNeeded):
        settle(Came.NEVER, owner)
    # Another decision is a first one again.
    assert not settle(Came.CAME, other)
    assert not settle(Came.NEVER, owner)
    assert (state(), books()) == ("open", {})
    assert settle(Came.NEVER, other)
    row = the_left()
    assert (row.state, row.first_person, row.second_person) == ("never", owner.user, other.user)
    verbs = Record.objects.filter(verb__startswith="left.").values_list("verb", flat=True)
    assert sorted(verbs) == [*["left.first_settled"] * 3, "left.settled"]


def test_the_second_person_names_the_same_payment(channel: Books) -> None:
    replaced()
    orders.cancel("ord-1")
    payouts.set_policy(PolicyFacts(two_persons_from=PRICE), actor=SYSTEM)
    owner, other = person(Role.OWNER), person(Role.FINANCE)
    left = the_left().id

    def came(number: str, who: Actor) -> bool:
        return reconciliation.settle_left(
            left, Came.CAME, note="looked", actor=who, channel_number=number
        )

    assert not came("wx-1", owner)
    # Another payment is a first word again: nobody sends money back alone.
    assert not came("wx-2", other)
    assert (state(), StrayPayment.objects.count()) == ("open", 0)
    with pytest.raises(SecondPersonNeeded):
        came("wx-2", other)
    assert came("wx-2", owner)
    assert StrayPayment.objects.get().channel_number == "wx-2"


def test_what_is_opened_while_a_person_declares_counts_too(
    channel: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    payouts.set_policy(PolicyFacts(two_persons_from=2 * PRICE), actor=SYSTEM)
    place("ord-2")
    alone = holds.take_alone

    def after_another(name: str) -> None:
        order = Order.objects.get(number="ord-2")
        CashierVisit.objects.create(order_id=order.id, channel=name, opened_at=clock.now())
        alone(name)

    monkeypatch.setattr(holds, "take_alone", after_another)
    assert not shut(actor=person(Role.OWNER)), "a second person has to say the same"
    assert MerchantAccount.objects.get().shut_at is None


def test_two_accounts_shut_after_each_other(channel: Books) -> None:
    replaced()
    with clock.at(clock.now() + timedelta(hours=1)):
        orders.open_cashier("ord-1", orders.PayBy(CHANNEL, Method.CODE), return_url="http://h/")
        shut()
        enter("1902")
        assert LeftCashier.objects.count() == 2
        assert notify(OLD, "ord-1", "wx-1") == "done"
        assert notify(NEW, "ord-1", "wx-2") == "done"
    channel.payments[NEW, "ord-1"] = told("ord-1", "wx-2")
    stray = StrayPayment.objects.get()
    commissions.return_stray(stray.number)
    assert list(channel.returned) == [(NEW, stray.number)]


def all_at_once(deeds: list[Callable[[], object]]) -> list[str]:
    return [code for code in codes(race(deeds)) if code != "illegal_transition"]


def test_declaring_and_opening_at_one_moment(own_channel: Books) -> None:
    """Whatever was begun is left behind or at the new account; nothing is between."""
    numbers = [f"ord-{nth}" for nth in range(2, 10)]
    for number in numbers:
        place(number)

    def opens(number: str) -> Callable[[], object]:
        by = orders.PayBy(CHANNEL, Method.CODE)
        return lambda: orders.open_cashier(number, by, return_url="http://here/")

    found = all_at_once([*map(opens, numbers[:4]), shut, shut, *map(opens, numbers[4:])])
    assert set(found) <= {"not_found"}
    assert ShutAccount.objects.filter(shut_at__isnull=False).count() == 1
    left = set(LeftCashier.objects.values_list("order__number", flat=True))
    assert len(left) + len(found) == 9
    assert queries.cashiers_at(CHANNEL) == 0
    enter(NEW)


def test_told_asked_and_settled_at_one_moment(own_channel: Books) -> None:
    replaced()
    left = the_left().id
    event = told("ord-1", "wx-1")
    own_channel.payments[OLD, "ord-1"] = event
    account = the_left().account_id
    deeds: list[Callable[[], object]] = [
        lambda: commissions.take_payment(CHANNEL, event, account=account),
        lambda: commissions.ask_about_left(left),
        lambda: reconciliation.settle_left(left, Came.CAME, note="it came", actor=SYSTEM),
        lambda: reconciliation.settle_left(left, Came.NEVER, note="it did not", actor=SYSTEM),
    ]
    assert all_at_once(deeds * 2) == []
    assert commissions.take_payment(CHANNEL, event, account=account) is False
    assert (state(), the_left().owns) == ("came", True)
    assert books()[f"channel:{CHANNEL}"] == -PRICE
    assert not StrayPayment.objects.exists()
    assert Transfer.objects.count() == 1
    assert audit_institution() == []
