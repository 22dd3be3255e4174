"""What the promoter centre shows (`ux.md` §3.2)."""

from dataclasses import dataclass, field
from datetime import date, datetime

from kefen.faces.web.shared.screens import (
    Candidate,
    Form,
    FunnelStage,
    Live,
    Option,
    Rule,
    Statement,
    TimelineStep,
)
from kefen.faces.web.student.screens import CourseCard


@dataclass(frozen=True, slots=True)
class PromotedCourse:
    """A course with what one sale of it earns this promoter; None if no rule pays."""

    course: CourseCard
    rebate: int | None


@dataclass(frozen=True, slots=True)
class Todo:
    """Something only this person can do; `kind` is a code of the family `todo`."""

    kind: str
    url: str
    amount: int | None = None
    hours_left: int | None = None


@dataclass(frozen=True, slots=True)
class IncomeRow:
    """One commission; `state` is a code of the family `commission`, `due_at` when it matures."""

    proof: str
    title: str
    buyer: str
    amount: int
    state: str
    at: datetime
    due_at: datetime | None = None
    clawed_back: int = 0
    level: int = 1


@dataclass(frozen=True, slots=True)
class HomeScreen:
    """Money first. `trend` are expected earnings by day, oldest first, today last; `newest` is
    the last commission, whatever became of it."""

    currency: str
    group_name: str
    expected: int
    available: int
    paid_out: int
    today_amount: int
    today_orders: int
    latest: str
    trend: tuple[int, ...]
    funnel: tuple[FunnelStage, ...]
    courses: tuple[PromotedCourse, ...]
    owed: int = 0
    todos: tuple[Todo, ...] = ()
    state: str = "active"
    newest: IncomeRow | None = None
    live: Live | None = None


@dataclass(frozen=True, slots=True)
class CoursesScreen:
    """选课: every course that can be promoted; `query` and `order` are what was asked for."""

    currency: str
    courses: tuple[PromotedCourse, ...]
    query: str = ""
    order: str = "recommended"


@dataclass(frozen=True, slots=True)
class CourseScreen:
    """One course to promote: rate in words, link, one QR code, ready texts."""

    currency: str
    promoted: PromotedCourse
    rule: Rule | None
    hold_days: int
    link: str
    code: str
    qr_url: str
    texts: tuple[str, ...]
    refund_rate_bps: int | None = None
    level2_rebate: int | None = None
    qr_px: int = 296


@dataclass(frozen=True, slots=True)
class Channel:
    """One of the promoter's links to the course, by its channel or its live lesson."""

    code: str
    label: str
    session: str = ""


@dataclass(frozen=True, slots=True)
class PosterScreen:
    """The poster of a course in one of its `looks`; `images` are their addresses, in that order.

    `texts` are ready to be copied, the link within; `code` is what may be typed at checkout.
    """

    currency: str
    course: CourseCard
    code: str
    link: str
    link_code: str
    look: str
    looks: tuple[str, ...]
    images: tuple[str, ...]
    texts: tuple[str, ...]
    channels: tuple[Channel, ...] = ()

    @property
    def image(self) -> str:
        """The address of the poster that is shown."""
        return self.images[self.looks.index(self.look)]


@dataclass(frozen=True, slots=True)
class NoPosterScreen:
    """A course without a poster, and others that have one."""

    currency: str
    title: str
    off_sale: bool
    siblings: tuple[PromotedCourse, ...]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link; `poster_of` is the code of the course whose poster can carry it, empty for none."""

    code: str
    address: str
    label: str
    course: str
    session: str
    clicks: int
    poster_of: str = ""


@dataclass(frozen=True, slots=True)
class LinksScreen:
    """POST `target` (one of `targets`), `label`. `made` is the link that was just made."""

    code: str
    links: tuple[LinkRow, ...]
    targets: tuple[Option, ...]
    made: str = ""
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class IncomeDay:
    """The commissions of one day of the institution's calendar, with what they come to."""

    on: date
    total: int
    rows: tuple[IncomeRow, ...]


@dataclass(frozen=True, slots=True)
class IncomeScreen:
    """Four states of money, then the list by day; `state` is the filter, empty for all."""

    currency: str
    expected: int
    available: int
    in_transit: int
    paid_out: int
    clawed_back: int
    days: tuple[IncomeDay, ...]
    state: str = ""
    owed: int = 0
    next_due: datetime | None = None
    more_page: int = 0
    live: Live | None = None


@dataclass(frozen=True, slots=True)
class Clawback:
    """A refund and what it took back; `from_pending`: before it became available."""

    at: datetime
    refund_amount: int
    amount: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProofScreen:
    """Everything about one commission, so that anyone can recompute it."""

    currency: str
    serial: str
    state: str
    title: str
    buyer: str
    order_number: str
    amount: int
    remaining: int
    base_kind: str
    base: int
    quantity: int
    reward_kind: str
    rate_bps: int
    fixed: int
    timeline: tuple[TimelineStep, ...]
    candidates: tuple[Candidate, ...]
    rule: Rule
    version: int
    version_from: datetime
    model: str
    window_days: int
    level: int = 1
    before_cap: int | None = None
    cap: int | None = None
    cap_bps: int | None = None
    tier_position: int | None = None
    clawbacks: tuple[Clawback, ...] = ()
    due_at: datetime | None = None
    keys: tuple[str, ...] = ()
    reason: str = ""


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
    owed: int = 0
    channel_name: str = ""
    form: Form = field(default_factory=Form)

    @property
    def preview_net(self) -> int:
        """What arrives."""
        return self.preview_amount - self.preview_tax

    @property
    def short(self) -> int:
        """How much is missing to the minimum, 0 if enough."""
        return max(0, self.minimum - self.available)


@dataclass(frozen=True, slots=True)
class StatementScreen:
    """The promoter's own statement of a month."""

    currency: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class ProfileScreen:
    """我的. POST `promoter_leave` with `confirm`."""

    currency: str
    name: str
    phone_masked: str
    code: str
    kind: str
    group_name: str
    state: str
    joined_at: datetime
    agreement_at: datetime | None
    expected: int
    available: int
    tax_rule: str
