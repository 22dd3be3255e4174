"""Sending money to promoters. Amounts, numbers and errors are as `ports.payments` says."""

from dataclasses import dataclass
from typing import Protocol

from kefen.ports.payments import ChannelEvent, Notifier


@dataclass(frozen=True, slots=True)
class PayOut:
    """Ask a channel to send money to a promoter, under the withdrawal's number.

    `receiver` is his account at the channel, `name` his real name where the channel compares it.
    With an `authorisation` (the channel's number of it) the receiver need not confirm.
    """

    institution: str
    withdrawal: str
    receiver: str
    amount: int
    currency: str
    notify_url: str
    name: str = ""
    authorisation: str = ""


class PayoutChannel(Notifier, Protocol):
    """A channel that sends money to promoters."""

    def pay_out(self, request: PayOut) -> ChannelEvent | None:
        """Ask for a payout; its result comes by notification or by `query_payout`. A channel that
        says where the receiver confirms says it at once; what it says is taken like a result."""
        ...

    def query_payout(self, institution: str, withdrawal: str) -> ChannelEvent | None:
        """The result of a payout, or that it waits for its receiver (no result: he may still
        confirm); None while it is under way. Raises NotFound."""
        ...

    def cancel_payout(self, institution: str, withdrawal: str) -> None:
        """Take back a payout that waits for its receiver; its result comes as any other. Raises
        ChannelRejected where it is too late or the channel cannot."""
        ...


@dataclass(frozen=True, slots=True)
class Authorise:
    """Ask a receiver once to accept every later payout, under a number of our own."""

    institution: str
    number: str
    receiver: str
    name: str
    notify_url: str


@dataclass(frozen=True, slots=True)
class Authorisation:
    """Whether he did: `number` is the channel's own, `url` where he says yes while he has not."""

    active: bool
    number: str = ""
    url: str = ""


class AuthorisedPayouts(Protocol):
    """A payout channel whose receivers can agree once instead of confirming each time."""

    name: str

    def authorise(self, request: Authorise) -> Authorisation:
        """Ask for it; the same number asks once."""
        ...

    def query_authorisation(self, institution: str, number: str) -> Authorisation:
        """What became of it. Raises NotFound."""
        ...
