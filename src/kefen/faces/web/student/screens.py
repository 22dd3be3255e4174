"""What the pages of a student show (`ux.md` §3.3). No rebate figure on a public page, ever."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, Live, TimelineStep, Window


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course in a list; `tone` 0 to 5 picks the cover, `glyph` is the sign on it. `photo` and
    `banner` are addresses of its photo, for lists and for its page; empty where there is none."""

    code: str
    title: str
    teacher_name: str
    price: int
    glyph: str
    tone: int
    starts_at: datetime | None = None
    lesson_count: int = 0
    live_viewers: int | None = None
    photo: str = ""
    banner: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What a messenger shows of a page that is passed on; `image` is a whole address."""

    title: str
    description: str
    image: str


@dataclass(frozen=True, slots=True)
class SchoolScreen:
    """The school with its courses; `recommended_by` if a link led here."""

    currency: str
    about: str
    courses: tuple[CourseCard, ...]
    recommended_by: str = ""
    attribution: str = ""
    share: Share | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One line of the schedule; `anchor` is where a link to this lesson leads, `state` a code of
    the family `lesson`, empty on the landing."""

    title: str
    minutes: int
    starts_at: datetime | None = None
    state: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class TrialLesson:
    """A lesson for everybody; `video` is a path of this very site."""

    title: str
    minutes: int
    text: str = ""
    video: str = ""


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
    trial: TrialLesson | None = None
    list_price: int | None = None
    recommended_by: str = ""
    attribution: str = ""
    on_sale: bool = True
    siblings: tuple[CourseCard, ...] = ()
    share: Share | None = None


@dataclass(frozen=True, slots=True)
class TrialScreen:
    """The trial lesson of a course on sale, to read or to watch."""

    currency: str
    course: CourseCard
    trial: TrialLesson
    recommended_by: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class CheckoutScreen:
    """POST `phone`, `promoter_code`, `terms`, `attribution`, `number` (idempotency), `channel`
    (one of `channels`, codes of the family `channel`).

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
    channels: tuple[str, ...] = ()
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class PayScreen:
    """Paying an order by a code to scan (`code`, drawn) or by a call of WeChat's script (`bridge`,
    its parameters); `stand_in` is where an emulator lets it be paid."""

    currency: str
    number: str
    state: str
    total: int
    channel: str
    code: str = ""
    bridge: str = ""
    stand_in: str = ""
    key: str = ""
    attribution: str = ""
    live: Live | None = None


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
class Ask:
    """What the student asked back; `state` is a code of the family `refund_ask`."""

    amount: int
    at: datetime
    state: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class OrderScreen:
    """One order; `state` is a code of the family `order`.

    The page hears of changes by itself, and without script looks again every three seconds while
    `confirming`. A `placed` order can be paid (POST `channel`, one of `channels`)
    or cancelled (POST without fields). `unknown_code`
    was typed at checkout and ignored. `key` opens the order by its address, without a cookie.
    `course` is the one to learn next, empty before payment; `may_ask` says that the student can
    ask for a refund here.
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
    course: str = ""
    ask: Ask | None = None
    may_ask: bool = False
    attribution: str = ""
    channels: tuple[str, ...] = ()
    live: Live | None = None


@dataclass(frozen=True, slots=True)
class RefundAskScreen:
    """POST `reason`. What comes back, until when it can be asked for, and what happens."""

    currency: str
    number: str
    title: str
    amount: int
    until: datetime
    days_left: int
    key: str = ""
    attribution: str = ""
    form: Form = field(default_factory=Form)


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
    window: Window = field(default_factory=Window)
    may_promote: bool = False
    signed_in: bool = False
    phone_missing: bool = False
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class MyCourse:
    """A course that was paid for; `state` is a code of the family `learning`."""

    course: CourseCard
    state: str
    lessons_over: int
    lessons: int
    next_lesson: Lesson | None = None


@dataclass(frozen=True, slots=True)
class MyCoursesScreen:
    """Own courses, live ones first; those of this browser alone, unless `signed_in`."""

    currency: str
    courses: tuple[MyCourse, ...]
    signed_in: bool = False
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class LearnScreen:
    """A course from within: the schedule with what is over, live and next."""

    currency: str
    mine: MyCourse
    lessons: tuple[Lesson, ...]
    facts: tuple[str, ...]
    trial: TrialLesson | None = None


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
