"""What the pages of a student show (`ux.md` §3.3). No rebate figure on a public page, ever."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, TimelineStep


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course in a list; `tone` 0 to 5 picks the cover, `glyph` is the sign on it."""

    code: str
    title: str
    teacher_name: str
    price: int
    glyph: str
    tone: int
    starts_at: datetime | None = None
    lesson_count: int = 0
    live_viewers: int | None = None


@dataclass(frozen=True, slots=True)
class SchoolScreen:
    """The school with its courses; `recommended_by` if a link led here."""

    currency: str
    about: str
    courses: tuple[CourseCard, ...]
    recommended_by: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One line of the schedule."""

    title: str
    minutes: int
    starts_at: datetime | None = None
    trial: bool = False


@dataclass(frozen=True, slots=True)
class CourseScreen:
    """The landing of a course; a guest sees it whole.

    `attribution` is the signed token that carries the click to the checkout without cookies.
    """

    currency: str
    course: CourseCard
    summary: str
    teacher_about: str
    facts: tuple[str, ...]
    lessons: tuple[Lesson, ...]
    refund_days: int
    refund_terms: str
    list_price: int | None = None
    recommended_by: str = ""
    attribution: str = ""
    on_sale: bool = True
    siblings: tuple[CourseCard, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckoutScreen:
    """POST `phone`, `promoter_code`, `terms`, `attribution`, `number` (idempotency).

    `unknown_code` is a code that was typed and is nobody's: the order stands without it.
    """

    currency: str
    course: CourseCard
    total: int
    number: str
    refund_days: int
    attribution: str = ""
    recommended_by: str = ""
    unknown_code: str = ""
    discount: int = 0
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What was bought."""

    title: str
    paid: int
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Money that went back; `state` is a code of the family `refund`."""

    amount: int
    at: datetime
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OrderScreen:
    """One order; `state` is a code of the family `order`.

    While `confirming` the page looks again by itself every three seconds. A `placed` order can be
    paid or cancelled (POST without fields). `unknown_code` was typed at checkout and ignored.
    `key` opens the order by its address, without a cookie.
    """

    currency: str
    number: str
    state: str
    total: int
    lines: tuple[OrderLine, ...]
    timeline: tuple[TimelineStep, ...]
    refunded: int = 0
    refunds: tuple[RefundRow, ...] = ()
    refund_until: datetime | None = None
    next_lesson: Lesson | None = None
    unknown_code: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list."""

    number: str
    title: str
    state: str
    total: int
    placed_at: datetime
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class MyOrdersScreen:
    """Own orders, newest first; those of this browser alone, unless `signed_in`."""

    currency: str
    orders: tuple[OrderRow, ...]
    may_promote: bool = False
    signed_in: bool = False
    phone_missing: bool = False


@dataclass(frozen=True, slots=True)
class Earning:
    """What a promoter would get for a course; only for somebody signed in."""

    title: str
    price: int
    rebate: int


@dataclass(frozen=True, slots=True)
class BecomePromoterScreen:
    """POST `kind`, `name`, `about`, `agreement` (the version), `of_age`; `state` is empty or a
    promoter state. `at_once` says that nobody decides: the tap opens it."""

    currency: str
    earnings: tuple[Earning, ...]
    hold_days: int
    minimum_withdrawal: int
    minimum_age: int
    state: str = ""
    reason: str = ""
    kind: str = "student"
    at_once: bool = False
    agreement: str = ""
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class AgreementScreen:
    """A version of the promoter agreement."""

    version: str
    paragraphs: tuple[str, ...]
