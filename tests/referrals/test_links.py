import pytest

from kefen.catalog import queries as catalog
from kefen.core.errors import InvalidInput, UnknownLink
from kefen.platform.tenancy.scope import institution_id
from kefen.promoters import queries as promoters
from kefen.referrals import actions, queries
from tests.orders.school import open_school, unchanged


def test_a_link_is_made_once_for_what_it_leads_to(institution: object) -> None:
    open_school()
    yu, math = promoters.by_code("yu").id, catalog.by_codes(["math"])["math"].id
    school = actions.make_link(yu)
    course = actions.make_link(yu, course_id=math)
    named = actions.make_link(yu, course_id=math, label="朋友圈")
    assert len({school.id, course.id, named.id}) == 3
    with unchanged():
        assert actions.make_link(yu, course_id=math, label="朋友圈").id == named.id


def test_a_short_code_finds_its_link_and_institution(institution: object) -> None:
    open_school()
    link = actions.make_link(promoters.by_code("yu").id)
    assert queries.institution_of_code(link.short_code) == institution_id()
    found = queries.link_by_code(link.short_code)
    assert (found.promoter.code, found.course, found.label) == ("yu", None, "")
    with pytest.raises(UnknownLink):
        queries.link_by_code("nothing")
    with pytest.raises(UnknownLink):
        queries.institution_of_code("nothing")


def test_a_label_has_its_length(institution: object) -> None:
    open_school()
    with unchanged(), pytest.raises(InvalidInput):
        actions.make_link(promoters.by_code("yu").id, label="x" * 21)
