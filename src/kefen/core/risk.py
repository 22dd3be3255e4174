"""What looks odd about clicks and orders: facts go in, a score with its figures comes out.

A signal says how far something is from what is usual, never who is guilty: a person decides. The
score goes from 0 (nothing) to 100. Clicks earn nothing, so a signal on clicks alone holds nothing;
one on orders may hold their commissions from a threshold on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MOST: Final = 100
WINDOW_MINUTES: Final = 10
LOOK_BACK_DAYS: Final = 30
FEWEST_ORDERS: Final = 5
"""Of fewer orders nothing is concluded: two of three refunded is no pattern."""
FEWEST_UNVISITED: Final = 10
"""A code told in a small course is typed by a few students, and that is all right."""


class Kind(StrEnum):
    """What a signal is about."""

    LINK_BURST = "link_burst"
    NETWORK_BURST = "network_burst"
    AUTOMATED_CLICKS = "automated_clicks"
    AUTOMATED_ORDER = "automated_order"
    SAME_DEVICE = "same_device"
    SAME_ACCOUNT = "same_account"
    REFUND_RING = "refund_ring"
    NO_VISITS = "no_visits"


class State(StrEnum):
    """Where a signal stands. Only `OPEN` waits for a person; `WATCHING` was looked at and stays
    undecided, with whatever it holds."""

    OPEN = "open"
    WATCHING = "watching"
    RELEASED = "released"
    REJECTED = "rejected"


UNDECIDED: Final = frozenset({State.OPEN, State.WATCHING})
OF_CLICKS: Final = frozenset({Kind.LINK_BURST, Kind.NETWORK_BURST, Kind.AUTOMATED_CLICKS})


@dataclass(frozen=True, slots=True)
class Limits:
    """What is usual at an institution, and from which score on something is shown or held.

    `usual_*` of clicks are per link and ten minutes; `usual_refunds` is a percentage of orders.
    """

    usual_link: int = 30
    usual_network: int = 5
    usual_automated: int = 3
    usual_refunds: int = 20
    show_at: int = 40
    hold_at: int = 80


@dataclass(frozen=True, slots=True)
class Clicks:
    """The clicks on one link within one window: all, most from one network, by machines."""

    total: int
    from_one_network: int = 0
    automated: int = 0


@dataclass(frozen=True, slots=True)
class Sale:
    """One order line that earned: what it has in common with the promoter."""

    shared_devices: int = 0
    paid_to_buyer: bool = False
    automated: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """The orders that a promoter brought within the days looked back on. `returners` are students
    who took back more than one of them; for `unvisited` orders no visit by a link is known."""

    orders: int
    refunded: int = 0
    returners: int = 0
    unvisited: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind, its score, and the figures of its explanation."""

    kind: Kind
    score: int
    figures: Mapping[str, int] = field(default_factory=dict)


def of_clicks(clicks: Clicks, limits: Limits) -> list[Finding]:
    """What is odd about the clicks on a link within a window."""
    counted = (
        (Kind.LINK_BURST, clicks.total, limits.usual_link),
        (Kind.NETWORK_BURST, clicks.from_one_network, limits.usual_network),
        (Kind.AUTOMATED_CLICKS, clicks.automated, limits.usual_automated),
    )
    return _shown(
        [
            Finding(
                kind,
                times_usual(count, usual),
                {"clicks": count, "minutes": WINDOW_MINUTES, "usual": usual},
            )
            for kind, count, usual in counted
        ],
        limits,
    )


def of_sale(sale: Sale, limits: Limits) -> list[Finding]:
    """What is odd about one order line that earned. One shared device may stand in a classroom
    or a family, two hardly do; a program may drive a browser for good reasons, like a test."""
    found = []
    if sale.shared_devices:
        score = min(MOST, 40 + 20 * sale.shared_devices)
        found.append(Finding(Kind.SAME_DEVICE, score, {"devices": sale.shared_devices}))
    if sale.paid_to_buyer:
        found.append(Finding(Kind.SAME_ACCOUNT, 90))
    if sale.automated:
        found.append(Finding(Kind.AUTOMATED_ORDER, 70))
    return _shown(found, limits)


def of_record(record: Record, limits: Limits) -> list[Finding]:
    """What is odd about everything that a promoter brought."""
    if record.orders < FEWEST_ORDERS:
        return []
    figures = {"orders": record.orders, "days": LOOK_BACK_DAYS}
    refunded = {
        **figures,
        "refunded": record.refunded,
        "returners": record.returners,
        "usual": limits.usual_refunds,
    }
    unvisited = {**figures, "unvisited": record.unvisited}
    return _shown(
        [
            Finding(Kind.REFUND_RING, _refund_score(record, limits), refunded),
            Finding(Kind.NO_VISITS, _unvisited_score(record), unvisited),
        ],
        limits,
    )


def times_usual(count: int, usual: int) -> int:
    """20 for what is usual, 40 for twice as much, at most 100."""
    return min(MOST, 20 * count // usual)


def holds(finding: Finding, limits: Limits) -> bool:
    """Are the commissions that it concerns held until somebody decided?"""
    return finding.kind not in OF_CLICKS and finding.score >= limits.hold_at


def _refund_score(record: Record, limits: Limits) -> int:
    """From 40 where refunds begin to be unusual to 100 where all is refunded; ten more for each
    student who took back several orders."""
    percent = 100 * record.refunded // record.orders
    if percent <= limits.usual_refunds:
        return 0
    above = 60 * (percent - limits.usual_refunds) // (100 - limits.usual_refunds)
    return min(MOST, 40 + above + 10 * record.returners)


def _unvisited_score(record: Record) -> int:
    """Codes told in a lecture have no visits either, so this alone stays below what holds."""
    if record.unvisited < FEWEST_UNVISITED or 10 * record.unvisited < 8 * record.orders:
        return 0
    return min(70, 40 + 3 * (record.unvisited - FEWEST_UNVISITED))


def _shown(found: list[Finding], limits: Limits) -> list[Finding]:
    return [one for one in found if one.score >= limits.show_at]
