"""Dividing the money of one payment at the channel itself, between the institution and those who
brought the order. Amounts, numbers and errors are as `ports.payments` says.

A share that reached a person cannot be pulled back at any of the channels: whoever plans a split
waits until no refund can come any more (`SplitFacts`).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """What a channel allows: the largest part of a payment in basis points, from when and until
    when after the payment, how many receivers one request and how many requests one payment may
    have, the smallest share, what a person may receive in a calendar month (None: no limit), and
    whether what is not shared stays frozen until it is released."""

    maximum_bps: int
    earliest: timedelta
    latest: timedelta
    receivers_per_request: int
    requests_per_payment: int
    minimum: int
    monthly_maximum: int | None
    freezes: bool


@dataclass(frozen=True, slots=True)
class Receiver:
    """A person at the channel: his account there, and his real name where it is compared."""

    account: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What one receiver gets, under a number of our own that one split has once."""

    number: str
    receiver: Receiver
    amount: int
    description: str


@dataclass(frozen=True, slots=True)
class Split:
    """Divide a payment (`order`, and the channel's own number of it) under our `number`.

    `paid` is the payment's whole amount."""

    institution: str
    number: str
    order: str
    channel_number: str
    paid: int
    currency: str
    shares: tuple[Share, ...]


class ShareState(StrEnum):
    """What became of one share; failed: the money is still at the institution."""

    UNDER_WAY = "under_way"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ShareResult:
    """One share by its number, or by its receiver's account and amount where the channel does not
    repeat our number; `channel_number` is the channel's own."""

    account: str
    amount: int
    state: ShareState
    reason: str = ""
    channel_number: str = ""
    number: str = ""


class SplitChannel(Protocol):
    """A payment channel that divides money."""

    name: str

    def split_facts(self, institution: str) -> SplitFacts:
        """What this institution's account may do; may ask the channel."""
        ...

    def add_receiver(self, institution: str, receiver: Receiver) -> None:
        """Let somebody receive shares; whoever is there already, is there."""
        ...

    def split(self, request: Split) -> None:
        """Ask for a split; its result is asked for by `query_split`."""
        ...

    def query_split(
        self, institution: str, number: str, *, order: str, channel_number: str
    ) -> tuple[ShareResult, ...]:
        """What became of each share. Raises NotFound if the channel never got the number."""
        ...

    def finish(
        self, institution: str, number: str, *, order: str, channel_number: str, amount: int
    ) -> None:
        """Release what was not shared, `amount` as we count it, to the institution, under a fresh
        number of our own; the same number releases once. Nothing to do where nothing is frozen."""
        ...

    def query_finish(
        self, institution: str, number: str, *, order: str, channel_number: str
    ) -> bool:
        """Whether the rest was released. Raises NotFound if the channel never got the number."""
        ...
