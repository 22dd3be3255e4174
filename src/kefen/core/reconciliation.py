"""A channel's bill held against our books (`docs/decisions/0031`).

Both sides come sorted by kind and number, so that a bill of any length is matched in flat memory;
only what is left over on either side is held. What is left is tried again by the channel's own
number, and then judged. Amounts in minor units.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, zip_longest
from typing import Final

EDGE: Final = timedelta(hours=1)
"""How far two clocks may be apart at midnight."""


class Subject(StrEnum):
    """What a line is about; in the order in which both sides come."""

    FEE = "fee"
    OTHER = "other"
    PAYMENT = "payment"
    PAYOUT = "payout"
    REFUND = "refund"
    SHARE = "share"


class Verdict(StrEnum):
    """The six groups; each line of either side is in exactly one."""

    MATCHED = "matched"
    AMOUNT_DIFFERS = "amount_differs"
    FEE_DIFFERS = "fee_differs"
    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"
    IN_TRANSIT = "in_transit"


@dataclass(frozen=True, slots=True)
class Ours:
    """A movement in our books; not `settled` while the channel has not told its result."""

    subject: Subject
    number: str
    channel_number: str
    amount: int
    currency: str
    at: datetime
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Theirs:
    """A line of the bill. `amount` is positive, `fee` what the channel kept, `order` the order of
    a refund."""

    subject: Subject
    number: str
    channel_number: str
    amount: int
    fee: int
    currency: str
    at: datetime
    order: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """One or two lines and what is to be said of them."""

    verdict: Verdict
    ours: Ours | None
    theirs: Theirs | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the channel's calendar, half-open. `open_before` and `open_after`: the neighbour's
    bill is not read yet, so what lies close to that edge may still be found there. `fee_bps`: the
    agreed rate, None where nobody told it."""

    start: datetime
    end: datetime
    open_before: bool = False
    open_after: bool = False
    fee_bps: int | None = None

    def holds(self, at: datetime) -> bool:
        """Is the instant in this day?"""
        return self.start <= at < self.end

    def at_open_edge(self, at: datetime) -> bool:
        """Is the instant so close to a day without a bill that it may be in that?"""
        before = self.open_before and at < self.start + EDGE
        return before or (self.open_after and at >= self.end - EDGE)


def match(ours: Iterable[Ours], theirs: Iterable[Theirs], day: Day) -> Iterator[Match]:
    """Match everything that belongs to the day.

    Both sides are sorted by (subject, number) and reach `EDGE` beyond the day. A pair belongs to
    the day of its bill's line, what stands alone to its own.
    """
    left_ours: list[Ours] = []
    left_theirs: list[Theirs] = []
    for mine, other in _side_by_side(ours, theirs):
        if mine is not None and other is not None:
            yield from _pair(mine, other, day)
        elif mine is not None:
            left_ours.append(mine)
        elif other is not None:
            left_theirs.append(other)
    yield from _by_channel_number(left_ours, left_theirs, day)


def shares_together(lines: Iterable[Theirs]) -> Iterator[Theirs]:
    """The lines as they come, those of one split's receivers as one: the first, with what all of
    them got. Lines of one number stand together."""
    waiting: Theirs | None = None
    for line in lines:
        if waiting is not None and _same_split(waiting, line):
            amount, fee = waiting.amount + line.amount, waiting.fee + line.fee
            waiting = replace(waiting, amount=amount, fee=fee)
            continue
        if waiting is not None:
            yield waiting
        waiting = line
    if waiting is not None:
        yield waiting


def _same_split(one: Theirs, other: Theirs) -> bool:
    named = one.subject is Subject.SHARE and one.number != ""
    return named and (one.subject, one.number, one.currency) == (
        other.subject,
        other.number,
        other.currency,
    )


def _key(line: Ours | Theirs) -> tuple[str, str]:
    return (line.subject.value, line.number)


