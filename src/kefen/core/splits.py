"""When the money of a payment is divided at its channel, and into which shares (decision 0028).

A person's share cannot be pulled back, so nothing is divided while a refund may still come; and
what a channel keeps divisible it releases by itself after a while, so nothing waits for ever.
Whatever is not shared stays where it is: in the promoter's wallet. All amounts in minor units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from kefen.core.errors import InvariantBroken, SplitAboveChannel, SplitTooLate
from kefen.core.money import share
from kefen.core.states import CommissionState

DAY: Final = timedelta(days=1)
SAFETY: Final = DAY
"""So long before the channel's deadline nothing is divided any more: it has to get there."""
CLOSING: Final = DAY
"""So long before that, what still stands in the way is left out instead of waited for."""
MARGIN_DAYS: Final = 3
"""What a programme has to leave of the channel's time: safety, closing, and a day of outage."""
LOOK_AGAIN: Final = timedelta(hours=1)
SOON: Final = timedelta(minutes=1)


class Facts(Protocol):
    """What a channel allows, as `ports.splits.SplitFacts` has it."""

    @property
    def maximum_bps(self) -> int: ...
    @property
    def earliest(self) -> timedelta: ...
    @property
    def latest(self) -> timedelta: ...
    @property
    def receivers_per_request(self) -> int: ...
    @property
    def minimum(self) -> int: ...
    @property
    def monthly_maximum(self) -> int | None: ...


class Way(StrEnum):
    """How a promoter's commissions reach him: kept for him until he asks, or straight out of the
    order's payment."""

    WALLET = "wallet"
    SPLIT = "split"


class Settling(StrEnum):
    """How a person settles a split whose channel did another amount: what it did is booked, or its
    money was fetched back there and everything is in the wallet."""

    ACCEPT = "accept"
    WALLET = "wallet"


class Reason(StrEnum):
    """Why something waits, or goes to the wallet and not straight to the promoter."""

    REFUND_WINDOW = "refund_window"
    REFUND_OPEN = "refund_open"
    RISK_HOLD = "risk_hold"
    MATURING = "maturing"
    NOTHING_TO_SHARE = "nothing_to_share"
    TOO_LATE = "too_late"
    WALLET = "wallet"
    NO_IDENTITY = "no_identity"
    NO_ACCOUNT = "no_account"
    NO_BALANCE = "no_balance"
    TOO_SMALL = "too_small"
    RATIO = "ratio"
    MONTH = "month"
    RECEIVERS = "receivers"
    NEEDS_TWO_PERSONS = "needs_two_persons"
    AMOUNT_DIFFERS = "amount_differs"


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment: what of it went back, for how long more may, and whether somebody asks for it."""

    paid_at: datetime
    amount: int
    refunded: int
    refund_days: int
    refund_open: bool


@dataclass(frozen=True, slots=True)
class Earned:
    """A commission of the payment and what is left of it."""

    promoter: str
    level: int
    left: int
    state: CommissionState
    available_at: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing yet: look again at `until`."""

    until: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Release:
    """Nothing will be shared: the payment is the institution's, all of it."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Divide:
    """Now: what is left of each promoter's available commissions, level 1 first."""

    amounts: tuple[tuple[str, int], ...]


def decide(
    paid: Paid, commissions: Sequence[Earned], facts: Facts, now: datetime
) -> Wait | Release | Divide:
    """What to do with a divisible payment at `now`."""
    earliest = paid.paid_at + facts.earliest
    last = paid.paid_at + facts.latest - SAFETY
    live = [c for c in commissions if c.left > 0 and c.state is not CommissionState.REJECTED]
    if now < earliest:
        return Wait(earliest, Reason.REFUND_WINDOW)
    if not live or paid.refunded >= paid.amount:
        return Release(Reason.NOTHING_TO_SHARE)
    ready = max(
        paid.paid_at + paid.refund_days * DAY,
        *(c.available_at for c in live if c.state is not CommissionState.HELD),
        earliest,
    )
    if now >= last or ready >= last:
        return Release(Reason.TOO_LATE)
    if now < ready:
        return Wait(ready, Reason.REFUND_WINDOW)
    return _ready(paid, live, now, last - CLOSING)


