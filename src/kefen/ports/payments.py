"""Collecting money and giving it back, as any payment channel does it.

An adapter translates; it decides nothing and writes nothing of ours. Amounts are integers in the
currency's minor unit; every number (of order, refund, payout) is ours and is the channel's
idempotency key: asking again under the same number never moves money twice.

Errors of every verb: ChannelUnavailable (nothing was done: try again), ChannelRejected (final),
OutcomeUnknown (ask `query…` under the same number, never re-send). A query for a refund or a payout
whose number the channel never got raises NotFound: only then may it be sent (again).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Collect:
    """Ask a channel to collect an order's money from the student."""

    institution: str
    order: str
    amount: int
    currency: str
    subject: str
    return_url: str
    notify_url: str


@dataclass(frozen=True, slots=True)
class Cashier:
    """Where the student pays."""

    url: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Ask a channel to refund part of an order, under the refund's own number."""

    institution: str
    order: str
    refund: str
    amount: int
    currency: str
    reason: str
    notify_url: str


@dataclass(frozen=True, slots=True)
class PayOut:
    """Ask a channel to send money to a promoter, under the withdrawal's number; `name` is the
    receiver's real name, empty where nobody gave it."""

    institution: str
    withdrawal: str
    receiver: str
    amount: int
    currency: str
    notify_url: str
    name: str = ""


class EventKind(StrEnum):
    """What a channel tells us."""

    PAYMENT_SUCCEEDED = "payment_succeeded"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    PAYOUT_WAITING = "payout_waiting"
    PAYOUT_SUCCEEDED = "payout_succeeded"
    PAYOUT_FAILED = "payout_failed"
    PAYOUT_EXPIRED = "payout_expired"


@dataclass(frozen=True, slots=True)
class ChannelEvent:
    """A verified notification in our words.

    `event` is the channel's number of the notification, `subject` our number of what it is about
    (order, refund or withdrawal), `order` the order's number for payments and refunds. A payout
    that waits for its receiver says until when, and at which address he confirms the receipt.
    """

    event: str
    kind: EventKind
    subject: str
    order: str
    amount: int
    currency: str
    at: datetime
    reason: str = ""
    until: datetime | None = None
    url: str = ""


class PaymentChannel(Protocol):
    """A channel that collects and refunds."""

    name: str

    def collect(self, request: Collect) -> Cashier:
        """Open the channel's cashier for an order; the same order opens the same one."""
        ...

    def give_back(self, request: GiveBack) -> None:
        """Ask for a refund; its result comes by notification or by `query_refund`."""
        ...

    def query_payment(self, institution: str, order: str) -> ChannelEvent | None:
        """The payment of an order as the channel knows it; None if it is not paid."""
        ...

    def query_refund(self, institution: str, refund: str) -> ChannelEvent | None:
        """The result of a refund; None while it is under way. Raises NotFound."""
        ...

    def read_notification(
        self, institution: str, headers: Mapping[str, str], body: bytes
    ) -> ChannelEvent:
        """Verify and translate a notification for an institution, whose key it must be signed
        with; header names are in lower case. Raises BadSignature, InvalidInput (malformed)."""
        ...

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        """Translate a body that `read_notification` verified when it came; a signature grows
        stale, a stored notification does not. Raises InvalidInput."""
        ...


class PayoutChannel(Protocol):
    """A channel that sends money to promoters."""

    name: str

    def pay_out(self, request: PayOut) -> None:
        """Ask for a payout; its result comes by notification or by `query_payout`."""
        ...

    def query_payout(self, institution: str, withdrawal: str) -> ChannelEvent | None:
        """The result of a payout, or that it waits for its receiver (no result: he may still
        confirm); None while it is under way. Raises NotFound."""
        ...

    def read_notification(
        self, institution: str, headers: Mapping[str, str], body: bytes
    ) -> ChannelEvent:
        """Verify and translate a notification for an institution, whose key it must be signed
        with; header names are in lower case. Raises BadSignature, InvalidInput (malformed)."""
        ...

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        """Translate a body that `read_notification` verified when it came; a signature grows
        stale, a stored notification does not. Raises InvalidInput."""
        ...
