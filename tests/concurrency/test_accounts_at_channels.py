"""An account that is changed at the instant at which something is begun there."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from kefen.commissions import actions as commissions
from kefen.core.errors import MerchantInUse, NotFound
from kefen.core.states import WithdrawalState
from kefen.orders import actions as orders
from kefen.orders.models import CashierVisit, Refund, RefundState
from kefen.payouts import actions as payouts
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants import actions, guards, queries
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from kefen.ports.payments import Cashier, ChannelEvent, Collect, GiveBack, Method
from kefen.ports.payouts import PayOut
from tests.concurrency.racing import SECONDS, race
from tests.merchants.channels import Recorder
from tests.orders.school import DAY, START, ask, come_by, mature, open_school, pay, place

CHANNEL = "wechat_pay"
ROUNDS = 50
NUMBERS = [f"W{place}" for place in range(ROUNDS)]


@dataclass
class Books(Recorder):
    """The channel, with the books of each account: what is known in one is unknown in another."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    before_answering: list[Callable[[], None]] = field(default_factory=list)

    def account(self, institution: str) -> str:
        return queries.merchants_of(CHANNEL)(institution).settings["merchant_id"]

    def _take(self, institution: str, number: str) -> None:
        self.sent.append((self.account(institution), number))

    def _look(self, institution: str, number: str) -> None:
        while self.before_answering:
            self.before_answering.pop()()
        if (self.account(institution), number) not in self.sent:
            raise NotFound(what=number)

    def collect(self, request: Collect) -> Cashier:
        self._take(request.institution, request.order)
        return Cashier(url="https://pay.example.com")

    def give_back(self, request: GiveBack) -> None:
        self._take(request.institution, request.refund)

    def query_refund(
        self, institution: str, refund: str, *, order: str = "", channel_number: str = ""
    ) -> ChannelEvent | None:
        self._look(institution, refund)
        return None

    def pay_out(self, request: PayOut) -> None:
        self._take(request.institution, request.withdrawal)

    def query_payout(self, institution: str, withdrawal: str) -> ChannelEvent | None:
        self._look(institution, withdrawal)
        return None


def enter(merchant_id: str) -> None:
    values: Mapping[str, str] = {"app_id": "wx1", "merchant_id": merchant_id}
    actions.connect(CHANNEL, values={**values, "private_key": "a KEY"}, actor=SYSTEM)


def present() -> str:
    known = queries.account(CHANNEL)
    assert known is not None
    return str(known.settings["merchant_id"])


@pytest.fixture
def books(
    committed_institution: InstitutionFacts, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Books]:
    """A school with an account, an open order, a paid one, and approved withdrawals."""
    found = Books()
    for ports in (registry._channels, registry._payments, registry._payouts):
        monkeypatch.setitem(ports, CHANNEL, found)
    enter("1900")
    with clock.at(START + 31 * DAY):
        open_school()
        come_by("yu")
        place("paid", 5_000_000)
        pay("paid", channel=CHANNEL)
        mature()
        place("open", 10_000, who="s2", at=START + 31 * DAY)
        for number in NUMBERS:
            ask(number, 10_000)
            payouts.approve(number)
        Withdrawal.objects.update(channel=CHANNEL, receiver="openid-yu")
        yield found


def begin(what: str, number: str) -> str:
    """Begin something at the channel, as far as sending it; answers its number there."""
    if what == "cashier":
        orders.open_cashier("open", orders.PayBy(CHANNEL, Method.CODE), return_url="http://here/")
        return "open"
    if what == "refund":
        commissions.request_refund("paid", 1, "too late", SYSTEM, number=f"R-{number}")
        commissions.send_refund(f"R-{number}")
        return f"R-{number}"
    payouts.send(number)
    return number


def record(what: str, number: str) -> None:
    """The part of it that is recorded, without sending it."""
    if what == "cashier":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Books, "collect", lambda self, request: Cashier())
            begin(what, number)
    elif what == "refund":
        commissions.request_refund("paid", 1, "too late", SYSTEM, number=f"R-{number}")
    else:
        payouts.mark_sent(number, channel=CHANNEL)


def finish() -> None:
    """Whatever was begun has its result."""
    CashierVisit.objects.update(closed_at=clock.now())
    Refund.objects.filter(state=RefundState.REQUESTED).update(state=RefundState.FAILED)
    for number in Withdrawal.objects.filter(state=WithdrawalState.SENT).values_list(
        "number", flat=True
    ):
        payouts.settle(number, WithdrawalState.SUCCEEDED, at=clock.now())


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < until, "it never came to this"
        time.sleep(0.01)


