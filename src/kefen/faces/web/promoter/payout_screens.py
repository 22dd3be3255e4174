"""What the promoter centre shows of withdrawals and their tax."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, Option, TimelineStep, Window


@dataclass(frozen=True, slots=True)
class AccountShown:
    """Where a promoter is paid, masked; `channel` and `bank_name` in words."""

    channel: str
    account: str
    name: str
    bank_name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PayoutAccountScreen:
    """GET `kind`. POST `kind`, `account` where it is `typed`, `name` where it is `named`,
    `bank_name` for banks. `waiting`: a withdrawal is under way; `same`: nothing of this
    kind could be changed."""

    currency: str
    current: AccountShown | None
    kinds: tuple[Option, ...]
    kind: str
    typed: bool = False
    named: bool = False
    wechat_missing: bool = False
    same: bool = False
    waiting: bool = False
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class WithdrawalRow:
    """One withdrawal; `state` is a code of the family `withdrawal`; `tax` None until approved."""

    number: str
    amount: int
    state: str
    at: datetime
    tax: int | None = None
    net: int | None = None
    reason: str = ""
    hours_left: int | None = None


@dataclass(frozen=True, slots=True)
class TaxLines:
    """A tax as it is recomputed by hand: (income - expenses - deduction) x rate - quick deduction
    - what was withheld before; `period` is what the income is counted over."""

    rule: str
    period: str
    amount: int
    income_before: int
    income: int
    expenses: int
    deduction: int
    taxable: int
    rate_bps: int
    quick_deduction: int
    due: int
    withheld_before: int
    tax: int
    net: int


@dataclass(frozen=True, slots=True)
class WithdrawalScreen:
    """One withdrawal: its way, its tax line by line, and what its promoter can do now. `again`:
    the money came back and may be asked for anew."""

    currency: str
    number: str
    amount: int
    state: str
    channel_name: str
    timeline: tuple[TimelineStep, ...]
    tax: TaxLines | None = None
    reason: str = ""
    confirm_url: str = ""
    confirm_bridge: str = ""
    confirm_until: datetime | None = None
    hours_left: int | None = None
    again: bool = False
    held_until: datetime | None = None
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawScreen:
    """POST `amount` (major units as typed), `number` (idempotency).

    `preview_*` are for the whole available balance, or the amount typed.
    """

    currency: str
    available: int
    minimum: int
    number: str
    tax_rule: str
    preview_amount: int
    preview_tax: int
    withdrawals: tuple[WithdrawalRow, ...]
    window: Window
    owed: int = 0
    channel_name: str = ""
    form: Form = field(default_factory=Form)
    tax: TaxLines | None = None
    usual_hours: int | None = None
    identity_missing: bool = False
    account: AccountShown | None = None
    account_missing: bool = False

    @property
    def preview_net(self) -> int:
        """What arrives."""
        return self.preview_amount - self.preview_tax

    @property
    def short(self) -> int:
        """How much is missing to the minimum, 0 if enough."""
        return max(0, self.minimum - self.available)


@dataclass(frozen=True, slots=True)
class TaxRecord:
    """One payment with what was withheld from it."""

    number: str
    at: datetime
    gross: int
    tax: int
    net: int
    state: str


@dataclass(frozen=True, slots=True)
class TaxScreen:
    """税务: a calendar year of payments with their sums; `identity` is the masked name and number
    that tax is declared under, empty while it is missing."""

    currency: str
    year: int
    rule: str
    records: tuple[TaxRecord, ...]
    gross: int
    withheld: int
    net: int
    csv_url: str
    identity_name: str = ""
    identity_number: str = ""
    earlier: int = 0
    later: int = 0


@dataclass(frozen=True, slots=True)
class WishesScreen:
    """How payouts reach the promoter. POST `promoter_payout_wishes`: `by_phone`, `language`; POST
    `promoter_authorise` and `promoter_authorise_end` without fields. `agreement` is a code of the
    family `authorisation`, empty where the channel has no such thing."""

    currency: str
    phone_masked: str
    by_phone: bool
    language: str
    agreement: str = ""
    agreement_url: str = ""
    channel_name: str = ""
    form: Form = field(default_factory=Form)
