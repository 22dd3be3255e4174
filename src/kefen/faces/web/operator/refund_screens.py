"""How the console shows money that is asked back, and money that nobody owed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RefundAsk:
    """What the student asked back; `state` is a code of the family `refund_ask`."""

    amount: int
    at: datetime
    state: str
    reason: str
    answer: str


@dataclass(frozen=True, slots=True)
class StrayRow:
    """A payment that the order does not owe. `state` is a code of the family `stray`, `cause` one
    of `stray_cause`; `number` is the refund's, `at` when its state began. One that `is_refused`
    takes POST `operator_stray_again` without fields, and `operator_stray_settle` with `note`."""

    number: str
    channel: str
    channel_number: str
    amount: int
    paid_at: datetime
    at: datetime
    state: str
    cause: str
    reason: str = ""

    @property
    def is_refused(self) -> bool:
        """Has a person to do something here?"""
        return self.state == "failed"
