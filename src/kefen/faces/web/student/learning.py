"""My courses: what was paid for, and each course from within."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from kefen.catalog import queries as catalog
from kefen.catalog.contracts import LiveSession
from kefen.catalog.models import Course
from kefen.core.errors import NotFound
from kefen.core.states import OrderState
from kefen.faces.web import courses
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.student import build, screens
from kefen.faces.web.student.seeing import numbers_of
from kefen.orders import queries as orders
from kefen.platform import clock

# Live ones first, then what goes on, what begins, what is over.
_ORDER = ("live", "learning", "not_started", "finished")


@require_safe
@school_page
def my_courses(entry: Entry) -> HttpResponse:
    """Own courses."""
    bought = _bought(entry)
    sessions = catalog.sessions_of(row.id for row in bought)
    cards = courses.cards(bought)
    mine = [_mine(card, sessions.get(row.id, [])) for card, row in zip(cards, bought, strict=True)]
    mine.sort(key=lambda one: _ORDER.index(one.state))
    known = build.arrivals(entry, entry.query.get("r", ""))
    screen = screens.MyCoursesScreen(
        currency=entry.school.currency,
        courses=tuple(mine),
        signed_in=entry.account is not None,
        attribution=build.carried(entry, known),
    )
    return entry.show("web/student/my_courses.html", screen)


@require_safe
@school_page
def learn(entry: Entry, course: str) -> HttpResponse:
    """One course from within. Raises NotFound for whoever has not paid for it, or got his money
    back."""
    row = next((one for one in _bought(entry) if one.code == course), None)
    if row is None:
        raise NotFound(what="course")
    sessions = catalog.sessions_of([row.id]).get(row.id, [])
    screen = screens.LearnScreen(
        currency=entry.school.currency,
        mine=_mine(courses.card(row), sessions),
        lessons=_lessons(sessions),
        facts=build.facts_of(row),
        trial=build.trial_of(row),
    )
    return entry.show("web/student/learn.html", screen)


def _bought(entry: Entry) -> list[Course]:
    """The courses of own paid orders that were not given back, each once."""
    account = None if entry.account is None else entry.account.id
    found: dict[UUID, Course] = {}
    for order in orders.of_whom(account, numbers_of(entry)).filter(state=OrderState.PAID):
        for line in order.lines.all():
            if line.paid == 0 or line.refunded < line.paid:
                found.setdefault(line.course_id, line.course)
    return list(found.values())


def _mine(card: screens.CourseCard, sessions: Sequence[LiveSession]) -> screens.MyCourse:
    now = clock.now()
    over = sum(one.ends_at <= now for one in sessions)
    lessons = _lessons(sessions)
    return screens.MyCourse(
        course=card,
        state=_state(sessions, over, now),
        lessons_over=over,
        lessons=len(sessions),
        next_lesson=next((one for one in lessons if one.state in ("live", "next")), None),
    )


def _state(sessions: Sequence[LiveSession], over: int, now: datetime) -> str:
    """A code of the family `learning`; a course without live lessons is taken at any time."""
    if any(one.starts_at <= now < one.ends_at for one in sessions):
        return "live"
    if sessions and over == len(sessions):
        return "finished"
    return "not_started" if sessions and over == 0 else "learning"


def _lessons(sessions: Sequence[LiveSession]) -> tuple[screens.Lesson, ...]:
    now, lessons, next_seen = clock.now(), [], False
    for one in sessions:
        if one.ends_at <= now:
            state = "over"
        elif one.starts_at <= now:
            state = "live"
        else:
            state, next_seen = "later" if next_seen else "next", True
        lessons.append(screens.Lesson(one.title, one.minutes, one.starts_at, state))
    return tuple(lessons)
