"""Every row of the ledger's table as pairs of accounts (`domain.md §4`).

A posting has one debit account, one credit account and a positive amount, so a list of them
balances by construction. Several postings of one event share one key. Amounts in minor units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kefen.core.errors import InvariantBroken
from kefen.core.refunds import Sources

MAIN: Final = "institution:main"
TAX: Final = "tax:withheld"
STRAYS: Final = "institution:strays"
"""Money that came without being due, and belongs to whoever paid it (decision 0034)."""
PAYOUT: Final = "channel:payout"
POINTS_ISSUED: Final = "points:issued"
DIFFERENCE: Final = "bil"
"""Prefix of the public id of a bill's difference, which names its corrections."""


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount` (> 0) from the account `credit` to the account `debit`."""

    debit: str
    credit: str
    amount: int


def channel(name: str) -> str:
    """Account of the money at a payment channel."""
    return f"channel:{name}"


def pending(promoter: str) -> str:
    """Account of commissions in their hold."""
    return f"promoter:{promoter}:pending"


def available(promoter: str) -> str:
    """Account of what the promoter may withdraw."""
    return f"promoter:{promoter}:available"


def in_transit(promoter: str) -> str:
    """Account of withdrawals on their way."""
    return f"promoter:{promoter}:in_transit"


def receivable(promoter: str) -> str:
    """Account of what the promoter owes."""
    return f"promoter:{promoter}:receivable"


def points(promoter: str) -> str:
    """Account of the promoter's points, in points; it may become negative."""
    return f"promoter:{promoter}:points"


def channel_fees(name: str, amount: int) -> list[Posting]:
    """What a channel kept for its work: the institution bears it; negative is given back."""
    there = channel(name)
    return _posted([(MAIN, there, amount)] if amount > 0 else [(there, MAIN, -amount)])


def corrected(account: str, amount: int) -> list[Posting]:
    """Money at a channel that the books did not know (negative: that is not there), borne by the
    institution."""
    return _posted([(account, MAIN, amount)] if amount > 0 else [(MAIN, account, -amount)])


def _posted(moves: Iterable[tuple[str, str, int]]) -> list[Posting]:
    """Add up moves between the same accounts, in order, and leave out zeros."""
    sums: dict[tuple[str, str], int] = {}
    for debit, credit, amount in moves:
        if amount < 0:
            raise InvariantBroken(invariant="a posting has a positive amount")
        if amount:
            pair = (debit, credit)
            sums[pair] = sums.get(pair, 0) + amount
    return [Posting(debit, credit, amount) for (debit, credit), amount in sums.items()]


def order_paid(
    channel_name: str, paid: int, commissions: Sequence[tuple[str, int]]
) -> list[Posting]:
    """Order paid: the channel gets `paid`, each (promoter, amount) its pending commission.

    Raises InvariantBroken if the commissions are more than was paid.
    """
    source = channel(channel_name)
    rest = paid - sum(amount for _, amount in commissions)
    moves = [(source, MAIN, rest)]
    moves += [(source, pending(promoter), amount) for promoter, amount in commissions]
    return _posted(moves)


def refunded(
    channel_name: str, amount: int, reversals: Sequence[tuple[str, Sources]]
) -> list[Posting]:
    """Refund: `amount` leaves the channel, reversals bear it first, the institution the rest.

    Where reversals are more than the refund (flooring of two levels), the institution is
    credited with the difference.
    """
    target = channel(channel_name)
    left = amount
    moves: list[tuple[str, str, int]] = []
    for debit, part in _sources(reversals):
        to_channel = min(part, left)
        left -= to_channel
        moves.append((debit, target, to_channel))
        moves.append((debit, MAIN, part - to_channel))
    moves.append((MAIN, target, left))
    return _posted(moves)


def stray_received(channel_name: str, amount: int) -> list[Posting]:
    """A channel took `amount` that nobody owed: it is there, and is owed to whoever paid it."""
    return _posted([(channel(channel_name), STRAYS, amount)])


def stray_returned(channel_name: str, amount: int, *, settled: bool) -> list[Posting]:
    """It left the channel. Where the institution had settled it otherwise before, that was its
    own money."""
    return _posted([(MAIN if settled else STRAYS, channel(channel_name), amount)])


def stray_settled(amount: int) -> list[Posting]:
    """It was given back otherwise: what lies at the channel is the institution's."""
    return _posted([(STRAYS, MAIN, amount)])


def rejected(reversals: Sequence[tuple[str, Sources]]) -> list[Posting]:
    """A commission rejected for risk (`§3.5`): the institution gets back what remained of it."""
    return _posted((debit, MAIN, part) for debit, part in _sources(reversals))


def _sources(reversals: Sequence[tuple[str, Sources]]) -> list[tuple[str, int]]:
    """The accounts that reversals debit, with amounts."""
    parts: list[tuple[str, int]] = []
    for promoter, source in reversals:
        parts.append((pending(promoter), source.pending))
        parts.append((available(promoter), source.available))
        parts.append((receivable(promoter), source.receivable))
    return parts


def _credited(debit: str, promoter: str, amount: int, settled: int) -> list[Posting]:
    """`amount` from `debit` to the promoter, `settled` of it against what he owes."""
    return _posted(
        [
            (debit, available(promoter), amount - settled),
            (debit, receivable(promoter), settled),
        ]
    )


def matured(promoter: str, amount: int, settled: int) -> list[Posting]:
    """A commission of `amount` leaves its hold; `settled` of it settles the receivable."""
    return _credited(pending(promoter), promoter, amount, settled)


def withdrawal_requested(promoter: str, amount: int, owed: int = 0) -> list[Posting]:
    """A withdrawal of `amount` is reserved; `owed` of it is more than was available, because a
    channel paid it nevertheless."""
    return _posted(
        [
            (available(promoter), in_transit(promoter), amount - owed),
            (receivable(promoter), in_transit(promoter), owed),
        ]
    )


def payout_succeeded(promoter: str, amount: int, tax: int, source: str = PAYOUT) -> list[Posting]:
    """A withdrawal of `amount` was paid out of `source`, less `tax` withheld; a split's source is
    the account of its order's channel."""
    return _posted([(in_transit(promoter), source, amount - tax), (in_transit(promoter), TAX, tax)])


def payout_returned(promoter: str, amount: int, settled: int) -> list[Posting]:
    """A payout failed, expired or was cancelled: `amount` comes back, `settled` of it owed."""
    return _credited(in_transit(promoter), promoter, amount, settled)


def prize(promoter: str, amount: int, settled: int) -> list[Posting]:
    """A contest prize, or a manual adjustment in the promoter's favour."""
    return _credited(MAIN, promoter, amount, settled)


def points_given(promoter: str, amount: int) -> list[Posting]:
    """`amount` points to the promoter."""
    return _posted([(POINTS_ISSUED, points(promoter), amount)])


def points_taken(promoter: str, amount: int) -> list[Posting]:
    """`amount` points from the promoter: a refund or a redemption."""
    return _posted([(points(promoter), POINTS_ISSUED, amount)])


def order_paid_key(order: str) -> str:
    """Key of an order's payment."""
    return f"order:{order}:paid"


def refund_key(refund: str) -> str:
    """Key of a refund."""
    return f"refund:{refund}"


def stray_key(stray: str, event: str) -> str:
    """Key of what became of a stray payment: `received`, `returned` or `settled`."""
    return f"stray:{stray}:{event}"


def matured_key(order: str, line: int, level: int) -> str:
    """Key of one commission's maturing."""
    return f"commission:{order}:{line}:{level}:matured"


def rejected_key(order: str, line: int, level: int) -> str:
    """Key of one commission's rejection."""
    return f"commission:{order}:{line}:{level}:rejected"


def withdrawal_requested_key(withdrawal: str) -> str:
    """Key of a withdrawal's reservation."""
    return f"withdrawal:{withdrawal}:requested"


def withdrawal_result_key(withdrawal: str, result: str) -> str:
    """Key of a withdrawal's end: `succeeded`, `failed`, `expired`, `cancelled` or `rejected`."""
    return f"withdrawal:{withdrawal}:{result}"


def prize_key(metric: str, period: str, starts_on: date, promoter: str) -> str:
    """Key of one promoter's prize on one board."""
    return f"board:{metric}:{period}:{starts_on.isoformat()}:prize:{promoter}"


def adjustment_key(adjustment: str) -> str:
    """Key of a manual adjustment."""
    return f"adjustment:{adjustment}"


def bill_fees_key(channel_name: str, on: date, version: int) -> str:
    """Key of a day's fees at a channel; a bill that is corrected later adds what it changes."""
    key = f"bill:{channel_name}:{on.isoformat()}:fees"
    return key if version == 1 else f"{key}:{version}"


def bill_correction_key(difference: str, nth: int = 1) -> str:
    """Key of the adjustment that settles a difference of a bill; one that was reversed may be
    followed by another."""
    key = f"bill:{difference}:corrected"
    return key if nth == 1 else f"{key}:{nth}"


def bill_correction_reversed_key(correction: str) -> str:
    """Key of what takes a correction back."""
    return f"{correction}:reversed"


def points_given_key(order: str, promoter: str) -> str:
    """Key of a promoter's points for an order: its lines may have different promoters."""
    return f"order:{order}:points:{promoter}"


def points_taken_key(refund: str, promoter: str) -> str:
    """Key of the points that a refund takes back from a promoter."""
    return f"refund:{refund}:points:{promoter}"