def _side_by_side(
    ours: Iterable[Ours], theirs: Iterable[Theirs]
) -> Iterator[tuple[Ours | None, Theirs | None]]:
    """Walk along both sides; a line without a number of ours has no partner here."""
    mine_left, other_left = groupby(ours, _key), groupby(theirs, _key)
    mine, other = next(mine_left, None), next(other_left, None)
    while mine is not None or other is not None:
        unnumbered = other is not None and not other[0][1]
        if other is not None and (unnumbered or mine is None or other[0] < mine[0]):
            for line in other[1]:
                yield None, line
            other = next(other_left, None)
        elif mine is not None and (other is None or mine[0] < other[0]):
            for one in mine[1]:
                yield one, None
            mine = next(mine_left, None)
        elif mine is not None and other is not None:
            yield from _same_number(mine[1], list(other[1]))
            mine, other = next(mine_left, None), next(other_left, None)


def _same_number(
    ours: Iterable[Ours], theirs: list[Theirs]
) -> Iterator[tuple[Ours | None, Theirs | None]]:
    """Lines of one number, which an order that was paid twice has twice: those first of which both
    sides have the channel's number, too, and then whatever is left as it comes."""
    left: list[Ours] = []
    for mine in ours:
        its = mine.channel_number
        same = next((other for other in theirs if its and other.channel_number == its), None)
        if same is None:
            left.append(mine)
        else:
            theirs.remove(same)
            yield mine, same
    yield from zip_longest(left, theirs)


def _by_channel_number(ours: list[Ours], theirs: list[Theirs], day: Day) -> Iterator[Match]:
    waiting: dict[tuple[Subject, str], list[Theirs]] = {}
    alone: list[Theirs] = []
    for other in theirs:
        if other.channel_number:
            waiting.setdefault((other.subject, other.channel_number), []).append(other)
        else:
            alone.append(other)
    for mine in ours:
        found = waiting.get((mine.subject, mine.channel_number)) if mine.channel_number else None
        if found:
            yield from _pair(mine, found.pop(0), day)
        elif day.holds(mine.at):
            transit = not mine.settled or day.at_open_edge(mine.at)
            yield Match(Verdict.IN_TRANSIT if transit else Verdict.ONLY_OURS, mine, None)
    for other in (*alone, *(line for lines in waiting.values() for line in lines)):
        if day.holds(other.at):
            yield Match(_alone(other, day), None, other)


def _alone(line: Theirs, day: Day) -> Verdict:
    if line.subject is Subject.FEE:
        # A fee on a line of its own: nothing of ours stands against it, and it is booked as such.
        return Verdict.MATCHED
    return Verdict.IN_TRANSIT if day.at_open_edge(line.at) else Verdict.ONLY_THEIRS


def _pair(mine: Ours, other: Theirs, day: Day) -> Iterator[Match]:
    if day.holds(other.at):
        yield Match(judged(mine, other, day.fee_bps), mine, other)


def judged(mine: Ours, other: Theirs, fee_bps: int | None) -> Verdict:
    """What is to be said of two lines about the same."""
    if (mine.amount, mine.currency) != (other.amount, other.currency):
        return Verdict.AMOUNT_DIFFERS
    if not mine.settled:
        return Verdict.IN_TRANSIT
    if fee_bps is not None and not fee_fits(other, fee_bps):
        return Verdict.FEE_DIFFERS
    return Verdict.MATCHED


def fee_fits(line: Theirs, bps: int) -> bool:
    """Is the fee what was agreed, give or take one minor unit of rounding?

    A refund may give back its part of the fee or keep it; nothing was agreed about the others.
    """
    agreed = line.amount * bps // 10_000
    if line.subject is Subject.PAYMENT:
        return agreed - 1 <= line.fee <= agreed + 1
    return line.subject is not Subject.REFUND or -agreed - 1 <= line.fee <= 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of a bill there is: lines, and what they moved."""

    lines: int = 0
    amount: int = 0
    fees: int = 0

    def plus(self, line: Theirs) -> Tally:
        """With one more line."""
        return Tally(self.lines + 1, self.amount + signed(line), self.fees + fee_of(line))


def signed(line: Ours | Theirs) -> int:
    """What a line does to the money at the channel: payments come in, all others leave."""
    match line.subject:
        case Subject.PAYMENT:
            return line.amount
        case Subject.FEE | Subject.OTHER:
            return 0
        case _:
            return -line.amount


def fee_of(line: Theirs) -> int:
    """What a line cost: its fee, and itself where it is a fee."""
    return line.fee + (line.amount if line.subject is Subject.FEE else 0)
