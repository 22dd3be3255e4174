"""Values that screens of several faces are made of, and the pages that belong to no face.

Amounts are integers in minor units of the screen's `currency`, rates are basis points, instants
are aware, codes are translated by the templates (labels.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed and what is wrong with it: by field name, and `problem` for the whole."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One moment; `kind` is a code of the family `step`, `at` None means it has no date yet.

    `place`: `done`, `now` (the next thing to wait for), `later`, or `back` (taken back).
    """

    kind: str
    at: datetime | None = None
    place: str = "done"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """Where the page hears of changes, and what it shows now: a `version` of live/figures.py."""

    address: str
    version: str


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """One stage, code of the family `funnel`."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class RewardStep:
    """A step of a ladder from `threshold` orders, or minor units of sales."""

    threshold: int
    kind: str
    bps: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Reward:
    """What a rule pays: `percent` (bps), `fixed` (amount per unit) or `tiered` (steps)."""

    kind: str
    bps: int = 0
    amount: int = 0
    metric: str = "orders"
    period: str = "month"
    steps: tuple[RewardStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A commission rule; scope kinds as in core.terms, names are what a person calls them."""

    key: str
    promoter_scope: str
    promoter_name: str
    course_scope: str
    course_name: str
    base: str
    reward: Reward
    level2: Reward | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One touch that was weighed; `verdict` is a code of the family `verdict`."""

    promoter_name: str
    promoter_code: str
    at: datetime
    by: str
    verdict: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a statement; `kind` is a code of the family `movement`, amounts are signed.
    `moved` is what only went from one of the party's accounts to another, `board` names the board
    of a prize: metric, period, first day."""

    at: datetime
    kind: str
    amount: int
    balance: int
    reference: str = ""
    proof: str = ""
    moved: int = 0
    order: str = ""
    versions: tuple[int, ...] = ()
    withdrawal: str = ""
    bill_channel: str = ""
    bill_on: date | None = None
    board: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """Opening + movements = closing, of one period of the institution's calendar."""

    currency: str
    starts_on: date
    ends_on: date
    opening: int
    closing: int
    total_in: int
    total_out: int
    movements: tuple[Movement, ...]
    csv_url: str
    period: str
    earlier: str = ""
    later: str = ""


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a list stands; `query` is the rest of the address (`state=paid&`)."""

    page: int
    pages: int
    total: int
    query: str = ""

    @property
    def earlier(self) -> int:
        """The page before this one, 0 if there is none."""
        return self.page - 1

    @property
    def later(self) -> int:
        """The page after this one, 0 if there is none."""
        return self.page + 1 if self.page < self.pages else 0


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a list by keyset: how many rows the list has (`is_more`: at least so many), the
    rest of the address (`state=paid&`), and what the addresses of the pieces around it add."""

    count: int = 0
    is_more: bool = False
    query: str = ""
    earlier: str = ""
    later: str = ""


@dataclass(frozen=True, slots=True)
class RoleCard:
    """A way into the demo; `role` is a code of the family `role`."""

    role: str
    person_name: str
    place: str
    sign_in_url: str


@dataclass(frozen=True, slots=True)
class RolePickerScreen:
    """`/` of a demo: who do you want to be."""

    roles: tuple[RoleCard, ...]


@dataclass(frozen=True, slots=True)
class SignInScreen:
    """Signed out: a link signs in. With a `token` there is a button that uses the link.

    Without one, and if `email_offered`, teams sign in by POST `email`, `next`.
    """

    token: str = ""
    demo: bool = False
    email_offered: bool = False
    phone_offered: bool = False
    next: str = ""
    mailbox: str = ""
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class ErrorScreen:
    """`status` picks the words; `what` says more if the error itself has a sentence."""

    status: int
    what: str = ""
    back_url: str = "/"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptScreen:
    """The sandbox's page on which a receiver confirms: POST `outcome` = `confirmed`. `state` is
    `waiting`, `succeeded` or `expired`."""

    currency: str
    number: str
    amount: int
    payer: str
    state: str
    until: datetime | None = None
    return_url: str = ""


@dataclass(frozen=True, slots=True)
class CashierScreen:
    """The sandbox of the payment channel: POST `outcome` = `paid` or `abandoned`."""

    currency: str
    number: str
    amount: int
    payee: str
    subject: str
    closed: bool = False
    return_url: str = ""