def somebody_waits() -> bool:
    """Whether a lock is waited for that is no row's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone() != (0,)


@pytest.mark.parametrize("what", ["cashier", "refund", "payout"])
def test_what_is_begun_first_is_seen(books: Books, what: str) -> None:
    """The record is there and not committed when the account is to be changed."""
    recorded, asked = threading.Event(), threading.Event()
    looked: list[str] = []
    original = guards.check_done

    def look(channel: str) -> None:
        looked.append(channel)
        original(channel)

    def first() -> None:
        with transaction.atomic():
            record(what, "W0")
            recorded.set()
            asked.wait(SECONDS)
            time.sleep(0.3)  # long enough for who does not wait to look and commit
            assert looked == [], "it did not wait for who was first"

    def second() -> None:
        recorded.wait(SECONDS)
        asked.set()
        enter("1901")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guards, "check_done", look)
        answers = race([first, second])
    assert answers[0] is None
    assert isinstance(answers[1], MerchantInUse)
    assert looked == [CHANNEL]
    assert present() == "1900"


@pytest.mark.parametrize("what", ["cashier", "refund", "payout"])
def test_what_is_begun_second_goes_to_the_new_account(
    books: Books, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guards looked, and the change is not committed, when it is begun."""
    looked, begun = threading.Event(), threading.Event()

    def pause(channel: str) -> int:
        looked.set()
        begun.wait(SECONDS)
        return 0

    monkeypatch.setitem(guards._open, "pause", pause)

    def second() -> str:
        looked.wait(SECONDS)
        return begin(what, "W0")

    def watch() -> None:
        try:
            wait_until(somebody_waits)
            assert books.sent == []
        finally:
            begun.set()

    answers = race([lambda: enter("1901"), second, watch])
    assert books.sent == [("1901", answers[1])]
    assert present() == "1901"


def test_in_fifty_races_nothing_is_sent_by_another_account_than_stays(books: Books) -> None:
    names = ("cashier", "refund", "payout")
    won = {"change": 0, "begin": 0}
    for turn in range(ROUNDS):
        what, other = names[turn % 3], f"20{turn:02}"
        answers = race([partial(enter, other), partial(begin, what, NUMBERS[turn])])
        if answers[0] is None:
            assert present() == other
        else:
            assert isinstance(answers[0], MerchantInUse)
            assert present() != other
        won["change" if answers[0] is None else "begin"] += 1
        assert isinstance(answers[1], str)
        assert books.sent[-1] == (present(), answers[1]), f"round {turn}: {what}"
        finish()
    assert len(books.sent) == ROUNDS
    assert won["change"] + won["begin"] == ROUNDS


def test_who_was_slow_does_not_ask_another_account_what_became_of_it(books: Books) -> None:
    """Its result came and the account was changed while it was on the way to ask. The new account
    knows no such number, and what is unknown is sent."""
    payouts.send("W0")
    assert books.sent == [("1900", "W0")]

    def meanwhile() -> None:
        finish()
        enter("1901")

    books.before_answering.append(meanwhile)
    payouts.send("W0")
    assert present() == "1901"
    assert books.sent == [("1900", "W0")]


def test_many_begin_at_once_and_wait_for_nobody(books: Books) -> None:
    """Holding is shared: each of them holds the account while all the others do."""
    barrier = threading.Barrier(8, timeout=SECONDS)

    def hold() -> bool:
        with transaction.atomic():
            actions.hold(CHANNEL)
            barrier.wait()
        return True

    assert race([hold] * 8) == [True] * 8


def test_a_change_gives_up_where_somebody_holds_for_too_long(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kefen.platform.merchants.holds._TRIES", 2)
    over = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            actions.hold(CHANNEL)
            held.set()
            over.wait(SECONDS)

    held = threading.Event()

    def change() -> Any:
        held.wait(SECONDS)
        try:
            enter("1901")
        finally:
            over.set()

    answers = race([hold, change])
    assert answers[1].code == "state_conflict"
    assert present() == "1900"


def test_two_who_change_it_at_once_do_not_mix(books: Books) -> None:
    answers = race([lambda: enter("1901"), lambda: enter("1902")])
    refused = [answer.code for answer in answers if answer is not None]
    assert refused in ([], ["state_conflict"])
    assert present() in {"1901", "1902"}
