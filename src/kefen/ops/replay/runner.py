"""Running a scenario's events through the actions that serve live traffic.

The clock is the events' own. What is due at or before an event happens first: commissions mature,
boards close. Visits wait in a batch until something reads them, as they do behind the click path.
"""

import heapq
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from kefen.catalog import actions as catalog
from kefen.commissions import actions as commissions
from kefen.commissions.contracts import Payment, RefundOrder
from kefen.core.errors import DomainError
from kefen.ops.replay import events as ev
from kefen.ops.replay.programme import Programme
from kefen.orders import actions as orders
from kefen.orders.contracts import LineRequest, PlaceOrder
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.platform.identity.actions import ensure_accounts
from kefen.platform.tenancy.scope import institution_id
from kefen.programmes import actions as programmes
from kefen.programmes import queries as programme_queries
from kefen.promoters import actions as promoters
from kefen.referrals import actions as referrals
from kefen.referrals.contracts import Visit
from kefen.standings import actions as standings
from kefen.standings import queries as standing_queries
from kefen.standings.contracts import BoardPeriod

_VISITS = 1000
_MATURING = 1000


def prepare(programme: Programme) -> None:
    """Courses, promoters and versions of the scenario, in the fresh institution in scope."""
    catalog.take_over(
        [
            catalog.NewCourse(
                code=course.code,
                title=course.title,
                category=course.category,
                list_price=course.price,
                promotable=course.promotable,
            )
            for course in programme.courses
        ]
    )
    accounts = ensure_accounts(p.account for p in programme.promoters if p.account is not None)
    promoters.enrol(
        [
            promoters.Enrolment(
                code=promoter.code,
                kind=promoter.kind,
                group=promoter.group,
                account_id=None if promoter.account is None else accounts[promoter.account],
                active_from=promoter.active_from,
                active_to=promoter.active_to,
                inviter=promoter.inviter,
            )
            for promoter in programme.promoters
        ]
    )
    for terms in programme.versions:
        programmes.publish(terms, take_over=True)


class Runner:
    """One replay: the events' clock, what is due, and what was refused."""

    def __init__(self, events: list[ev.Event]) -> None:
        self.events = events
        self.refusals: list[tuple[int, str, str]] = []
        self._visits: list[tuple[ev.TouchEvent, Visit]] = []
        self._due: list[datetime] = []
        self._boards: list[tuple[datetime, tuple[str, str, date], BoardPeriod]] = []
        self._planned: set[tuple[str, str, date]] = set()
        self._visitors: dict[str, UUID] = {}
        self._students: dict[str, UUID] = {}
        self._actions: dict[str, Callable[[Any], None]] = {
            "identify": self._identify,
            "order_placed": self._placed,
            "order_paid": self._paid,
            "order_cancelled": lambda e: orders.cancel(e.order),
            "refund": self._refund,
            "promoter_status": lambda e: _ignore(promoters.set_status(e.promoter, e.status)),
            "promoter_group": lambda e: _ignore(promoters.set_group(e.promoter, e.group)),
            "withdraw": self._withdraw,
            "payout_result": self._payout_result,
        }

    def run(self) -> Iterator[None]:
        """Run event by event; yields after each, for whoever shows progress."""
        for event in self.events:
            self._advance(event.at)
            with clock.at(event.at):
                self._one(event)
            yield
        self._flush()
        if self.events:
            # The last event may itself have made something due at its own instant.
            self._advance(self.events[-1].at)

    def catch_up(self, until: datetime) -> None:
        """Everything that is due after the last event, up to `until`."""
        self._flush()
        with clock.at(until):
            standings.close_due(until)
            while commissions.mature(until, limit=_MATURING):
                pass

    def _one(self, event: ev.Event) -> None:
        if isinstance(event, ev.TouchEvent):
            self._touch(event)
            return
        action = self._actions.get(event.type)
        if action is None:
            return
        if event.type in {"order_placed", "promoter_status"} or self._may_bind(event):
            self._flush()
        try:
            action(event)
        except DomainError as error:
            self._refuse(event, error)

    def _may_bind(self, event: ev.Event) -> bool:
        """Do visits and identifications act on each other, by bindings?"""
        return event.type == "identify" and any(
            version.terms.policy.binding_days for version in programme_queries.schedule().versions
        )

    def _refuse(self, event: ev.Event, error: DomainError) -> None:
        self.refusals.append((event.line, event.type, error.code))

    # What is due.

    def _advance(self, at: datetime) -> None:
        """Everything due at or before `at`, in order of due time; maturing before boards."""
        while self._boards and self._boards[0][0] <= at:
            board = heapq.heappop(self._boards)[2]
            self._mature(board.closes_at)
            with clock.at(board.closes_at):
                standings.close(board)
        self._mature(at)

    def _mature(self, until: datetime) -> None:
        if not self._due or self._due[0] > until:
            return
        while self._due and self._due[0] <= until:
            heapq.heappop(self._due)
        with clock.at(until):
            while len(commissions.mature(until, limit=_MATURING)) == _MATURING:
                pass

    def _plan_boards(self, at: datetime) -> None:
        """The boards on which an order paid at `at` stands will close when their time comes."""
        for board in standing_queries.boards_of(at):
            if board.key not in self._planned:
                self._planned.add(board.key)
                heapq.heappush(self._boards, (board.closes_at, board.key, board))

    # Events.

    def _touch(self, event: ev.TouchEvent) -> None:
        visit = Visit(self._visitor(event.visitor), event.promoter, event.course, event.at)
        self._visits.append((event, visit))
        if len(self._visits) >= _VISITS:
            self._flush()

    def _flush(self) -> None:
        if not self._visits:
            return
        answers = referrals.record_visits([visit for _, visit in self._visits])
        for (event, _), refusal in zip(self._visits, answers, strict=True):
            if refusal is not None:
                self._refuse(event, refusal)
        self._visits.clear()

    def _identify(self, event: ev.IdentifyEvent) -> None:
        referrals.identify(self._visitor(event.visitor), self._student(event.student), at=event.at)

    def _placed(self, event: ev.PlacedEvent) -> None:
        orders.place_one(
            PlaceOrder(
                number=event.order,
                student=event.student,
                at=event.at,
                lines=[LineRequest(x.line, x.course, x.quantity, x.paid) for x in event.lines],
                code=event.code,
            )
        )

    def _paid(self, event: ev.PaidEvent) -> None:
        booked = commissions.book_one(Payment(event.order, event.channel, event.at))
        if booked.available_at is not None:
            heapq.heappush(self._due, booked.available_at)
        if booked.is_new:
            self._plan_boards(event.at)

    def _refund(self, event: ev.RefundEvent) -> None:
        commissions.refund(
            RefundOrder(event.refund, event.order, event.at, event.lines, event.amount)
        )

    def _withdraw(self, event: ev.WithdrawEvent) -> None:
        wanted = RequestWithdrawal(event.withdrawal, event.promoter, event.amount, event.at)
        payouts.request(wanted, send_through="sandbox")

    def _payout_result(self, event: ev.PayoutResultEvent) -> None:
        payouts.settle(event.withdrawal, event.result, at=event.at)

    # Names of the scenario as ids.

    def _visitor(self, name: str) -> UUID:
        found = self._visitors.get(name)
        if found is None:
            found = self._visitors[name] = uuid5(institution_id(), f"visitor:{name}")
        return found

    def _student(self, name: str) -> UUID:
        found = self._students.get(name)
        if found is None:
            found = self._students[name] = ensure_accounts([name])[name]
        return found


def _ignore(_: object) -> None:
    """An action's answer that nobody needs here."""
