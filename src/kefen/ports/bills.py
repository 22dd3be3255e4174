"""What a channel itself says it did on a day, to be held against our books.

Amounts and errors are as `ports.payments` says; ChannelUnavailable also means that the bill is not
written yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo


class BillKind(StrEnum):
    """What a line is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    PAYOUT = "payout"
    SHARE = "share"
    # A channel's fee that stands on a line of its own, and whatever else moved money there.
    FEE = "fee"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class BillLine:
    """One movement: `number` is ours as we gave it (of order, refund, withdrawal, split; empty
    where the channel does not repeat it), `channel_number` the channel's own. `amount` is what the
    movement is about and positive; `fee` is what the channel kept for it (negative: gave back).
    `order` is the order that a refund belongs to, empty where the channel does not say so."""

    kind: BillKind
    number: str
    channel_number: str
    amount: int
    fee: int
    currency: str
    at: datetime
    note: str = ""
    order: str = ""


# Where channels count their days; what is not here counts them in China.
_ZONES = {"stripe": ZoneInfo("UTC")}
_CHINA = ZoneInfo("Asia/Shanghai")


def zone_of(channel: str) -> ZoneInfo:
    """The zone in which a channel's bills have their days."""
    return _ZONES.get(channel, _CHINA)


class BillSource(Protocol):
    """A channel that writes bills."""

    name: str

    def fetch_bill(self, institution: str, day: date) -> Sequence[BillLine]:
        """All movements of a day in the channel's own zone (UTC+8 for WeChat and Alipay, UTC for
        Stripe), verified against the channel's digest where it gives one; empty if there were
        none. Raises ChannelUnavailable (not written yet), InvalidInput (not what it announced)."""
        ...


@runtime_checkable
class TeachableBills(Protocol):
    """A stand-in that can be told of movements from before it: the story of a demo."""

    def learn(self, institution: str, lines: Sequence[BillLine]) -> None:
        """Remember these lines as the channel's own, each once."""
        ...
