"""What the console shows of risk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, Option, Window


@dataclass(frozen=True, slots=True)
class RiskFlag:
    """An undecided signal, on the page of what it is about; `kind` is a code of the family
    `risk`, `state` of `signal`, `said` the explanation in words."""

    id: str
    kind: str
    state: str
    score: int
    said: str


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal in the queue. `what` names the link's course or nothing; `held` are the rebates
    that are held for it now; `disputes` are the promoter's questions about them."""

    id: str
    kind: str
    state: str
    score: int
    said: str
    promoter_name: str
    promoter_code: str
    happened_at: datetime
    order_number: str = ""
    what: str = ""
    held: int = 0
    held_amount: int = 0
    disputes: int = 0
    reason: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None

    @property
    def is_undecided(self) -> bool:
        """May somebody still decide?"""
        return self.state in ("open", "watching")


@dataclass(frozen=True, slots=True)
class RiskScreen:
    """GET `kind`, `state`. POST `operator_risk_limits` with the names of `limits`."""

    currency: str
    signals: tuple[SignalRow, ...]
    window: Window
    filters: Mapping[str, str]
    kinds: tuple[Option, ...]
    states: tuple[Option, ...]
    limits: Mapping[str, int]
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A rebate that was held for the signal; `state` is a code of the family `commission`."""

    order_number: str
    amount: int
    state: str
    proof: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """What the promoter asked about one of these rebates, and the school's answer."""

    text: str
    at: datetime
    order_number: str
    answer: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RiskChoice:
    """A decision, a code of the family `risk_decision`, and what follows from it."""

    value: str
    consequence: str


@dataclass(frozen=True, slots=True)
class SignalScreen:
    """One signal. GET `decision` shows its consequence and asks for the reason; POST
    `operator_signal_decide` with `decision`, `reason`."""

    currency: str
    signal: SignalRow
    held: tuple[HeldRow, ...]
    disputes: tuple[Dispute, ...]
    choices: tuple[RiskChoice, ...]
    chosen: RiskChoice | None = None
    form: Form = field(default_factory=Form)
