"""Payout channels that only remember what they were asked for."""

from collections.abc import Mapping
from datetime import UTC, datetime

from kefen.core.errors import ChannelRejected, NotFound
from kefen.ports.payments import Acknowledgement, ChannelEvent, EventKind
from kefen.ports.payouts import Authorisation, Authorise, PayOut


class Recorder:
    """A payout channel; `events` is what it says of a number, None: it is under way."""

    acknowledgement = Acknowledgement()

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[PayOut] = []
        self.cancelled: list[str] = []
        self.events: dict[str, ChannelEvent] = {}
        self.refuses_authorisations = False

    def pay_out(self, request: PayOut) -> None:
        if request.authorisation and self.refuses_authorisations:
            raise ChannelRejected(channel=self.name, reason="the authorisation was revoked")
        if all(one.withdrawal != request.withdrawal for one in self.asked):
            self.asked.append(request)

    def query_payout(self, institution: str, withdrawal: str) -> ChannelEvent | None:
        if any(one.withdrawal == withdrawal for one in self.asked):
            return self.events.get(withdrawal)
        raise NotFound(what=withdrawal)

    def cancel_payout(self, institution: str, withdrawal: str) -> None:
        self.cancelled.append(withdrawal)
        self.says(withdrawal, EventKind.PAYOUT_CANCELLED)

    def says(self, number: str, kind: EventKind, until: datetime | None = None) -> ChannelEvent:
        """From now on it says this of a payout."""
        amount = next(one.amount for one in self.asked if one.withdrawal == number)
        at = datetime(2026, 4, 20, tzinfo=UTC)
        event = ChannelEvent(f"e-{number}", kind, number, "", amount, "CNY", at, until=until)
        self.events[number] = event
        return event

    def read_notification(
        self, institution: str, headers: Mapping[str, str], body: bytes
    ) -> ChannelEvent:
        raise NotImplementedError

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        raise NotImplementedError


class Agreements:
    """A channel whose receivers can agree once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: dict[str, Authorise] = {}
        self.answers: dict[str, Authorisation] = {}

    def authorise(self, request: Authorise) -> Authorisation:
        self.asked.setdefault(request.number, request)
        waiting = Authorisation(active=False, url="https://channel.example/agree")
        return self.answers.get(request.number, waiting)

    def query_authorisation(self, institution: str, number: str) -> Authorisation:
        if number not in self.asked:
            raise NotFound(what=number)
        waiting = Authorisation(active=False, url="https://channel.example/agree")
        return self.answers.get(number, waiting)
