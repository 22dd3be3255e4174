"""Nobody sees another institution's rows, by Django or by SQL."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from kefen.catalog import actions as catalog
from kefen.catalog.models import Course
from kefen.core.errors import InvariantBroken
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts

COURSE = catalog.NewCourse(code="math", title="t", category="c", list_price=1)


def test_a_query_without_a_scope_raises(rolled_back: None) -> None:
    with pytest.raises(InvariantBroken):
        Course.objects.count()


def test_two_institutions_may_use_the_same_codes_and_see_their_own(
    institution: InstitutionFacts,
) -> None:
    mine = catalog.add_course(COURSE)
    other = found_institution(slug="other", name="o")
    with scope.institution(other.id):
        theirs = catalog.add_course(COURSE)
        assert [row.id for row in Course.objects.all()] == [theirs]
    assert [row.id for row in Course.objects.all()] == [mine]


def test_sql_sees_only_the_rows_in_scope(institution: InstitutionFacts) -> None:
    catalog.add_course(COURSE)
    other = found_institution(slug="other", name="o")
    with scope.institution(other.id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_course")
        assert cursor.fetchone() == (0,)
        cursor.execute("UPDATE catalog_course SET title = 'stolen'")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM catalog_course")
        assert cursor.rowcount == 0
    assert Course.objects.get().title == "t"


def test_sql_cannot_write_into_another_institution(institution: InstitutionFacts) -> None:
    catalog.add_course(COURSE)
    other = found_institution(slug="other", name="o")
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE catalog_course SET institution_id = %s", [other.id])


def test_scopes_nest_and_end(institution: InstitutionFacts) -> None:
    other = found_institution(slug="other", name="o")
    with scope.institution(other.id):
        with scope.institution(institution.id):
            assert scope.institution_id() == institution.id
        assert scope.institution_id() == other.id
    assert scope.institution_id() == institution.id
