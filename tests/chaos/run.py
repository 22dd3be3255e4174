"""A run: a school that sells for some days through a channel that misbehaves, until nothing is
under way, and what must hold then."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.test import override_settings

from kefen.ops.audit import audit_institution
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.inbox.queries import notify_url
from kefen.platform.merchants.actions import connect
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.ports import registry
from kefen.ports.bills import zone_of
from tests.chaos.books import compare, differences, open_ends
from tests.chaos.channel_side import Account, ChannelSide, channel
from tests.chaos.crew import Crew, tick, together
from tests.chaos.front import Front, listening
from tests.chaos.people import People
from tests.chaos.school import divide, open_school

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PORTS = ("_payments", "_payouts", "_splits", "_bills", "_channels")


@dataclass
class Run:
    """One school at one channel, both with clocks that the run moves."""

    side: ChannelSide
    crew: Crew
    people: People
    front: Front
    institution: UUID
    account: Account
    orders: int = 0

    def pass_time(self, time: timedelta) -> None:
        self.side.pass_time(time.total_seconds())

    def sell(self, count: int) -> None:
        numbers = [f"ord-{self.orders + place:05d}" for place in range(count)]
        self.orders += count
        buys = [lambda number=number: self.people.buy(number) for number in numbers]
        together(self.institution, buys, threads=4)

    def look(self) -> None:
        tick()
        self.crew.settle()

    def divide_from_now_on(self) -> None:
        enter(self.side, self.account, splits=True)
        divide()

    def to_midnight(self, before: timedelta) -> None:
        """To so long before the channel's midnight."""
        now = clock.now().astimezone(zone_of(self.side.name))
        midnight = datetime.combine(now.date() + DAY, datetime.min.time(), now.tzinfo)
        self.pass_time(midnight - now - before)


def enter(side: ChannelSide, account: Account, *, splits: bool = False) -> None:
    """The school enters its account."""
    gateway, values = account
    connect(side.name, values=values, gateway=gateway, actor=SYSTEM, splits=splits)


@contextmanager
def running(
    kind: type[ChannelSide], home: Path, patch: pytest.MonkeyPatch, *, seed: int
) -> Iterator[Run]:
    """The school is open, its people are there, and everything goes wrong now and then."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    front = Front(seed)
    with ExitStack() as stack:
        side = stack.enter_context(channel(kind, home, seed=seed))
        address = stack.enter_context(listening(front))
        adapter = side.adapter(patch)
        for ports in (*PORTS, *(("_authorised",) if side.authorises else ())):
            known = dict(getattr(registry, ports))
            patch.setattr(registry, ports, known | {side.name: adapter})
        logging.disable(logging.CRITICAL)  # thousands of warnings, each of them wanted
        stack.callback(logging.disable, logging.NOTSET)
        clock.shift_by(lambda: timedelta(seconds=side.ahead))
        stack.callback(clock.shift_by, None)
        founded = found_institution(slug="zhixing", name="知行学堂", currency=side.currency)
        stack.enter_context(scope.institution(founded.id))
        stack.enter_context(
            override_settings(STAND_INS=True, NOTIFY_URL=address, ALLOWED_HOSTS=["*"])
        )
        account = side.account(notify_url(side.name))
        open_school(side)
        enter(side, account)
        side.misbehave()
        crew = Crew(founded.id, workers=3, seed=seed)
        stack.enter_context(crew.working())
        yield Run(side, crew, People(side, seed), front, founded.id, account)


def half_a_day(run: Run, wave: str, count: int) -> None:
    """Orders, an hour in which everything is looked after now and then, and the rest."""
    people = run.people
    run.sell(count)
    run.look()
    people.ask_back(0.015, after=timedelta(), before=7 * DAY, wave=wave)
    people.withdraw(wave)
    for times in range(2):
        run.pass_time(20 * MINUTE)
        people.pay_late()
        people.answer_receipts(f"{wave}-{times}")
        run.look()
    run.pass_time(11 * 60 * MINUTE)
    people.answer_receipts(f"{wave}-end")
    run.look()


def live(run: Run, orders: int, *, halves: int = 12, quiet: int = 0) -> None:
    """Some half days of sales, the last half of them divided; `quiet` days on which nobody comes;
    then until nothing is under way."""
    for half in range(halves):
        if half == halves // 2:
            run.divide_from_now_on()
        if half in {halves // 3, halves * 2 // 3}:
            run.to_midnight(timedelta(seconds=1))
        half_a_day(run, f"h{half:02d}", orders // halves + (half < orders % halves))
    run.pass_time(quiet * DAY)
    for day in range(8 - quiet):
        run.people.ask_back(0.004, after=7 * DAY, before=20 * DAY, wave=f"late{day}")
        half_a_day(run, f"d{day:02d}", 0)
        run.pass_time(12 * 60 * MINUTE)
    for _ in range(4):
        run.pass_time(24 * 60 * MINUTE)
        run.look()
    # What is sent so late that it arrives after the last look is no open end of ours.
    for _ in range(40):
        if run.side.tell_all() and not open_ends():
            break
        run.pass_time(3 * 60 * MINUTE)
        run.look()


def summary(run: Run, compared: Counter[str]) -> str:
    """One paragraph of what happened."""

    def told(counts: Counter[str]) -> str:
        return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()) if count)

    return (
        f"\n{run.orders} orders. People: {told(run.people.seen)}. Channel's faults: "
        f"{told(run.side.struck())}. On the way to us: {told(run.front.struck)}; answers "
        f"{told(run.front.answers)}. Jobs done: {told(run.crew.done)}; failed and lost: "
        f"{told(run.crew.failed)}; lost before they began: {run.crew.lost}. "
        f"In the end: {told(compared)}."
    )


def check(run: Run) -> None:
    """Nothing broke, nothing waits, and everybody's books say the same to the fen."""
    for found in (run.crew.broken, open_ends()):
        assert not found, found
    compared = compare(run.side.name, run.side.read(run.side.books()))
    print(summary(run, compared))  # noqa: T201 - read with -s
    assert compared["payments"] > run.orders * 0.8, compared
    for found in (audit_institution(), differences()):
        assert not found, found
