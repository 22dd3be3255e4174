"""What other rooms hand to payouts and get from them. Amounts in minor units."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kefen.core.states import WithdrawalState


@dataclass(frozen=True, slots=True)
class RequestWithdrawal:
    """A promoter asks for money under a number of his own."""

    number: str
    promoter: str
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawalRecord:
    """A withdrawal as it stands; tax and net are None until it is approved."""

    id: UUID
    number: str
    promoter: str
    amount: int
    tax: int | None
    net: int | None
    state: WithdrawalState
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class PayoutAccountFacts:
    """Where a promoter is paid, masked: all that a page or the audit log may show."""

    kind: str
    account: str
    name: str
    bank_name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """How an institution pays out (policy_models.PayoutPolicy)."""

    two_persons_from: int | None = None
    bank_files: bool = False
    bank_encoding: str = "utf-8-sig"
    bank_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LooseningFacts:
    """A higher threshold, or none, that waits for a second person."""

    two_persons_from: int | None
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class TaxTermsFacts:
    """A tax rule, from when it holds, and who decided it."""

    rule: str
    effective_on: date
    decided_at: datetime
    decided_by: UUID | None


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch as it stands: how many of its withdrawals are where. `on_way` were handed to their
    channel and have no result yet."""

    number: str
    made_at: datetime
    total: int
    amount: int
    waiting: int
    halved: int
    refused: int
    on_way: int
    held: int
    paid: int
    came_back: int
    stopped: bool
    ended: bool
    # A settlement's persons and time; a batch of one person has its maker alone.
    made_by: UUID
    reviewed: bool = False
    released_by: UUID | None = None
    released_at: datetime | None = None
    period_from: date | None = None
    period_to: date | None = None

    @property
    def waits_for_release(self) -> bool:
        """Does a second person still have to look at it?"""
        return self.reviewed and self.released_by is None and not self.ended

    @property
    def worked(self) -> int:
        """How many were looked at."""
        return self.total - self.waiting


@dataclass(frozen=True, slots=True)
class TellingFacts:
    """Whether a promoter is told of his withdrawals, and in which language."""

    by_phone: bool = True
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """A promoter's word to a channel: its state, and where he gives it."""

    state: str
    url: str
