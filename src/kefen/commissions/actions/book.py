"""Booking paid orders: commission by the order's own snapshot, money split, in one transfer each
(domain.md §3.2 to §3.5, §4). One order or a thousand, the same code and the same round trips."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from kefen.commissions.contracts import Booked, Payment
from kefen.commissions.ladders import Ladders
from kefen.commissions.models import Commission, Cut
from kefen.core import postings
from kefen.core.commission import Priced, available_at, price_line
from kefen.core.errors import (
    AmountMismatch,
    DomainError,
    NumberConflict,
    OrderNotOpen,
    UnknownOrder,
)
from kefen.core.ids import uuid7
from kefen.core.states import CommissionState, OrderState
from kefen.core.terms import Rule, Tiered
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.orders.actions import lock_orders, mark_paid
from kefen.orders.contracts import LockedOrder, OrderLine
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.queries import current
from kefen.programmes import queries as programmes

_COMMISSION = (
    "id",
    "order_id",
    "line_id",
    "level",
    "promoter_id",
    "rule_id",
    "rule_key",
    "tier_figure",
    "base",
    "line_paid",
    "cap_bps",
    "rule_cap_bps",
    "booked",
    "state",
    "state_reason",
    "placed_at",
    "booked_at",
    "available_at",
)


def book_one(payment: Payment) -> Booked:
    """Book one paid order; raises what `book` answers."""
    (answer,) = book([payment])
    if isinstance(answer, DomainError):
        raise answer
    return answer


@transaction.atomic
def book(payments: Sequence[Payment]) -> list[Booked | DomainError]:
    """Book paid orders in order of arrival; answers each, once, however often it is delivered.

    NumberConflict: paid before through another channel; UnknownOrder; OrderNotOpen: cancelled;
    AmountMismatch: nothing is booked. A refused payment changes nothing.
    """
    return _Booking(payments).run()


class _Booking:
    """One batch on its way."""

    def __init__(self, payments: Sequence[Payment]) -> None:
        self.payments = payments
        self.institution = current()
        self.orders = lock_orders(payment.order for payment in payments)
        self.rules, self.caps = _rules_of(self.orders.values())
        self.ladders = Ladders(self.institution.zone)
        self.paid: dict[UUID, tuple[LockedOrder, str, Any]] = {}
        self.transfers: list[Transfer] = []
        self.commissions: list[tuple[Any, ...]] = []
        self.cuts: list[tuple[Any, ...]] = []

    def run(self) -> list[Booked | DomainError]:
        if self.orders:
            # Opened before a balance is locked: whoever waits for an opening holds no balance.
            known = [payment for payment in self.payments if payment.order in self.orders]
            channels = {
                postings.channel(p.channel) for p in known if not _check(p, self.orders[p.order])
            }
            ledger.open_accounts([postings.MAIN, *channels], self.institution.currency)
        self._read_ladders()
        answers = [self._one(payment) for payment in self.payments]
        if self.paid:
            mark_paid(list(self.paid.values()))
            insert_rows(Commission, _COMMISSION, self.commissions)
            insert_rows(Cut, ("id", "line_id", "level", "wanted", "granted", "reason"), self.cuts)
            ledger.post(self.transfers, self.institution.currency)
        return answers

    def _read_ladders(self) -> None:
        """Where a figure decides, bookings of one promoter must follow each other: lock all
        accounts of the batch first, then count."""
        wanted = False
        for payment in self.payments:
            order = self.orders.get(payment.order)
            for line in () if order is None else order.lines:
                rule = self.rules.get(line.rule_id)
                if line.winner_id is not None and rule and isinstance(rule.level1, Tiered):
                    self.ladders.want(line.winner_id, rule.key, rule.level1.period, payment.at)
                    wanted = True
        if wanted:
            lines = [line for order in self.orders.values() for line in order.lines]
            people = {p for line in lines for p in (line.winner, line.inviter) if p is not None}
            ledger.lock([postings.pending(p) for p in people], self.institution.currency)
            self.ladders.read()

    def _one(self, payment: Payment) -> Booked | DomainError:
        order = self.orders.get(payment.order)
        refusal = _check(payment, order)
        if refusal is not None or order is None:
            return refusal or UnknownOrder(order=payment.order)
        earlier = self.paid.get(order.id)
        if earlier is not None and earlier[1] != payment.channel:
            return NumberConflict(number=payment.order)
        if order.state is OrderState.PAID or earlier is not None:
            return Booked(order.number, is_new=False, commissions=0, available_at=None)
        self.paid[order.id] = (order, payment.channel, payment.at)
        shares, due = self._price(payment, order)
        postings_ = postings.order_paid(payment.channel, order.total, shares)
        if postings_:
            key = postings.order_paid_key(order.number)
            self.transfers.append(Transfer(key, "order_paid", payment.at, postings_))
        return Booked(order.number, is_new=True, commissions=len(shares), available_at=due)

    def _price(self, payment: Payment, order: LockedOrder) -> tuple[list[tuple[str, int]], Any]:
        """Price every line; all lines of one order that climb the same ladder share one figure."""
        shares: list[tuple[str, int]] = []
        due = None
        climbed: list[tuple[OrderLine, Rule]] = []
        for line in order.lines:
            rule = self.rules.get(line.rule_id)
            if rule is None or line.winner_id is None:
                continue
            figure = None
            if isinstance(rule.level1, Tiered):
                figure = self.ladders.figure(line.winner_id, rule.key, rule.level1, payment.at)
            priced = price_line(
                rule=rule,
                list_price=line.list_price,
                quantity=line.quantity,
                paid=line.paid,
                figure=figure,
                cap_bps=line.cap_bps,
                pays_level2=line.inviter_id is not None,
            )
            due = available_at(payment.at, line.hold_days)
            shares += self._levels(payment, order, line, rule, priced)
            if priced.level1 > 0:
                climbed.append((line, rule))
        for line, rule in climbed:
            assert line.winner_id is not None  # noqa: S101 - a rule has a winner
            self.ladders.add(line.winner_id, rule.key, payment.at, order.id, line.paid)
        return shares, due if shares else None

    def _levels(
        self, payment: Payment, order: LockedOrder, line: OrderLine, rule: Rule, priced: Priced
    ) -> list[tuple[str, int]]:
        """The rows of a line's two levels; what was cut is kept also where nothing is left."""
        levels = (
            (1, line.winner_id, line.winner, priced.level1, priced.wanted_level1, priced.n),
            (2, line.inviter_id, line.inviter, priced.level2, priced.wanted_level2, None),
        )
        shares = []
        for level, person_id, person, amount, wanted, figure in levels:
            if amount < wanted:
                self.cuts.append((uuid7(), line.id, level, wanted, amount, "capped"))
            if amount <= 0 or person is None:
                continue
            head = (uuid7(), order.id, line.id, level, person_id, line.rule_id, rule.key, figure)
            caps, state = (line.cap_bps, self.caps[line.rule_id]), CommissionState.PENDING.value
            due = available_at(payment.at, line.hold_days)
            self.commissions.append(
                (
                    *(*head, priced.base, line.paid, *caps, amount, state, ""),
                    *(order.placed_at, payment.at, due),
                )
            )
            shares.append((person, amount))
        return shares


def _check(payment: Payment, order: LockedOrder | None) -> DomainError | None:
    if order is None:
        return UnknownOrder(order=payment.order)
    if order.state is OrderState.PAID and order.channel != payment.channel:
        return NumberConflict(number=payment.order)
    if order.state is OrderState.CANCELLED:
        return OrderNotOpen(order=payment.order)
    if payment.amount is not None and payment.amount != order.total:
        return AmountMismatch(order=payment.order, expected=order.total, got=payment.amount)
    return None


def _rules_of(orders: Any) -> tuple[dict[UUID | None, Rule], dict[UUID | None, int]]:
    """The rules that the orders' snapshots name, and the cap each was published under, by stored
    id."""
    ids = {line.version_id for order in orders for line in order.lines if line.rule_id is not None}
    rules: dict[UUID | None, Rule] = {}
    caps: dict[UUID | None, int] = {}
    for version in programmes.versions({key for key in ids if key is not None}).values():
        by_key = {rule.key: rule for rule in version.terms.rules}
        for key, stored in version.rule_ids.items():
            rules[stored], caps[stored] = by_key[key], version.terms.max_rate_bps
    return rules, caps
