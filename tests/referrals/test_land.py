"""A visit saw its first page: once, and only a visit that there was."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from kefen.core.ids import uuid7
from kefen.promoters.queries import by_code
from kefen.referrals import queries
from kefen.referrals.actions import record_landing, record_visits
from kefen.referrals.contracts import Visit
from tests.orders.school import open_school, unchanged

AT = datetime(2026, 4, 20, tzinfo=UTC)


def test_a_visit_lands_once_for_its_promoter(institution: object) -> None:
    open_school()
    visitor, later = uuid7(), AT + timedelta(seconds=3)
    record_visits([Visit(visitor, "yu", None, AT), Visit(uuid7(), "yu", None, AT)])
    assert record_landing(visitor, AT, at=later) is True
    with unchanged():
        assert record_landing(visitor, AT, at=later + timedelta(days=1)) is False
    yu = by_code("yu").id
    assert queries.landings(since=later, promoter_id=yu) == 1
    assert queries.landings(since=later + timedelta(microseconds=1), promoter_id=yu) == 0
    assert queries.landings(since=AT, promoter_id=uuid7()) == 0
    touch = queries.latest_touch(visitor)
    assert touch is not None
    assert queries.landed_at([touch.id]) == later
    assert queries.landed_at([]) is None


def test_a_visit_that_never_was_lands_nowhere(institution: object) -> None:
    open_school()
    visitor = uuid7()
    record_visits([Visit(visitor, "yu", None, AT)])
    with unchanged():
        assert record_landing(visitor, AT + timedelta(microseconds=1), at=AT) is False
        assert record_landing(uuid4(), AT, at=AT) is False
