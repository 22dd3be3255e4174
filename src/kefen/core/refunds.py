"""What a refund takes back, and from where (`domain.md §3.6`). All amounts in minor units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kefen.core.errors import InvalidInput, InvariantBroken, RefundExceedsPaid
from kefen.core.money import allocate


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a reversal comes from; `receivable` is what the promoter owes from now on."""

    pending: int
    available: int
    receivable: int

    @property
    def total(self) -> int:
        """The reversal as a whole."""
        return self.pending + self.available + self.receivable


def spread(amount: int, left: Sequence[int]) -> list[int]:
    """Spread one refunded amount over the lines, in the order of their line numbers.

    `left` is what is left of each line's paid amount. In proportion to it, by largest remainder,
    ties to the earlier line; no line gets more than is left of it. Raises RefundExceedsPaid if
    `amount` is more than is left of all.
    """
    everything = sum(left)
    if amount > everything:
        raise RefundExceedsPaid(asked=amount, left=everything)
    return allocate(amount, left)


def check_refund(left: Mapping[int, int], asked: Mapping[int, int]) -> None:
    """Check a refund that names amounts by line number against what is left of each line.

    Raises InvalidInput for an amount below 1 and RefundExceedsPaid (with `line`) for more than
    is left, or for a line that the order does not have.
    """
    for line, amount in asked.items():
        if amount < 1:
            raise InvalidInput(field="amount", reason="a refund is at least 1")
        if amount > left.get(line, 0):
            raise RefundExceedsPaid(asked=amount, left=left.get(line, 0), line=line)


def remaining(commission: int, paid: int, refunded: int) -> int:
    """Return `floor(commission * (paid - refunded) / paid)`: what remains of a commission.

    `paid` is the line's, `refunded` its cumulative refund. Nothing remains of a line paid 0.
    Raises InvariantBroken unless `0 <= refunded <= paid`.
    """
    if not 0 <= refunded <= paid:
        raise InvariantBroken(invariant="no more is refunded than was paid")
    return commission * (paid - refunded) // paid if paid else 0


def reversal(commission: int, paid: int, refunded_before: int, refunded_after: int) -> int:
    """Return what one more refund takes back of a commission: the fall of what remains.

    Always computed from the booked commission, so partial refunds end at the same figure in any
    order, and a full refund at exactly zero.
    """
    return remaining(commission, paid, refunded_before) - remaining(
        commission, paid, refunded_after
    )


def sources(amount: int, *, pending: bool, available_balance: int) -> Sources:
    """Say where a reversal of `amount` comes from.

    All of it from pending while the commission is pending (or held); after that from
    `available_balance`, the promoter's at this moment, as far as it goes; the rest is owed. For
    several reversals in one refund the caller lowers the balance from one to the next.
    """
    if pending:
        return Sources(amount, 0, 0)
    taken = min(amount, max(available_balance, 0))
    return Sources(0, taken, amount - taken)
