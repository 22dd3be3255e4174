"""What other rooms hand to payouts and get from them. Amounts in minor units."""

from dataclasses import dataclass
from datetime import datetime
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
