"""What stands on one day with the channel and on another with us.

A payout leaves the channel's account when it is asked for and is ours once its receiver confirmed,
up to a day later; refunds and shares may take as long. Such a pair belongs to the day of its line
in the bill, and to no other. A number finds one line: a second one of it stays a difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from kefen.core.errors import InvariantBroken
from kefen.core.reconciliation import Match, Ours, Subject, Theirs, Verdict, judged
from kefen.reconciliation.lost_refunds import came_to_nothing, failed_refunds
from kefen.reconciliation.models import BillDay, BillEntry
from kefen.reconciliation.movements import by_number

# Subjects whose result may take until another day.
SLOW = (Subject.PAYOUT, Subject.REFUND, Subject.SHARE, Subject.OTHER)
_PAGE = 2000
_Name = tuple[Subject, str]


def across_days(found: Iterable[Match], row: BillDay, fee_bps: int | None) -> Iterator[Match]:
    """The matches, and for those that stand alone what other days say of them."""
    alone: list[tuple[_Name, Match]] = []
    paired: set[_Name] = set()
    for page in _pages(found):
        named = [(_name(one), one) for one in page]
        earlier = _elsewhere(row, {name for name, one in named if _is_pair(one)})
        for name, one in named:
            if not _is_slow(name):
                yield one
            elif not _is_pair(one):
                alone.append((name, one))
            elif _is_second(row, earlier.get(name, set())):
                yield Match(Verdict.ONLY_THEIRS, None, one.theirs)
            else:
                paired.add(name)
                yield one
    yield from _alone(alone, paired, row, fee_bps)


def _alone(
    alone: list[tuple[_Name, Match]], paired: set[_Name], row: BillDay, fee_bps: int | None
) -> Iterator[Match]:
    names = {name for name, _ in alone}
    elsewhere, ours = _elsewhere(row, names), _ours(row.channel, names)
    failed = failed_refunds(row, {number for one, number in names if one is Subject.REFUND})
    for name, one in alone:
        on = elsewhere.get(name, set())
        if one.theirs is None:
            if not on:
                yield one
        elif name[0] is Subject.REFUND and name[1] in failed and not _is_second(row, on):
            yield came_to_nothing(failed[name[1]], one.theirs)
        elif name in paired or name not in ours or _is_second(row, on):
            yield one
        else:
            paired.add(name)
            yield _pair(ours[name], one.theirs, fee_bps)


def _pages(found: Iterable[Match]) -> Iterator[list[Match]]:
    left = iter(found)
    while page := list(islice(left, _PAGE)):
        yield page


def _name(one: Match) -> _Name:
    line = one.ours or one.theirs
    if line is None:
        raise InvariantBroken(invariant="a match has a line")
    return line.subject, line.number


def _is_slow(name: _Name) -> bool:
    return name[0] in SLOW and name[1] != ""


def _is_pair(one: Match) -> bool:
    return one.ours is not None and one.theirs is not None


def _is_second(row: BillDay, on: set[date]) -> bool:
    """Whether an earlier bill has a line of the same name: that one is ours."""
    return any(day < row.on for day in on)


def _pair(mine: Ours, other: Theirs, fee_bps: int | None) -> Match:
    return Match(judged(mine, other, fee_bps), mine, other)


def _ours(channel: str, names: set[_Name]) -> dict[_Name, Ours]:
    """What our books have under these names."""
    found: dict[_Name, Ours] = {}
    for subject in SLOW:
        numbers = {number for one, number in names if one is subject}
        if numbers:
            known = by_number(channel, subject, numbers)
            found |= {(subject, number): one for number, one in known.items()}
    return found


def _elsewhere(row: BillDay, names: set[_Name]) -> dict[_Name, set[date]]:
    """On which other days the newest bills of the channel have lines of these names."""
    found: dict[_Name, set[date]] = defaultdict(set)
    if not names:
        return found
    others = BillDay.objects.filter(channel=row.channel, bill_id__isnull=False)
    days = {bill: on for bill, on in others.values_list("bill_id", "on") if on != row.on}
    lines = BillEntry.objects.filter(
        bill_id__in=list(days),
        subject__in={subject.value for subject, _ in names},
        number__in={number for _, number in names},
    )
    for bill, subject, number in lines.values_list("bill_id", "subject", "number"):
        found[Subject(subject), number].add(days[bill])
    return found
