"""The other side of a channel, as the contracts drive it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from kefen.ports.merchants import Merchant
from kefen.ports.payments import Method
from tests.adapters.contract.notifications import Message

Channel_co = TypeVar("Channel_co", covariant=True)


@dataclass(frozen=True)
class Person:
    """A receiver's account at the channel, and the real name that belongs to it."""

    account: str
    name: str = ""


class Side(Protocol[Channel_co]):
    """The adapter under test and the other side of it.

    `notify_url` is where the other side delivers; where it keeps its notifications itself, any
    address will do. Methods that a channel has no use for (nobody confirms at Stripe) do nothing.
    """

    notify_url: str
    currency: str
    person: Person

    @property
    def channel(self) -> Channel_co:
        """The adapter."""

    def payer(self) -> str:
        """Who the student is at the channel, for IN_APP."""

    def student_pays(self, order: str, method: Method | None = None) -> None:
        """The student pays at the cashier (the one opened last, or by this method); at one that
        is closed or paid, nothing happens."""

    def last_message(self) -> Message:
        """The newest notification that the channel wrote."""

    def messages(self) -> int:
        """How many notifications the channel wrote, repeated deliveries not counted."""

    def signed_before(self, message: Message, ago: timedelta) -> Message:
        """The same body, signed by the channel that long ago."""

    def refuse(self, number: str) -> None:
        """Let the channel refuse the refund or payout of this number after it took it."""

    def stay_silent(self, number: str) -> None:
        """Let the channel do what is asked next under this number, and not answer."""

    def speak_again(self, number: str) -> None:
        """Let the channel answer again under this number."""

    def tell_wrong_amount(self, order: str) -> None:
        """Let the channel take one minor unit more than was asked for."""

    def down(self) -> AbstractContextManager[None]:
        """The channel cannot be reached meanwhile."""

    def receiver_confirms(self, withdrawal: str) -> None:
        """The receiver confirms a payout that waits for him."""

    def receiver_agrees(self, number: str) -> None:
        """The receiver accepts every later payout."""

    def pass_time(self, time: timedelta) -> None:
        """Push the channel's business clock ahead."""

    def today(self) -> date:
        """The day by the channel's business clock and zone."""

    def merchant(self) -> Merchant:
        """The account of the institution."""
