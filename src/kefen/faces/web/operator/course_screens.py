"""What the console shows of courses: the list, one course being edited, and its sale."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, Option, Rule, Window


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course of the list; `state` is a code of the family `course`, `tone` 0 to 5."""

    code: str
    title: str
    teacher: str
    category: str
    price: int
    state: str
    glyph: str
    tone: int
    lesson_at: datetime | None = None
    has_rule: bool = False


@dataclass(frozen=True, slots=True)
class CoursesScreen:
    """Every course. GET `q`, `state`."""

    currency: str
    courses: tuple[CourseRow, ...]
    window: Window
    q: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist: a code of the family `course_check`. What is not `needed` keeps
    nobody from selling, only from promoting."""

    key: str
    done: bool
    needed: bool = True


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A live lesson to come; `starts` as its field wants it, in the school's zone."""

    id: str
    title: str
    starts_at: datetime
    starts: str
    minutes: int


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price of a course; `state` is a code of the family `price`: planned, now, past."""

    id: str
    amount: int
    starts_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class CourseScreen:
    """A course being edited; `code` empty: a new one.

    POST `course_cover`: the file `photo` with `decision` = set, or `decision` = drop. POST
    `course_price`: `amount`, `starts_at` with `decision` = plan, or `price` with `decision` = drop.
    POST `course_new` / `course_save`: the fields of the form. POST `lesson_add`: `title`,
    `starts_at`, `minutes`. POST `lesson`: the same with `decision` = move | drop. `refused` is the
    lesson whose form was refused, `new` for the empty one, `photo` or `price` for these, or empty
    for the course's own form; `lesson_form` is the refused one.
    """

    currency: str
    code: str
    title: str
    state: str
    checks: tuple[Check, ...] = ()
    lessons: tuple[LessonRow, ...] = ()
    rules: tuple[Rule, ...] = ()
    posters: tuple[tuple[str, str], ...] = ()
    photo: str = ""
    prices: tuple[PriceRow, ...] = ()
    categories: tuple[str, ...] = ()
    tones: tuple[Option, ...] = ()
    form: Form = field(default_factory=Form)
    refused: str = ""
    lesson_form: Form = field(default_factory=Form)
    blank: Form = field(default_factory=Form)

    @property
    def lacks(self) -> bool:
        """Is something missing that it cannot be sold without?"""
        return any(one.needed and not one.done for one in self.checks)


@dataclass(frozen=True, slots=True)
class SaleScreen:
    """Before a course goes on sale (or off): what follows. POST `course_sale`: `decision` = on |
    off. `siblings` are shown in its place while it is off sale."""

    currency: str
    code: str
    title: str
    on: bool
    price: int
    links: int
    siblings: int
    refund_days: int
    checks: tuple[Check, ...] = ()
    form: Form = field(default_factory=Form)

    @property
    def lacks(self) -> bool:
        """Is something missing that it cannot be sold without?"""
        return any(one.needed and not one.done for one in self.checks)
