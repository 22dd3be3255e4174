"""What the console shows of settlements: a time, what needs a person first, and the review."""

from dataclasses import dataclass, field
from datetime import date, datetime

from kefen.faces.web.operator.payout_screens import SettlementRow
from kefen.faces.web.shared.screens import Form, Option


@dataclass(frozen=True, slots=True)
class Stuck:
    """A promoter whose balance needs a person, and why (a code of the family `stuck`)."""

    code: str
    name: str
    amount: int
    why: str


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A rebate that is held, on the order where it is decided."""

    order: str
    promoter_name: str
    amount: int


@dataclass(frozen=True, slots=True)
class ToSettle:
    """Something to look at before money leaves: a code of the family `settlement_exception`, how
    much of it there is, and the page where it is settled."""

    key: str
    count: int
    address: str = ""
    amount: int | None = None
    people: tuple[Stuck, ...] = ()
    rebates: tuple[HeldRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A withdrawal that waits; `doubt` is a code of the family `settlement_doubt`, or empty."""

    number: str
    promoter_name: str
    promoter_code: str
    amount: int
    requested_at: datetime
    to: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class SettlementScreen:
    """A time's figures, the exceptions, and what can be prepared.

    GET `period` = month | week, `on` a day of it. POST `settlement_prepare`: `number`, `period`,
    `on`, every ticked `withdrawal`.
    """

    currency: str
    number: str
    kind: str
    starts_on: date
    ends_on: date
    kinds: tuple[Option, ...]
    orders: int
    gross: int
    clawbacks: int
    paid_count: int
    paid: int
    tax: int
    net: int
    exceptions: tuple[ToSettle, ...]
    candidates: tuple[Candidate, ...]
    left_out: int
    settlements: tuple[SettlementRow, ...]
    earlier: str = ""
    later: str = ""
    form: Form = field(default_factory=Form)
