"""Thirty days of an institution as replay events: the same seed tells the same story."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from kefen.catalog.actions import NewCourse
from kefen.core.states import WithdrawalState
from kefen.ops.demo.courses import COURSES
from kefen.ops.demo.people import DemoPromoter
from kefen.ops.replay import events as ev

DAYS = 30
CHANNEL = "sandbox"
# How a day's visits lie over its hours: evenings, and a small peak at noon.
_HOURS = (1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 6, 9, 6, 5, 5, 5, 6, 8, 12, 18, 16, 9, 4)


@dataclass(frozen=True, slots=True)
class School:
    """What a story is about: courses and how much they are asked for, how busy days are, and who
    withdraws each week, at most so many yuan. `prefix` begins the numbers of its orders."""

    courses: Sequence[NewCourse]
    popular: Sequence[int]
    visits_a_day: int
    bought_directly: int
    withdrawing: Sequence[str]
    unlucky: str
    most_withdrawn: int = 400
    prefix: str = "D"

    @property
    def prices(self) -> Mapping[str, int]:
        """List prices by course."""
        return {course.code: course.list_price for course in self.courses}


FIRST = School(
    COURSES,
    popular=(26, 20, 30, 14, 8, 5, 16, 7, 4, 9, 6, 0),
    visits_a_day=160,
    bought_directly=4,
    withdrawing=("aze", "chenli", "tujing", "yu", "lucy"),
    unlucky="lucy",
)


@dataclass(slots=True)
class _Told:
    """Events so far, in any order, and what the story needs to remember."""

    school: School
    prices: Mapping[str, int]
    events: list[ev.Event] = field(default_factory=list)
    orders: list[tuple[str, datetime, int]] = field(default_factory=list)
    counter: int = 0


def tell(
    random: Random,
    promoters: list[DemoPromoter],
    since: datetime,
    until: datetime,
    school: School = FIRST,
) -> list[ev.Event]:
    """The events of a school of the demo in [since, until), in order of time."""
    told = _Told(school, school.prices)
    day = since
    while day < until:
        for _ in range(int(school.visits_a_day * random.uniform(0.75, 1.25))):
            _visit(random, told, promoters, day + _moment(random))
        for _ in range(random.randint(1, school.bought_directly)):
            _purchase(random, told, f"direct-{told.counter}", None, day + _moment(random))
        day += timedelta(days=1)
    _refunds(random, told)
    _withdrawals(random, told, since)
    inside = (event for event in told.events if since <= event.at < until)
    ordered = sorted(inside, key=lambda event: event.at)
    return list(_numbered(ordered))


def through_channels(
    events: list[ev.Event], wanted: Mapping[str, int], seed: int
) -> list[ev.Event]:
    """The same story, in which so many of each channel's payments went through it. Who got money
    back is left out: a channel's refunds are asked for there."""
    random, refunded = Random(seed), {e.order for e in events if isinstance(e, ev.RefundEvent)}
    places = [
        place
        for place, event in enumerate(events)
        if isinstance(event, ev.PaidEvent) and event.order not in refunded
    ]
    told = list(events)
    for channel, count in wanted.items():
        for place in random.sample(places, min(count, len(places))):
            places.remove(place)
            event = told[place]
            assert isinstance(event, ev.PaidEvent)  # noqa: S101 - chosen so
            told[place] = replace(event, channel=channel)
    return told


def _moment(random: Random) -> timedelta:
    hour = random.choices(range(24), _HOURS)[0]
    return timedelta(
        hours=hour, seconds=random.randrange(3600), microseconds=random.randrange(10**6)
    )


def _visit(random: Random, told: _Told, promoters: list[DemoPromoter], at: datetime) -> None:
    promoter = random.choices(promoters, [p.pull for p in promoters])[0]
    course = random.choices(told.school.courses, told.school.popular)[0].code
    told.counter += 1
    visitor = f"visitor-{told.counter}"
    link = course if random.random() < 0.85 else None
    told.events.append(ev.TouchEvent(0, at, "touch", visitor, promoter.code, link))
    if random.random() < 0.12:  # the same person comes again through somebody else
        later = at + timedelta(hours=random.randint(1, 90))
        other = random.choice(promoters).code
        told.events.append(ev.TouchEvent(0, later, "touch", visitor, other, link))
    if random.random() < 0.13:
        wait = timedelta(minutes=random.randint(2, 50))
        if random.random() < 0.3:
            wait = timedelta(hours=random.randint(5, 200))  # some come back after the window
        _purchase(random, told, f"student-{told.counter}", visitor, at + wait, course)


def _purchase(
    random: Random,
    told: _Told,
    student: str,
    visitor: str | None,
    at: datetime,
    course: str | None = None,
) -> None:
    chosen = course or random.choices(told.school.courses, told.school.popular)[0].code
    paid = told.prices[chosen]
    if random.random() < 0.2:
        paid = paid * 9 // 10  # a coupon
    told.counter += 1
    number = f"{told.school.prefix}{told.counter:06d}"
    if visitor is not None:
        told.events.append(ev.IdentifyEvent(0, at, "identify", visitor, student))
    line = ev.PlacedLine(1, chosen, 1, paid)
    at += timedelta(seconds=random.randint(20, 90))
    told.events.append(ev.PlacedEvent(0, at, "order_placed", number, student, (line,), None))
    if random.random() < 0.14:
        if random.random() < 0.5:
            cancelled = at + timedelta(minutes=30)
            told.events.append(ev.CancelledEvent(0, cancelled, "order_cancelled", number))
        return
    at += timedelta(seconds=random.randint(8, 200))
    told.events.append(ev.PaidEvent(0, at, "order_paid", number, CHANNEL))
    told.orders.append((number, at, paid))


def _refunds(random: Random, told: _Told) -> None:
    for number, paid_at, paid in told.orders:
        if random.random() < 0.05:
            amount = paid if random.random() < 0.6 else paid // 2
            at = paid_at + timedelta(hours=random.randint(3, 240))
            told.events.append(ev.RefundEvent(0, at, "refund", f"R-{number}", number, None, amount))


def _withdrawals(random: Random, told: _Told, since: datetime) -> None:
    for week in range(2, 5):
        for code in told.school.withdrawing:
            at = since + timedelta(days=7 * week, hours=2, minutes=random.randint(0, 300))
            number = f"W{week}-{code}"
            amount = random.randint(60, told.school.most_withdrawn) * 100
            told.events.append(ev.WithdrawEvent(0, at, "withdraw", number, code, amount))
            result = (
                WithdrawalState.FAILED if code == told.school.unlucky else WithdrawalState.SUCCEEDED
            )
            done = at + timedelta(minutes=random.randint(3, 40))
            told.events.append(ev.PayoutResultEvent(0, done, "payout_result", number, result))


def _numbered(ordered: list[ev.Event]) -> Iterator[ev.Event]:
    """The events again, each with its place as its line."""
    for place, event in enumerate(ordered, start=1):
        yield replace(event, line=place, at=event.at.astimezone(UTC))
