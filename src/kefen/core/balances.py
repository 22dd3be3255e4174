"""A credit settles what is owed before anything can be withdrawn (`domain.md §3.6`)."""

from __future__ import annotations

from dataclasses import dataclass

from kefen.core.errors import BelowMinimum, InsufficientBalance


@dataclass(frozen=True, slots=True)
class Settled:
    """A credit in two parts: `settled` against the receivable, the rest `to_available`."""

    settled: int
    to_available: int


def settle(credit: int, receivable: int) -> Settled:
    """Split `credit` (minor units) that comes to a promoter who owes `receivable`."""
    settled = min(credit, receivable)
    return Settled(settled, credit - settled)


def check_withdrawal(amount: int, *, minimum: int, available: int) -> None:
    """Check a withdrawal of `amount` (`domain.md §5`).

    Raises BelowMinimum, else InsufficientBalance, in this order (`replay.md`).
    """
    # Nothing is no withdrawal, also where an institution asks for no minimum.
    if amount < max(minimum, 1):
        raise BelowMinimum(amount=amount, minimum=minimum)
    if amount > available:
        raise InsufficientBalance(asked=amount, available=available)
