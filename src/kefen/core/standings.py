"""Ranks, closing and prizes of a board (`domain.md §6`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kefen.core.errors import InvalidInput
from kefen.core.periods import Period


@dataclass(frozen=True, slots=True)
class Row:
    """One promoter's place; `value` is minor units, or a count for the metric orders."""

    promoter: str
    rank: int
    value: int


def rank(values: Mapping[str, int]) -> list[Row]:
    """Return the rows of a board, by rank and then promoter id; only figures above 0.

    A rank is 1 + the number of promoters with a strictly better figure; ties share it.
    """
    shown = sorted(
        ((value, promoter) for promoter, value in values.items() if value > 0),
        key=lambda pair: (-pair[0], pair[1]),
    )
    rows: list[Row] = []
    for position, (value, promoter) in enumerate(shown, start=1):
        tied = bool(rows) and rows[-1].value == value
        rows.append(Row(promoter, rows[-1].rank if tied else position, value))
    return rows


def closes_at(period: Period, close_after_days: int) -> datetime:
    """Return the end of the period + `close_after_days` * 86400 s.

    The caller has put the version's `hold_days` where a board names none. Raises InvalidInput
    for a lifetime, which never closes.
    """
    if period.end is None:
        raise InvalidInput(field="period", reason="a lifetime never closes")
    return period.end + timedelta(days=close_after_days)


def prizes(rows: Sequence[Row], amounts: Sequence[int]) -> list[tuple[str, int, int]]:
    """Return (promoter, rank, amount) for everyone who gets a prize, by rank, then promoter.

    `amounts[k - 1]` goes undivided to everyone with rank k; a prize of 0 is none.
    """
    won = [
        (row.promoter, row.rank, amounts[row.rank - 1])
        for row in rows
        if row.rank <= len(amounts) and amounts[row.rank - 1] > 0
    ]
    return sorted(won, key=lambda prize: (prize[1], prize[0]))
