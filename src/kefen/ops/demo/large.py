"""A school of a hundred thousand orders beside the demo's own: half a year of visits, orders,
refunds and withdrawals, told in batches through the actions that serve live traffic. So its books
are audited like any other's, and its lists are as long as lists get."""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, islice
from random import Random
from uuid import UUID, uuid5

from kefen.catalog import actions as catalog
from kefen.commissions import actions as commissions
from kefen.commissions import queries as rebates
from kefen.commissions.contracts import Payment, RefundOrder
from kefen.core.errors import BelowMinimum, DomainError, InsufficientBalance
from kefen.core.periods import PeriodKind, period_of
from kefen.core.states import WithdrawalState
from kefen.core.terms import (
    AttributionPolicy,
    CourseScope,
    Percent,
    PointsTerms,
    PromoterKind,
    PromoterScope,
    Rule,
    Terms,
)
from kefen.ledger import actions as ledger
from kefen.ops.demo import bills, people
from kefen.ops.demo.courses import COURSES
from kefen.ops.demo.story import CHANNEL
from kefen.orders import actions as orders
from kefen.orders.contracts import LineRequest, PlaceOrder
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.platform.identity import actions as identity
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.models import Role
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.programmes.actions import publish
from kefen.promoters import actions as promoters
from kefen.promoters.queries import by_codes
from kefen.referrals import actions as referrals
from kefen.referrals.contracts import Visit
from kefen.referrals.queries import visits_in_order

SLUG = "wanjuan"
ORDERS = 100_000
SEED = 20261123
DAYS = 180
_BATCH = 1000
_VISITS_FOR_AN_ORDER = 2
_PRICES = {course.code: course.list_price for course in COURSES}
_ASKED = ("这单为什么是这个金额？", "学员退了一半，返佣怎么算的？", "这单什么时候可以提现？")


@dataclass(frozen=True, slots=True)
class Progress:
    """How many orders are told."""

    done: int
    total: int


@dataclass(slots=True)
class _Told:
    """What the story remembers from day to day."""

    random: Random
    codes: list[str]
    pulls: list[int]
    students: int
    placed: int = 0
    refunds: list[tuple[datetime, str, int]] = field(default_factory=list)


def is_seeded() -> bool:
    """Is the large school there?"""
    return any(one.slug == SLUG for one in tenancy.all_institutions())


def seed(count: int = ORDERS, *, slug: str = SLUG, days: int = DAYS) -> Iterator[Progress]:
    """Make the large school with so many orders in so many days; yields its progress."""
    institution = found_institution(slug=slug, name="万卷书院")
    now = clock.now()
    today = period_of(PeriodKind.DAY, now, institution.zone).start
    since = today - timedelta(days=days)
    with scope.institution(institution.id):
        told = _open(count, since)
        publish(_terms(since), take_over=True)
    with scope.institution(institution.id):
        for day in range(days):
            # A school that grows: the last day brings three times the orders of the first.
            share = _share(day + 1, days) - _share(day, days)
            wanted = round(count * share) if day < days - 1 else count - told.placed
            _day(told, since + timedelta(days=day), wanted)
            yield Progress(told.placed, count)
        _close(told, since, today)
        yield Progress(count, count)


def _share(day: int, days: int) -> float:
    """Which part of all orders came before the end of a day, where growth is even."""
    part = day / days
    return (part + part * part) / 2


