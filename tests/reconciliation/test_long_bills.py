"""A hundred thousand lines: matched in flat memory."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kefen.core.reconciliation import Day, Ours, Subject, Theirs, Verdict, match

START = datetime(2026, 3, 1, 16, tzinfo=UTC)
DAY = Day(START, START + timedelta(days=1))


def both(count: int) -> tuple[Iterator[Ours], Iterator[Theirs]]:
    ours = (
        Ours(Subject.PAYMENT, f"N{n:07}", "", 100, "CNY", START + timedelta(hours=9))
        for n in range(count)
    )
    theirs = (
        Theirs(Subject.PAYMENT, f"N{n:07}", f"c{n}", 100, 1, "CNY", START + timedelta(hours=9))
        for n in range(count)
    )
    return ours, theirs


def peak(count: int) -> int:
    ours, theirs = both(count)
    tracemalloc.start()
    matched = sum(one.verdict is Verdict.MATCHED for one in match(ours, theirs, DAY))
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert matched == count
    return found


def test_matching_holds_only_what_is_left_over() -> None:
    assert peak(100_000) < peak(1_000) + 100_000