def _ready(
    paid: Paid, live: Sequence[Earned], now: datetime, closing: datetime
) -> Wait | Release | Divide:
    """Every time limit has passed: what else may stand in the way."""
    states = {c.state for c in live}
    if paid.refund_open:
        if now < closing:
            return Wait(min(now + LOOK_AGAIN, closing), Reason.REFUND_OPEN)
        return Release(Reason.REFUND_OPEN)
    if now < closing:
        if CommissionState.HELD in states:
            return Wait(min(now + LOOK_AGAIN, closing), Reason.RISK_HOLD)
        if CommissionState.PENDING in states:
            return Wait(min(now + SOON, closing), Reason.MATURING)
    sums: dict[str, int] = {}
    for earned in sorted(live, key=lambda c: c.level):
        if earned.state is CommissionState.AVAILABLE:
            sums[earned.promoter] = sums.get(earned.promoter, 0) + earned.left
    if not sums:
        return Release(Reason.RISK_HOLD)
    return Divide(tuple(sums.items()))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a promoter would get: `amount` of his balance, `net` of it after tax. `received` is
    what he got by splits of this channel in the month; an `obstacle` is why he gets none."""

    promoter: str
    amount: int
    net: int
    received: int = 0
    obstacle: Reason | None = None


@dataclass(frozen=True, slots=True)
class Division:
    """The shares, and who gets his commission through the wallet instead, each with the reason."""

    shares: tuple[Claim, ...]
    wallet: tuple[tuple[Claim, Reason], ...]

    @property
    def total(self) -> int:
        """What leaves the payment."""
        return sum(claim.net for claim in self.shares)


def divide(paid: Paid, claims: Sequence[Claim], facts: Facts) -> Division:
    """Which claims become shares, whole or not at all, in the order in which they come.

    One that does not fit goes to the wallet and makes room for the next. Together they are never
    more than the channel's part of the payment, nor than what refunds left of it.
    """
    room = min(share(paid.amount, facts.maximum_bps), paid.amount - paid.refunded)
    shares: list[Claim] = []
    wallet: list[tuple[Claim, Reason]] = []
    for claim in claims:
        reason = _obstacle(claim, facts, room, len(shares))
        if reason is None:
            shares.append(claim)
            room -= claim.net
        else:
            wallet.append((claim, reason))
    if room < 0:
        raise InvariantBroken(invariant="shares fit into the payment they come from")
    return Division(tuple(shares), tuple(wallet))


def _obstacle(claim: Claim, facts: Facts, room: int, taken: int) -> Reason | None:
    month = facts.monthly_maximum
    obstacles = (
        (claim.obstacle is not None, claim.obstacle),
        (claim.amount <= 0, Reason.NO_BALANCE),
        (claim.net < max(facts.minimum, 1), Reason.TOO_SMALL),
        (claim.net > room, Reason.RATIO),
        (month is not None and claim.received + claim.net > month, Reason.MONTH),
        (taken >= facts.receivers_per_request, Reason.RECEIVERS),
    )
    return next((reason for stands, reason in obstacles if stands), None)


def check_terms(
    *, channel: str, hold_days: int, refund_days: int, max_rate_bps: int, facts: Facts
) -> None:
    """Refuse terms under which money would regularly come too late, or be too much, for a channel
    that divides payments. Raises SplitTooLate, SplitAboveChannel."""
    limit = facts.latest // DAY - MARGIN_DAYS
    for rule, days in (("hold_days", hold_days), ("refund_days", refund_days)):
        if days > limit:
            raise SplitTooLate(rule=rule, limit=limit, worst=days, channel=channel)
    if max_rate_bps > facts.maximum_bps:
        raise SplitAboveChannel(
            rule="max_rate_bps", limit=facts.maximum_bps, worst=max_rate_bps, channel=channel
        )
