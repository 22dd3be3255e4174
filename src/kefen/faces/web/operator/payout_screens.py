"""What the console shows of batches, bank files, and how the institution pays out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kefen.faces.web.shared.screens import Form, Option, Window


@dataclass(frozen=True, slots=True)
class ConfirmScreen:
    """What a batch would be, before anything happens. POST `payout_batch_begin`: `number`,
    every `withdrawal`, `count`, `amount`."""

    currency: str
    number: str
    withdrawals: tuple[str, ...]
    count: int
    amount: int
    by_channel: tuple[tuple[str, int, int], ...]
    two_persons: int = 0
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch: how many of its withdrawals are where."""

    number: str
    at: datetime
    total: int
    amount: int
    waiting: int = 0
    halved: int = 0
    refused: int = 0
    on_way: int = 0
    held: int = 0
    paid: int = 0
    came_back: int = 0
    stopped: bool = False
    ended: bool = False
    waits_for_release: bool = False

    @property
    def worked(self) -> int:
        """How many were looked at."""
        return self.total - self.waiting


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A withdrawal of a batch; `problem` is a sentence, empty where there is none; `item` is a code
    of the family `batch_item`, `state` one of the family `withdrawal`; `to` is masked, there while
    it is reviewed."""

    number: str
    promoter_name: str
    promoter_code: str
    amount: int
    item: str
    state: str
    problem: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """A prepared settlement and its persons."""

    batch: BatchRow
    prepared_by: str
    released_by: str = ""
    period_from: date | None = None
    period_to: date | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """A settlement's review beside its items. POST `settlement_release`: `count`, `amount`.
    `mine`: whoever looks prepared it, so somebody else releases it; `alone`: nobody else could."""

    row: SettlementRow
    count: int
    amount: int
    mine: bool
    alone: bool = False
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class BatchScreen:
    """One batch, problems first. POST `payout_batch_stop` without fields. `moving` says that the
    page is worth reading again."""

    currency: str
    batch: BatchRow
    items: tuple[ItemRow, ...]
    window: Window
    moving: bool = False
    review: ReviewCard | None = None


@dataclass(frozen=True, slots=True)
class BankFileRow:
    """A bank file. `ready` empty: its job still fills it."""

    number: str
    at: datetime
    expected: int
    count: int
    open: int
    ready: bool
    downloaded_at: datetime | None = None
    downloads: int = 0


@dataclass(frozen=True, slots=True)
class PayoutsScreen:
    """Batches and bank files, and the quarter's report. POST `bank_file_begin`: `number`; POST
    `income_report`: `quarter`, `format`, perhaps `full`."""

    currency: str
    batches: tuple[BatchRow, ...]
    files: tuple[BankFileRow, ...]
    to_bank: int
    file_number: str
    quarters: tuple[Option, ...]
    bank_files: bool = True
    form: Form = field(default_factory=Form)
    moving: bool = False
    window: Window = field(default_factory=Window)
    file_window: Window = field(default_factory=Window)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A withdrawal in a bank file; `receiver` is masked."""

    number: str
    serial: int
    promoter_name: str
    receiver: str
    net: int
    state: str
    told: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BankFileScreen:
    """One bank file. POST `bank_file_download`, `bank_file_again` without fields;
    `bank_file_results` with the bank's file as `results`; `bank_row_decide`: `decision` = paid |
    returned, `reason`."""

    currency: str
    file: BankFileRow
    rows: tuple[PaymentRow, ...]
    window: Window
    moving: bool = False
    error_number: str = ""
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A decision on tax; `rule` is a code of the family `tax_rule`."""

    rule: str
    effective_on: date
    decided_at: datetime
    who: str
    now: bool = False


@dataclass(frozen=True, slots=True)
class Loosening:
    """A higher threshold (None: none at all) that waits for a second person; `mine`: whoever reads
    this proposed it, `alone`: there is nobody else here who may confirm it."""

    amount: int | None
    who: str
    at: datetime
    mine: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class PayoutSettingsScreen:
    """GET `channel`. POST `part` = policy | limits | tax, with the fields of that form, or
    `part` = loosening with `decision` = confirm | withdraw and the `amount` that was read."""

    currency: str
    policy: Mapping[str, str]
    columns: tuple[Option, ...]
    channels: tuple[Option, ...]
    channel: str
    limits: Mapping[str, str]
    own: bool
    rule: str
    history: tuple[TaxRow, ...]
    today: date
    loosening: Loosening | None = None
    part: str = ""
    form: Form = field(default_factory=Form)

    def form_of(self, part: str) -> Form:
        """The form of one part: what was typed, where it was refused."""
        return self.form if part == self.part else Form()

    @property
    def policy_form(self) -> Form:
        """Who approves, and bank files."""
        return self.form_of("policy")

    @property
    def loosening_form(self) -> Form:
        """The proposal that waits."""
        return self.form_of("loosening")

    @property
    def limits_form(self) -> Form:
        """One channel's limits."""
        return self.form_of("limits")

    @property
    def tax_form(self) -> Form:
        """The tax rule."""
        return self.form_of("tax")