def _open(count: int, since: datetime) -> _Told:
    random = Random(SEED)
    number = max(8, count // 20)
    with clock.at(since - timedelta(days=20)):
        for course in COURSES:
            catalog.add_course(course)
        codes = [f"w{place:05d}" for place in range(1, number + 1)]
        for start in range(0, number, _BATCH):
            _enrol(random, codes[start : start + _BATCH], start)
    for handle, role, name in (
        ("demo-operator", Role.OWNER, "沈岚"),
        ("demo-finance", Role.FINANCE, "方禾"),
        ("demo-reviewer", Role.REVIEWER, "季晴"),
    ):
        identity.add_member(identity.make_user(handle), role, display_name=name)
    # A few bring much, most bring little.
    pulls = [max(1, number // (place + 3)) for place in range(number)]
    return _Told(random, codes, list(accumulate(pulls)), students=max(4, count * 3 // 5))


def _enrol(random: Random, codes: list[str], start: int) -> None:
    accounts = identity.ensure_accounts(f"promoter-{code}" for code in codes)
    identity.name_accounts(
        (f"promoter-{code}", people.person(random), people.phone(20_000_000 + start + place))
        for place, code in enumerate(codes)
    )
    promoters.enrol(
        [
            promoters.Enrolment(
                code=code,
                kind=random.choices(list(PromoterKind), (8, 1, 2))[0],
                group=random.choices(("gold", "silver", "bronze", None), (1, 3, 8, 4))[0],
                account_id=accounts[f"promoter-{code}"],
                active_from=clock.now() + timedelta(minutes=start + place),
                active_to=None,
                nickname=people.nickname(random),
            )
            for place, code in enumerate(codes)
        ]
    )


def _terms(since: datetime) -> Terms:
    base = Rule("base", PromoterScope(), CourseScope(), Percent(1500))
    points = PointsTerms(per_order=10, per_yuan=1)
    start = since - timedelta(days=20)
    return Terms(start, AttributionPolicy(), 7, 3000, False, (base,), points)


def _day(told: _Told, day: datetime, wanted: int) -> None:
    """One day: what became due before it, its visits and orders, and what followed from earlier
    ones."""
    with clock.at(day):
        while len(commissions.mature(day, limit=_BATCH)) == _BATCH:
            pass
    moments = sorted(day + timedelta(seconds=told.random.randrange(86_000)) for _ in range(wanted))
    for start in range(0, wanted, _BATCH):
        _orders(told, moments[start : start + _BATCH])
    while told.refunds and told.refunds[0][0] <= day:
        at, number, amount = told.refunds.pop(0)
        with clock.at(day):
            commissions.refund(RefundOrder(f"R-{number}", number, at, amount=amount))
    if day.weekday() == 2:
        _withdrawals(told, day + timedelta(hours=23, minutes=50))


def _orders(told: _Told, moments: list[datetime]) -> None:
    random, visits, placed = told.random, list[Visit](), list[PlaceOrder]()
    for at in moments:
        told.placed += 1
        course = random.choice(COURSES).code
        visitor = uuid5(scope.institution_id(), f"visitor-{told.placed}")
        visits += _visits(told, visitor, course, at)
        paid = _PRICES[course] * (9 if random.random() < 0.2 else 10) // 10
        student = f"student-{random.randrange(told.students)}"
        line = LineRequest(1, course, 1, paid)
        known = () if random.random() < 0.1 else (visitor,)
        placed.append(PlaceOrder(_number(told.placed), student, at, [line], visitors=known))
    referrals.record_visits(sorted(visits, key=lambda visit: visit.at))
    with clock.at(moments[-1]):
        orders.place(placed)
        _pay(told, placed)


def _visits(told: _Told, visitor: UUID, course: str, at: datetime) -> Iterator[Visit]:
    """What came before an order: the visit that brought it, and those of others who only looked."""
    for place in range(_VISITS_FOR_AN_ORDER):
        code = told.random.choices(told.codes, cum_weights=told.pulls)[0]
        who = visitor if place == 0 else uuid5(visitor, str(place))
        yield Visit(who, code, course, at - timedelta(seconds=told.random.randint(60, 80_000)))


def _pay(told: _Told, placed: list[PlaceOrder]) -> None:
    payments = []
    for one in placed:
        chance = told.random.random()
        at = one.at + timedelta(seconds=told.random.randint(8, 200))
        if chance < 0.05:
            orders.cancel(one.number)
        elif chance > 0.08:
            payments.append(Payment(one.number, CHANNEL, at))
            if chance > 0.97:
                paid = one.lines[0].paid
                back = paid if told.random.random() < 0.6 else paid // 2
                later = at + timedelta(hours=told.random.randint(3, 240))
                insort(told.refunds, (later, one.number, back))
    for answer in commissions.book(payments):
        if isinstance(answer, DomainError):
            raise answer


def _withdrawals(told: _Told, at: datetime) -> None:
    """Some of those who have something ask for it; nearly all of it arrives."""
    asking = set(
        told.random.choices(told.codes, cum_weights=told.pulls, k=max(3, len(told.codes) // 20))
    )
    with clock.at(at):
        for code in sorted(asking):
            number = f"W{at:%y%m%d}-{code}"
            amount = told.random.randint(20, 600) * 100
            try:
                payouts.request(RequestWithdrawal(number, code, amount, at), send_through=CHANNEL)
            except (InsufficientBalance, BelowMinimum):
                continue
            failed = told.random.random() < 0.02
            result = WithdrawalState.FAILED if failed else WithdrawalState.SUCCEEDED
            payouts.settle(number, result, at=at + timedelta(minutes=5))


def _close(told: _Told, since: datetime, today: datetime) -> None:
    """What stands around the orders: landings, names, questions, bills, work that waits."""
    random = told.random
    seen = (
        (visit, visit.at + timedelta(seconds=random.randint(1, 6)))
        for visit in visits_in_order().iterator(chunk_size=_BATCH)
        if random.random() < 0.8
    )
    while some := list(islice(seen, _BATCH)):
        referrals.take_over_landings(some)
    unnamed = identity.unnamed_codes()
    for start in range(0, len(unnamed), _BATCH):
        identity.name_accounts(
            (code, people.person(random), people.phone(30_000_000 + start + place))
            for place, code in enumerate(unnamed[start : start + _BATCH])
        )
    now = clock.now()
    for place, one in enumerate(by_codes(told.codes[:40]).values()):
        newest = rebates.of_promoter(one.id).first()
        if newest is not None:
            said = _ASKED[place % len(_ASKED)]
            commissions.ask_about(newest.id, said, actor=Actor(ActorKind.PROMOTER))
        try:
            payouts.request(RequestWithdrawal(f"W-open-{one.code}", one.code, 2_000, now))
        except (InsufficientBalance, BelowMinimum):
            continue
    bills.write_and_reconcile(since, today)
    while ledger.fold():
        pass


def _number(place: int) -> str:
    return f"WJ{place:07d}"
