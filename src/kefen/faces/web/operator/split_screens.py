"""How the console shows the split of an order, and the ways of promoters."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, Window


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One promoter's share; `state` is a code of the family `withdrawal`, empty where his rebate
    stays in the wallet, which `reason` explains."""

    promoter_name: str
    promoter_code: str
    amount: int
    tax: int
    net: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class SplitCard:
    """The split of an order's payment; `next_at` is when it is looked at again. A `stopped` one
    waits for a person."""

    number: str
    state: str
    reason: str
    next_at: datetime | None
    sent_at: datetime | None
    released: int | None
    closed_at: datetime | None
    shares: tuple[ShareRow, ...]
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class OddShareRow:
    """A share of which the channel paid another amount: what we asked, and what it did."""

    promoter_name: str
    promoter_code: str
    withdrawal: str
    amount: int
    tax: int
    net: int
    paid: int


@dataclass(frozen=True, slots=True)
class SettlingChoice:
    """A way to settle, and what comes of it; `value` is a code of the family `settling`."""

    value: str
    consequence: str


@dataclass(frozen=True, slots=True)
class StoppedRow:
    """A stopped split. `decision` was proposed by `first_person` and waits for another one, who is
    not the one who looks where it is `mine`; or it was settled, at `settled_at`."""

    number: str
    order_number: str
    channel: str
    stopped_at: datetime
    shares: tuple[OddShareRow, ...]
    choices: tuple[SettlingChoice, ...] = ()
    two_persons: bool = False
    decision: str = ""
    note: str = ""
    first_person: str = ""
    second_person: str = ""
    mine: bool = False
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoppedScreen:
    """POST `operator_split_settle` with `decision`, `note`; `form` belongs to the split with the
    number `refused`."""

    currency: str
    waiting: tuple[StoppedRow, ...]
    settled: tuple[StoppedRow, ...]
    window: Window
    settled_window: Window
    refused: str = ""
    form: Form = field(default_factory=Form)
    blank: Form = field(default_factory=Form)
