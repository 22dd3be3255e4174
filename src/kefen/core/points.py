"""Points of an order for its level 1 promoter (`domain.md §7`)."""

from __future__ import annotations

from kefen.core.errors import InvariantBroken
from kefen.core.terms import PointsTerms


def earned(paid: int, terms: PointsTerms) -> int:
    """Return `per_order + floor(paid / 100) * per_yuan` points.

    `paid` (minor units) is what was paid for the lines of the order attributed to the promoter.
    """
    return terms.per_order + paid // 100 * terms.per_yuan


def remaining(points: int, paid: int, refunded: int) -> int:
    """Return `floor(points * (paid - refunded) / paid)`: what remains of an order's points.

    `refunded` is what was refunded so far of those lines, also before the points were given.
    Raises InvariantBroken unless `0 <= refunded <= paid`.
    """
    if not 0 <= refunded <= paid:
        raise InvariantBroken(invariant="no more is refunded than was paid")
    return points * (paid - refunded) // paid if paid else 0
