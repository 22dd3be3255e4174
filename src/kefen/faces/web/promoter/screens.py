"""What the promoter centre shows (`ux.md` §3.2)."""

from dataclasses import dataclass, field
from datetime import date, datetime

from kefen.faces.web.promoter.payout_screens import AccountShown
from kefen.faces.web.shared.screens import (
    Candidate,
    Form,
    FunnelStage,
    Live,
    RewardStep,
    Rule,
    Statement,
    TimelineStep,
    Window,
)
from kefen.faces.web.student.screens import CourseCard


@dataclass(frozen=True, slots=True)
class PromotedCourse:
    """A course with what one sale of it earns this promoter; None if no rule pays. `rate_bps` is
    None where the rule pays a fixed amount; `live`: a lesson is going on right now."""

    course: CourseCard
    rebate: int | None
    rate_bps: int | None = None
    live: bool = False


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
    """选课: every course that can be promoted; `query` and `order` are what was asked for.
    `total` is how many there are without the filter."""

    currency: str
    courses: tuple[PromotedCourse, ...]
    query: str = ""
    order: str = "recommended"
    total: int = 0


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A step of a ladder as its promoter sees it; `mine`: the one he stands on."""

    step: RewardStep
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """A rule by steps, where the promoter stands, and what is missing to the next step (orders
    to be paid first, or minor units of sales); None on the last."""

    metric: str
    period: str
    steps: tuple[LadderStep, ...]
    missing: int | None


@dataclass(frozen=True, slots=True)
class CourseScreen:
    """One course to promote: rate in words, link, one QR code, ready texts.

    `fixed` is the amount per piece where the rule pays no percentage; `wanted` what the rule gives
    before the cap, where the cap cuts it.
    """

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
    base: str = "paid"
    fixed: int | None = None
    ladder: Ladder | None = None
    wanted: int | None = None
    cap_bps: int = 0


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
    window: Window = field(default_factory=Window)
    live: Live | None = None


@dataclass(frozen=True, slots=True)
class Clawback:
    """A refund and what it took back; `from_pending`: before it became available."""

    at: datetime
    refund_amount: int
    amount: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PublicProofScreen:
    """The figures of one commission for whoever holds its serial: nobody is named."""

    currency: str
    serial: str
    state: str
    title: str
    amount: int
    remaining: int
    base_kind: str
    base: int
    quantity: int
    reward_kind: str
    rate_bps: int
    fixed: int
    before_cap: int | None
    cap: int | None
    cap_bps: int | None
    tier_position: int | None
    tier_sales: int | None
    timeline: tuple[TimelineStep, ...]
    clawbacks: tuple[Clawback, ...]
    version: int
    version_from: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a rebate and its answer, empty while it waits."""

    text: str
    at: datetime
    answer: str = ""
    answered_at: datetime | None = None


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
    tier_sales: int | None = None
    check_url: str = ""
    asked: tuple[Asked, ...] = ()
    may_ask: bool = False
    form: Form = field(default_factory=Form)
    clawbacks: tuple[Clawback, ...] = ()
    due_at: datetime | None = None
    keys: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StatementScreen:
    """The promoter's own statement of a month."""

    currency: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """What one way to buy brought; `via`: `link`, `code` typed at the checkout, or `binding`.
    A link is named by its course (empty: the whole school) and its label."""

    via: str
    course: str
    label: str
    clicks: int
    orders: int
    paid: int
    income: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day of the institution's calendar."""

    on: date
    clicks: int
    orders: int
    paid: int
    income: int


@dataclass(frozen=True, slots=True)
class PerformanceScreen:
    """What the promoter's links brought in the last `days` days, today included. Orders count on
    the day they were placed."""

    currency: str
    days: int
    clicks: int
    orders: int
    paid: int
    income: int
    links: tuple[LinkFigures, ...]
    by_day: tuple[DayFigures, ...]


@dataclass(frozen=True, slots=True)
class IdentityScreen:
    """POST `real_name`, `id_number`, once; afterwards the masked ones are shown."""

    currency: str
    name: str = ""
    id_number: str = ""
    declared_at: datetime | None = None
    form: Form = field(default_factory=Form)


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
    in_transit: int = 0
    identity_name: str = ""
    identity_number: str = ""
    payout: AccountShown | None = None
    rules_version: int = 0
    rules_from: datetime | None = None
    way: str = ""
