"""Changing a course, its lessons and its sale: each with its audit row, whole or not at all."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from kefen.catalog import actions, queries
from kefen.catalog.models import Course, Session
from kefen.core.errors import (
    CourseNotReady,
    ForbiddenWords,
    InvalidInput,
    LessonLinked,
    MinorsCourse,
    NotAllowed,
    NotFound,
    UnknownCourse,
)
from kefen.orders import queries as orders
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.actions import add_member, make_user
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.models import Role
from kefen.promoters.queries import by_code
from kefen.referrals.actions import make_link
from tests.orders.school import come_by, open_school, sell, unchanged

pytestmark = pytest.mark.usefixtures("institution")

COURSE = actions.NewCourse(
    code="math", title="考研数学", category="exam", list_price=29_900, teacher="陈老师"
)
HOUR = timedelta(hours=1)


def member(role: Role) -> Actor:
    user = make_user(role.value)
    add_member(user, role, display_name="Gu An")
    return Actor(ActorKind.OPERATOR, user.id)


def verbs(subject: str) -> list[str]:
    found = Record.objects.filter(subject=subject).order_by("id")
    return list(found.values_list("verb", flat=True))


def lesson(course: UUID, title: str = "导数") -> UUID:
    (key,) = actions.schedule(course, [actions.NewSession(title, clock.now() + HOUR, 90)])
    return key


def test_only_what_differs_is_changed_and_noted() -> None:
    actions.add_course(COURSE)
    assert actions.change_course(replace(COURSE, list_price=39_900, refund_days=14))
    noted = Record.objects.get(verb="course.changed")
    assert noted.details == {
        "before": {"list_price": 29_900, "refund_days": 7},
        "after": {"list_price": 39_900, "refund_days": 14},
    }
    with unchanged():
        assert not actions.change_course(replace(COURSE, list_price=39_900, refund_days=14))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "nothing"}, UnknownCourse),
        ({"title": " "}, InvalidInput),
        ({"list_price": -1}, InvalidInput),
        ({"for_minors": True}, MinorsCourse),
        ({"summary": "学完保过"}, ForbiddenWords),
        ({"trial": actions.Trial("t", 0, "x")}, InvalidInput),
    ],
)
def test_a_refused_change_leaves_the_course_as_it_was(
    change: dict[str, object], error: type[Exception]
) -> None:
    actions.add_course(COURSE)
    with unchanged(), pytest.raises(error):
        actions.change_course(replace(COURSE, **change))  # type: ignore[arg-type]


def test_orders_keep_the_terms_they_were_placed_under() -> None:
    open_school()
    come_by("yu")
    sell("A", 500_00)
    order = orders.by_number("A")
    line = orders.lines_of(order.id)[0]
    course = Course.objects.get(id=line.course_id)
    until = orders.refund_until(order.id, order.paid_at)
    kept = (line.list_price, line.refund_days)
    changed = actions.NewCourse(
        course.code, "新名", course.category, course.list_price + 1, refund_days=1
    )
    assert actions.change_course(changed)
    line.refresh_from_db()
    assert (line.list_price, line.refund_days) == kept
    assert orders.refund_until(order.id, order.paid_at) == until
    assert orders.longest_refund_days(order.id) == kept[1] == 7


def test_a_draft_is_sold_once_nothing_is_missing() -> None:
    key = actions.add_course(replace(COURSE, teacher="", list_price=0), draft=True)
    assert not queries.by_codes(["math"])["math"].on_sale
    with pytest.raises(UnknownCourse):
        queries.published("math")
    with unchanged(), pytest.raises(CourseNotReady) as refused:
        actions.put_on_sale("math")
    assert refused.value.params["missing"] == "price, teacher, lesson"
    actions.change_course(COURSE)
    lesson(key)
    actions.put_on_sale("math")
    with unchanged():
        actions.put_on_sale("math")
    assert queries.published("math").id == key
    actions.take_off_sale("math")
    with unchanged():
        actions.take_off_sale("math")
    assert not queries.shelf().exists()
    assert queries.published("math").id == key, "links keep their page"
    assert verbs("course:math") == [
        "course.added",
        "course.changed",
        "course.on_sale",
        "course.off_sale",
    ]


def test_a_lesson_of_the_past_sells_nothing() -> None:
    key = actions.add_course(COURSE, draft=True)
    actions.schedule(key, [actions.NewSession("x", clock.now() - HOUR, 60)])
    with unchanged(), pytest.raises(CourseNotReady):
        actions.put_on_sale("math")


def test_a_lesson_is_moved_and_dropped() -> None:
    course = actions.add_course(COURSE)
    key = lesson(course)
    later = actions.NewSession("导数", clock.now() + 2 * HOUR, 60)
    assert actions.move_lesson(key, later)
    with unchanged():
        assert not actions.move_lesson(key, later)
    noted = Record.objects.get(verb="lesson.moved").details
    assert (noted["before"]["minutes"], noted["after"]["minutes"]) == (90, 60)
    for wrong in (replace(later, title=" "), replace(later, minutes=0)):
        with unchanged(), pytest.raises(InvalidInput):
            actions.move_lesson(key, wrong)
    actions.drop_lesson(key)
    with unchanged(), pytest.raises(NotFound):
        actions.drop_lesson(key)
    assert verbs(f"lesson:{key}") == ["lesson.added", "lesson.moved", "lesson.dropped"]


def test_a_lesson_that_links_lead_to_stays() -> None:
    open_school()
    come_by("yu")
    course = Course.objects.get(code="math")
    key = lesson(course.id)
    make_link(by_code("yu").id, course_id=course.id, session_id=key)
    with unchanged(), pytest.raises(LessonLinked):
        actions.drop_lesson(key)
    assert Session.objects.filter(id=key).exists()


@pytest.mark.parametrize("role", [Role.FINANCE, Role.REVIEWER, Role.READ_ONLY])
def test_only_whose_work_it_is(role: Role) -> None:
    actions.add_course(COURSE, draft=True)
    who = member(role)
    key = lesson(Course.objects.get(code="math").id)
    for deed in (
        lambda: actions.change_course(replace(COURSE, title="x"), actor=who),
        lambda: actions.put_on_sale("math", actor=who),
        lambda: actions.take_off_sale("math", actor=who),
        lambda: actions.drop_lesson(key, actor=who),
    ):
        with unchanged(), pytest.raises(NotAllowed):
            deed()
    assert Course.objects.get(code="math").status == "draft"
