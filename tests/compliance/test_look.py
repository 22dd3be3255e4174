"""Forbidden words in what was saved before they were forbidden."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kefen.catalog import actions as catalog
from kefen.catalog.models import Session
from kefen.compliance import actions, queries
from kefen.compliance.contracts import HitState
from kefen.compliance.models import Hit
from kefen.core.errors import ForbiddenWords, InvalidInput, NotFound, NumberConflict
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.wording import actions as wording
from kefen.platform.wording import queries as words
from kefen.promoters.models import Promoter
from tests.factories.people import make_promoter

COURSE = catalog.NewCourse(
    code="math",
    title="考研数学",
    category="exam",
    list_price=29_900,
    summary="报名享内部价，名额不限",
)


@pytest.fixture
def course(institution: object) -> None:
    lesson = catalog.NewSession("内 部·价专场", clock.now() + timedelta(days=1), 90)
    catalog.schedule(catalog.add_course(COURSE), [lesson])


def hits() -> set[tuple[str, str, str, str]]:
    return {(one.place.split(":")[0], one.field, one.word, one.state) for one in Hit.objects.all()}


def test_a_word_of_the_school_is_refused_from_then_on_and_found_in_what_is_saved(
    course: None,
) -> None:
    actions.look()
    assert hits() == set()
    wording.forbid("内部价")
    actions.look()
    assert hits() == {
        ("course", "summary", "内部价", "open"),
        ("lesson", "title", "内 部·价", "open"),
    }
    row = Hit.objects.get(field="summary")
    assert (row.before, row.after, row.start) == ("报名享", "，名额不限", 3)
    with pytest.raises(ForbiddenWords) as refused:
        catalog.add_course(replace(COURSE, code="other"))
    params = refused.value.params
    assert (params["field"], params["spans"]) == ("summary", [(3, 6, "内部价")])
    assert queries.waiting()["text_hits"] == 2
    wording.allow("内部价")
    actions.look()
    assert hits() == set()


def test_what_is_kept_stays_kept_until_the_text_changes(course: None) -> None:
    wording.forbid("内部价")
    actions.look()
    row = Hit.objects.get(field="summary")
    with pytest.raises(InvalidInput):
        actions.keep(row.id, " ")
    actions.keep(row.id, "课程原名")
    actions.look()
    assert Hit.objects.get(id=row.id).state == HitState.KEPT
    assert queries.waiting()["text_hits"] == 1
    noted = Record.objects.get(verb="hit.kept")
    assert (noted.subject, noted.details["reason"]) == ("course:math", "课程原名")
    wording.allow("内部价")
    catalog.change_course(replace(COURSE, summary="只有内部价"))
    wording.forbid("内部价")
    actions.look()
    assert Hit.objects.get(field="summary").state == HitState.OPEN


def test_a_text_is_mended_in_its_editor_and_looked_at_again(course: None) -> None:
    wording.forbid("内部价")
    actions.look()
    with pytest.raises(ForbiddenWords):
        catalog.change_course(replace(COURSE, summary="仍是内部价"))
    assert ("course", "summary", "内部价", "open") in hits()
    catalog.change_course(replace(COURSE, summary="讲透真题"))
    actions.look_at("course:math")
    place = Hit.objects.get(field="title").place
    row = Session.objects.get()
    catalog.move_lesson(row.id, catalog.NewSession("导数专场", row.starts_at, row.minutes))
    actions.look_at(place)
    assert hits() == set()
    assert {text.text for text in queries.texts_at("course:math")} >= {"讲透真题"}


def test_a_promoter_s_name_is_mended_or_taken_away(institution: object) -> None:
    make_promoter(code="yu")
    Promoter.objects.update(nickname="躺赚小鱼")
    actions.look()
    assert hits() == {("promoter", "name", "躺赚", "open")}
    actions.rename_promoter("yu", "")
    assert hits() == set()
    assert Promoter.objects.get().nickname == ""


@pytest.mark.parametrize("place", ["course:none", "lesson:none", "promoter:none", "else:where"])
def test_what_is_no_place_of_texts_is_not_found(course: None, place: str) -> None:
    with pytest.raises(NotFound):
        queries.texts_at(place)
    with pytest.raises(NotFound):
        actions.rename_promoter("none", "别的")


def test_a_word_says_something_and_stands_once(institution: object) -> None:
    for nothing in ("", " ", "——", "字" * 65):
        with pytest.raises(InvalidInput):
            wording.forbid(nothing)
    wording.forbid(" 内部  价 ")
    with pytest.raises(NumberConflict):
        wording.forbid("内部 价")
    assert words.words().own == ("内部 价",)
    wording.allow("没有的词")
    assert [one.verb for one in Record.objects.filter(subject="words")] == ["word.forbidden"]
