"""What students, promoters and the office do, by dice with a seed."""

import random
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from kefen.commissions.actions import request_refund
from kefen.core import postings
from kefen.core.errors import ChannelError, DomainError, RefundExceedsPaid
from kefen.core.states import OrderState, WithdrawalState
from kefen.ledger import queries as ledger
from kefen.orders.actions import PayBy, open_cashier, place_one, shut_and_cancel
from kefen.orders.contracts import LineRequest, PlaceOrder
from kefen.orders.models import Order
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.ports.payments import Cashier
from tests.chaos.channel_side import ChannelSide
from tests.chaos.school import PRICES, PROMOTERS

_TRIES = 5


@dataclass
class People:
    """`seen` counts what they did."""

    side: ChannelSide
    seed: int
    seen: Counter[str] = field(default_factory=Counter)
    late: list[tuple[str, Cashier]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def buy(self, number: str) -> None:
        """A student orders, goes to the cashier, perhaps twice, and mostly pays."""
        dice = random.Random(f"{self.seed} {number}")
        courses = dice.sample(sorted(PRICES), dice.choice([1, 1, 1, 2]))
        lines = [
            LineRequest(place, course, 1, PRICES[course] - dice.randrange(100))
            for place, course in enumerate(courses, start=1)
        ]
        code = dice.choice([*PROMOTERS, None])
        at, student = clock.now(), f"student-{number}"
        place_one(PlaceOrder(number=number, student=student, at=at, lines=lines, code=code))
        self._saw("placed")
        cashier = self._at_cashier(number, dice)
        if cashier is None:
            self._saw("gave up")
            return
        if dice.random() < 0.25:
            cashier = self._at_cashier(number, dice) or cashier
            self._saw("went twice")
        roll = dice.random()
        if roll < 0.03:
            self._cancel(number)
        elif roll < 0.06:
            self._saw("walked away")
        elif roll < 0.12:
            with self._lock:
                self.late.append((number, cashier))
        else:
            self._pay(cashier)

    def _at_cashier(self, number: str, dice: random.Random) -> Cashier | None:
        usual, other = self.side.methods
        method = usual if dice.random() < 0.8 else other
        by = PayBy(self.side.name, method, "", "203.0.113.9")
        for _ in range(_TRIES):
            with suppress(ChannelError):
                return open_cashier(number, by, return_url="https://school.example/done")
            self._saw("cashier tried again")
        return None

    def _cancel(self, number: str) -> None:
        for _ in range(_TRIES):
            with suppress(ChannelError):
                shut_and_cancel(number)
                self._saw("cancelled")
                return
        self._saw("could not cancel")

    def _pay(self, cashier: Cashier) -> None:
        paid = self.side.pay(cashier)
        self._saw("paid" if paid else "could not pay")

    def pay_late(self) -> None:
        """Those who let the code lie pay now."""
        with self._lock:
            late, self.late = self.late, []
        for _, cashier in late:
            self._pay(cashier)

    def ask_back(self, share: float, *, after: timedelta, before: timedelta, wave: str) -> None:
        """Some of those who paid in a while want money back, all of it or a part, some twice."""
        now, dice = clock.now(), random.Random(f"{self.seed} {wave}")
        paid = Order.objects.filter(
            state=OrderState.PAID, paid_at__lte=now - after, paid_at__gt=now - before
        )
        for order in paid.order_by("number"):
            if dice.random() >= share:
                continue
            amount = order.total if dice.random() < 0.5 else dice.randrange(1, order.total)
            number = f"rfd-{wave}-{order.number}"
            with suppress(RefundExceedsPaid):
                for _ in range(dice.choice([1, 1, 2])):
                    request_refund(order.number, amount, "changed my mind", SYSTEM, number=number)
                self._saw("refund asked")

    def withdraw(self, wave: str) -> None:
        """Promoters ask for what they have, and the office lets it go, sometimes pressing twice."""
        dice = random.Random(f"{self.seed} {wave}")
        for code in PROMOTERS:
            available = ledger.balances().get(postings.available(code), 0)
            amount = min(available, dice.randrange(1_000, 60_000))
            if amount < 1_000:
                continue
            number = f"wd-{wave}-{code}"
            for _ in range(dice.choice([1, 1, 2])):
                payouts.request(RequestWithdrawal(number, code, amount, clock.now()))
                payouts.approve_and_send(number)
            self._saw("withdrawal asked")

    def answer_receipts(self, wave: str) -> None:
        """Promoters take what waits for them; some wait too long, some have it taken back."""
        dice = random.Random(f"{self.seed} {wave}")
        waiting = Withdrawal.objects.filter(state=WithdrawalState.AWAITING_CONFIRMATION)
        for row in waiting.order_by("number"):
            roll = dice.random()
            if roll < 0.55 and row.confirm_url:
                self._saw("receipt confirmed" if self.side.confirm(row.confirm_url) else "too late")
            elif roll < 0.60:
                with suppress(ChannelError, DomainError):
                    payouts.take_back(row.number, actor=SYSTEM)
                    self._saw("taken back")

    def _saw(self, what: str) -> None:
        with self._lock:
            self.seen[what] += 1
