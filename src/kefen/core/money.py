"""Money as integers of the minor unit, and how to share it out (`domain.md`, preamble)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kefen.core.errors import InvalidInput

WHOLE_BPS: Final = 10_000
"""Basis points in the whole: 10000 = 100 %."""


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` minor units (fen for CNY) of `currency` (three capital letters)."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        # bool is an int and float compares equal to one; neither is money.
        if type(self.amount) is not int:
            raise InvalidInput(field="amount", reason="money is a whole number of minor units")
        code = self.currency
        if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
            raise InvalidInput(field="currency", reason="three capital letters are needed")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same_currency(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same_currency(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def _same_currency(self, other: Money) -> int:
        if other.currency != self.currency:
            raise InvalidInput(
                field="currency", reason=f"{other.currency} cannot be added to {self.currency}"
            )
        return other.amount


def share(amount: int, bps: int) -> int:
    """Return `floor(amount * bps / 10000)`; both non-negative (`domain.md §3.2`)."""
    return amount * bps // WHOLE_BPS


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` minor units in proportion to `weights`, by largest remainder.

    The parts add up to `total`, stand in the order of `weights` and differ from the exact share
    by less than one; ties go to the earlier index; a zero weight gets 0 (`domain.md §3.6`).
    Raises InvalidInput for a negative value, or if there is something to split and no weight.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise InvalidInput(field="weights", reason="total and weights must not be negative")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise InvalidInput(field="weights", reason="all weights are zero")
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    missing = total - sum(parts)
    if missing:
        # sorted() is stable, so equal remainders keep the order of the indexes.
        by_remainder = sorted(range(len(parts)), key=lambda i: -(total * weights[i] % whole))
        for index in by_remainder[:missing]:
            parts[index] += 1
    return parts
