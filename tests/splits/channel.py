"""A channel that divides payments, with the faults that real ones have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from kefen.core.errors import ChannelRejected, ChannelUnavailable, NotFound, OutcomeUnknown
from kefen.ports.merchants import Field, Merchant
from kefen.ports.payments import Acknowledgement, ChannelEvent
from kefen.ports.payouts import PayOut
from kefen.ports.splits import Receiver, ShareResult, ShareState, Split, SplitFacts

FACTS = SplitFacts(
    maximum_bps=3000,
    earliest=timedelta(minutes=1),
    latest=timedelta(days=30),
    receivers_per_request=50,
    requests_per_payment=50,
    minimum=1,
    monthly_maximum=200_000_00,
    freezes=True,
)


@dataclass
class FakeChannel:
    """It remembers what it was asked for, and misbehaves as told.

    `refused`: accounts that may not be added; `fails`: accounts whose shares fail;
    `pays`: what accounts get instead; `slow`: queries
    that still say under way; `down` and `unknown`: how many calls fail, the latter after the fact.
    """

    name: str = "wechat_pay"
    gateway: str = "https://api.mch.weixin.qq.com"
    gateways: tuple[str, ...] = ()
    trial_gateways: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    acknowledgement: Acknowledgement = field(default_factory=Acknowledgement)
    facts: SplitFacts = FACTS
    refused: set[str] = field(default_factory=set)
    fails: set[str] = field(default_factory=set)
    pays: dict[str, int] = field(default_factory=dict)
    slow: int = 0
    down: int = 0
    unknown: int = 0
    lost: int = 0
    rejects: str = ""
    nameless: bool = False
    added: list[str] = field(default_factory=list)
    got: dict[str, Split] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    finished: dict[str, int] = field(default_factory=dict)
    asked_to_finish: list[str] = field(default_factory=list)

    def check(self, merchant: Merchant) -> None:
        """Nothing to read."""

    def split_facts(self, institution: str) -> SplitFacts:
        return self.facts

    def add_receiver(self, institution: str, receiver: Receiver) -> None:
        self._reached()
        if receiver.account in self.refused:
            raise ChannelRejected(channel=self.name, reason="NO_RELATION")
        self.added.append(receiver.account)

    def split(self, request: Split) -> None:
        self._reached()
        self.sent.append(request.number)
        if self.rejects:
            raise ChannelRejected(channel=self.name, reason=self.rejects)
        known = self.got.get(request.number)
        assert known in (None, request), "the same number with other content"
        if self.lost:
            self.lost -= 1
            raise OutcomeUnknown(channel=self.name, number=request.number)
        self.got[request.number] = request
        if self.unknown:
            self.unknown -= 1
            raise OutcomeUnknown(channel=self.name, number=request.number)

    def query_split(
        self, institution: str, number: str, *, order: str, channel_number: str
    ) -> tuple[ShareResult, ...]:
        self._reached()
        if number not in self.got:
            raise NotFound(what=number)
        slow, self.slow = self.slow > 0, max(0, self.slow - 1)
        return tuple(
            ShareResult(
                account=one.receiver.account,
                amount=self.pays.get(one.receiver.account, one.amount),
                state=ShareState.UNDER_WAY if slow else self._result(one.receiver.account),
                reason="" if slow or one.receiver.account not in self.fails else "NO_AUTH",
                number="" if self.nameless else one.number,
            )
            for one in self.got[number].shares
        )

    def finish(
        self, institution: str, number: str, *, order: str, channel_number: str, amount: int
    ) -> None:
        self._reached()
        self.asked_to_finish.append(number)
        if self.rejects:
            raise ChannelRejected(channel=self.name, reason=self.rejects)
        assert self.finished.setdefault(number, amount) == amount

    def query_finish(
        self, institution: str, number: str, *, order: str, channel_number: str
    ) -> bool:
        self._reached()
        if number not in self.finished:
            raise NotFound(what=number)
        return True

    def _result(self, account: str) -> ShareState:
        return ShareState.FAILED if account in self.fails else ShareState.SUCCEEDED

    def _reached(self) -> None:
        if self.down:
            self.down -= 1
            raise ChannelUnavailable(channel=self.name)

    # What a payout channel does; nothing of it is asked for.
    def pay_out(self, request: PayOut) -> None:
        raise AssertionError(f"{request.withdrawal} was paid twice")

    def query_payout(self, institution: str, withdrawal: str) -> ChannelEvent | None:
        raise NotFound(what=withdrawal)

    def cancel_payout(self, institution: str, withdrawal: str) -> None:
        raise NotFound(what=withdrawal)

    def read_notification(
        self, institution: str, headers: Mapping[str, str], body: bytes
    ) -> ChannelEvent:
        raise NotImplementedError

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        raise NotImplementedError
