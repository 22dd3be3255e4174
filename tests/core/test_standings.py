from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.errors import InvalidInput
from kefen.core.periods import LIFETIME, PeriodKind, period_from
from kefen.core.standings import Row, closes_at, prizes, rank

values = st.dictionaries(st.text("abcxyz", min_size=1, max_size=3), st.integers(-3, 5))


@given(values)
def test_a_rank_is_one_more_than_those_who_are_better(figures):
    rows = rank(figures)

    assert {row.promoter for row in rows} == {who for who, value in figures.items() if value > 0}
    for row in rows:
        assert row.value == figures[row.promoter]
        assert row.rank == 1 + sum(value > row.value for value in figures.values())
    assert rows == sorted(rows, key=lambda row: (row.rank, row.promoter))


@given(values, st.lists(st.integers(0, 9), max_size=4))
def test_prizes_are_undivided(figures, amounts):
    rows = rank(figures)
    won = prizes(list(reversed(rows)), amounts)

    assert won == [
        (row.promoter, row.rank, amounts[row.rank - 1])
        for row in rows
        if row.rank <= len(amounts) and amounts[row.rank - 1]
    ]


def test_a_tie_uses_up_the_next_rank():
    rows = rank({"b": 5, "a": 5, "c": 3, "d": 0})

    assert rows == [Row("a", 1, 5), Row("b", 1, 5), Row("c", 3, 3)]
    assert prizes(rows, [5000, 3000, 100]) == [("a", 1, 5000), ("b", 1, 5000), ("c", 3, 100)]
    assert prizes(rows, [5000, 3000]) == [("a", 1, 5000), ("b", 1, 5000)]


def test_closing():
    march = period_from(PeriodKind.MONTH, date(2026, 3, 1), ZoneInfo("Asia/Shanghai"))

    assert closes_at(march, 7) == datetime(2026, 4, 7, 16, tzinfo=UTC)
    assert closes_at(march, 0) == march.end
    with pytest.raises(InvalidInput):
        closes_at(LIFETIME, 7)
