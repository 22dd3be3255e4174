"""What the operator console shows (`ux.md` §3.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.operator.binding_screens import BoundStudents
from kefen.faces.web.operator.list_screens import Around
from kefen.faces.web.operator.order_trail_screens import Trail
from kefen.faces.web.operator.refund_screens import RefundAsk, StrayRow
from kefen.faces.web.operator.risk_screens import RiskFlag
from kefen.faces.web.operator.split_screens import SplitCard
from kefen.faces.web.shared.screens import (
    Candidate,
    Form,
    Option,
    Statement,
    TimelineStep,
    Window,
)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list; `buyer` is masked."""

    number: str
    buyer: str
    title: str
    state: str
    paid: int
    commission: int
    placed_at: datetime
    promoter_name: str = ""
    promoter_code: str = ""
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class OrdersScreen:
    """GET `q`, `state`, `promoter`, `from`, `to`; `total_*` are over the whole filter, None where
    the list is too long to sum up."""

    currency: str
    orders: tuple[OrderRow, ...]
    window: Window
    filters: Mapping[str, str]
    promoters: tuple[Option, ...]
    total_paid: int | None
    total_commission: int | None
    around: Around | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line with what it earned; `reason` is a code of the family `no_commission` or empty."""

    line: int
    title: str
    list_price: int
    quantity: int
    paid: int
    refunded: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CommissionRow:
    """A commission of an order; `state` is a code of the family `commission`."""

    proof: str
    line: int
    level: int
    promoter_name: str
    promoter_code: str
    amount: int
    remaining: int
    state: str
    rule_key: str
    due_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One transfer of the ledger: from `debit` to `credit`, codes of the family `account`."""

    at: datetime
    key: str
    debit: str
    credit: str
    amount: int


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund of the order; `state` is a code of the family `refund`, also `stuck`."""

    number: str
    amount: int
    at: datetime
    state: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class OrderScreen:
    """One order with its evidence. POST `number`, `reason`, `amount`; to a request of the student
    `answer`; of a rebate `decision` = hold | release | reject, `reason`."""

    currency: str
    number: str
    state: str
    buyer: str
    total: int
    channel: str
    lines: tuple[OrderLine, ...]
    timeline: tuple[TimelineStep, ...]
    candidates: tuple[Candidate, ...]
    commissions: tuple[CommissionRow, ...]
    entries: tuple[EntryRow, ...]
    refunds: tuple[RefundRow, ...]
    version: int
    model: str
    window_days: int
    refundable: int
    refund_number: str
    asks: tuple[RefundAsk, ...] = ()
    strays: tuple[StrayRow, ...] = ()
    split: SplitCard | None = None
    flags: tuple[RiskFlag, ...] = ()
    trail: Trail = field(default_factory=Trail)
    form: Form = field(default_factory=Form)

    @property
    def asked(self) -> RefundAsk | None:
        """The request that waits for an answer."""
        return next((one for one in self.asks if one.state == "asked"), None)


@dataclass(frozen=True, slots=True)
class PromoterRow:
    """A promoter in the list."""

    code: str
    name: str
    kind: str
    group_name: str
    state: str
    clicks: int
    paid_orders: int
    sales: int
    expected: int
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class PromotersScreen:
    """GET `q`, `state`, `group`. POST `operator_admission`: every `kind` that begins at
    once; `admission` has each kind, with a name if so. POST `operator_default_way`: `way`."""

    currency: str
    promoters: tuple[PromoterRow, ...]
    window: Window
    filters: Mapping[str, str]
    groups: tuple[Option, ...]
    admission: tuple[Option, ...] = ()
    default_way: str = ""
    around: Around | None = None


@dataclass(frozen=True, slots=True)
class PromoterScreen:
    """One promoter. POST `promoter_decide`: `decision` = approve | reject | suspend |
    reactivate, `reason`. POST `promoter_group`: `group`; `promoter_way`: `way`, where splits are
    offered."""

    currency: str
    code: str
    name: str
    phone_masked: str
    kind: str
    state: str
    group: str
    groups: tuple[Option, ...]
    inviter_name: str
    agreement_at: datetime | None
    expected: int
    available: int
    in_transit: int
    paid_out: int
    owed: int
    clicks: int
    paid_orders: int
    sales: int
    refund_rate_bps: int | None
    timeline: tuple[TimelineStep, ...]
    orders: tuple[OrderRow, ...]
    about: str = ""
    agreement_version: str = ""
    way: str = ""
    flags: tuple[RiskFlag, ...] = ()
    form: Form = field(default_factory=Form)
    students: BoundStudents | None = None


@dataclass(frozen=True, slots=True)
class WithdrawalRow:
    """A withdrawal in the queue; `tax` None until approved; `tax_note` says how it was computed.
    `receiver` is masked; `changed_at`: the account was changed after the request."""

    number: str
    promoter_name: str
    promoter_code: str
    amount: int
    state: str
    at: datetime
    channel: str
    tax: int | None = None
    net: int | None = None
    tax_note: str = ""
    reason: str = ""
    receiver: str = ""
    receiver_name: str = ""
    changed_at: datetime | None = None
    two_persons: bool = False
    first_by: str = ""
    first_at: datetime | None = None
    second_by: str = ""
    held_until: datetime | None = None
    to_bank: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawalsScreen:
    """GET `state`, `number`; `withdrawal_decide`: `decision` approve|reject, `reason`."""

    currency: str
    withdrawals: tuple[WithdrawalRow, ...]
    window: Window
    state: str
    waiting_count: int
    waiting_amount: int
    error_number: str = ""
    form: Form = field(default_factory=Form)
    around: Around | None = None


@dataclass(frozen=True, slots=True)
class BookLine:
    """What our rows add up to against the balance of the ledger; `account` as in EntryRow."""

    account: str
    rows: int
    ledger: int

    @property
    def difference(self) -> int:
        """What should be zero."""
        return self.ledger - self.rows


@dataclass(frozen=True, slots=True)
class StatementsScreen:
    """The institution's statement and the check of the books."""

    currency: str
    statement: Statement
    books: tuple[BookLine, ...]
    checked_at: datetime
