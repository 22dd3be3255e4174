"""What other rooms and faces get of risk."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan did: how many findings it made, new or known, and how many commissions it
    held."""

    findings: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Concerned:
    """A commission that a signal concerns: held for it, or one that it could hold."""

    id: UUID
    order_number: str
    amount: int
    state: str
