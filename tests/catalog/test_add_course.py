"""Putting courses on sale."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kefen.catalog import actions, queries
from kefen.core.errors import (
    ForbiddenWords,
    InvalidInput,
    MinorsCourse,
    NumberConflict,
    UnknownCourse,
)
from tests.orders.school import START, unchanged

COURSE = actions.NewCourse(code="math", title="考研数学", category="exam", list_price=29_900)


def test_a_course_is_on_sale(institution: object) -> None:
    key = actions.add_course(COURSE)
    record = queries.by_codes(["math", "nothing"])["math"]
    assert (record.id, record.list_price, record.promotable, record.on_sale) == (
        key,
        29_900,
        True,
        True,
    )
    assert [row.code for row in queries.shelf()] == ["math"]
    assert queries.page("math").title == "考研数学"
    assert queries.all_courses() == list(queries.by_ids([key]).values())
    with pytest.raises(UnknownCourse):
        queries.page("nothing")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({}, NumberConflict),
        ({"code": "a/b"}, InvalidInput),
        ({"code": "art", "list_price": -1}, InvalidInput),
        ({"code": "art", "for_minors": True}, MinorsCourse),
        ({"code": "art", "summary": "学完保过"}, ForbiddenWords),
    ],
)
def test_a_refused_course_leaves_nothing(
    institution: object, change: dict[str, object], error: type[Exception]
) -> None:
    actions.add_course(COURSE)
    with unchanged(), pytest.raises(error):
        actions.add_course(replace(COURSE, **change))  # type: ignore[arg-type]


def test_courses_of_another_system_come_all_or_none(institution: object) -> None:
    with unchanged(), pytest.raises(NumberConflict):
        actions.take_over([COURSE, replace(COURSE, title="twice")])
    actions.take_over([COURSE, replace(COURSE, code="art", for_minors=True, promotable=False)])
    assert [record.code for record in queries.all_courses()] == ["art", "math"]


def test_live_lessons_soonest_first(institution: object) -> None:
    key = actions.add_course(COURSE)
    hour = timedelta(hours=1)
    lessons = [actions.NewSession(f"{n}", START + n * hour, 60) for n in (3, 1, 2)]
    actions.schedule(key, lessons)
    assert [s.title for s in queries.sessions_from(key, START + 2 * hour)] == ["2", "3"]
    assert queries.next_sessions(START)[key].title == "1"
