"""Collecting money and giving it back, as any payment channel does it.

An adapter translates; it decides nothing and writes nothing of ours. Amounts are integers in the
currency's minor unit; every number (of order, refund, payout) is ours and is the channel's
idempotency key: asking again under the same number never moves money twice. Where a channel takes
shorter numbers or other letters, its adapter writes ours so that it reads them back (`translate`).

Errors of every verb: ChannelUnavailable (nothing was done: try again), ChannelRejected (final),
OutcomeUnknown (ask `query…` under the same number, never re-send), NotFound (the institution has
no account at this channel). A query for a refund or a payout whose number the channel never got
raises NotFound: only then may it be sent (again).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Method(StrEnum):
    """How the student pays at a channel: on a page that the channel shows on a computer or in a
    phone's browser, by scanning a code, or inside the channel's own app, where our page asks."""

    PAGE = "page"
    MOBILE = "mobile"
    CODE = "code"
    IN_APP = "in_app"


@dataclass(frozen=True, slots=True)
class Collect:
    """Ask a channel to collect an order's money from the student.

    `payer` is who he is at the channel (WeChat: openid; needed for IN_APP only), `client_address`
    the network address he comes from (WeChat's MOBILE asks for it). `split` asks the channel to
    keep the money divisible: what was not asked for here can never be split.
    `until`: nobody can pay later than that, wherever the channel can be told so.
    """

    institution: str
    order: str
    amount: int
    currency: str
    subject: str
    return_url: str
    notify_url: str
    method: Method = Method.PAGE
    payer: str = ""
    client_address: str = ""
    split: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cashier:
    """Where the student pays: an address to go to, a text to show as a code, or what the app's
    script is to be called with. `stand_in` is where a code can be paid without a phone; only an
    emulator has such a place."""

    url: str = ""
    code: str = ""
    bridge: Mapping[str, str] = field(default_factory=dict)
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Ask a channel to refund part of an order, under the refund's own number. `total` is what was
    paid, `channel_number` the channel's own number of that payment: where it is named, that one is
    refunded, and no other that the order may have as well."""

    institution: str
    order: str
    refund: str
    amount: int
    currency: str
    reason: str
    notify_url: str
    total: int = 0
    channel_number: str = ""


class EventKind(StrEnum):
    """What a channel tells us. A stuck refund has no result yet: somebody settles it at the
    channel's console, and a result follows."""

    PAYMENT_SUCCEEDED = "payment_succeeded"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    REFUND_STUCK = "refund_stuck"
    PAYOUT_WAITING = "payout_waiting"
    PAYOUT_SUCCEEDED = "payout_succeeded"
    PAYOUT_FAILED = "payout_failed"
    PAYOUT_EXPIRED = "payout_expired"
    PAYOUT_CANCELLED = "payout_cancelled"
    # Nothing that we need to act on; kept as it came.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ChannelEvent:
    """A verified notification in our words.

    `event` is the channel's number of the notification, `subject` our number of what it is about
    (order, refund or withdrawal), `order` the order's number for payments and refunds,
    `channel_number` the channel's own number of the subject. A payout that waits for its receiver
    says until when, and at which address he confirms the receipt.
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
    channel_number: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a channel wants to read when we have stored its notification."""

    status: int = 200
    body: str = "stored"
    content_type: str = "text/plain"


class Notifier(Protocol):
    """A channel that tells us what happened."""

    name: str
    acknowledgement: Acknowledgement

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


class PaymentChannel(Notifier, Protocol):
    """A channel that collects and refunds."""

    methods: tuple[Method, ...]

    def collect(self, request: Collect) -> Cashier:
        """Open the channel's cashier for an order; the same order opens the same one, and asked
        for in another way, whatever was opened before is closed first: an order is payable in one
        place. Where it is paid in any way, nothing new is opened."""
        ...

    def close(self, institution: str, order: str) -> None:
        """Let nobody pay the order at this channel any more; whatever was never opened, or is
        closed, is closed. Where it is paid, the rest is closed all the same, and then it raises
        ChannelRejected."""
        ...

    def give_back(self, request: GiveBack) -> None:
        """Ask for a refund; its result comes by notification or by `query_refund`."""
        ...

    def query_payment(self, institution: str, order: str) -> ChannelEvent | None:
        """The payment of an order as the channel knows it; None if it is not paid."""
        ...

    def query_refund(
        self, institution: str, refund: str, *, order: str = "", channel_number: str = ""
    ) -> ChannelEvent | None:
        """The result of a refund; None while it is under way. `order` and `channel_number` name
        its payment, which some channels want to hear. Raises NotFound."""
        ...
