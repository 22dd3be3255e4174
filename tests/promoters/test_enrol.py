import pytest

from kefen.core.errors import NumberConflict, OwnInviter, UnknownPromoter
from kefen.promoters import actions, queries
from tests.orders.school import enrolment, open_school, unchanged


def test_inviters_may_come_in_any_order_and_loop(institution: object) -> None:
    actions.enrol([enrolment("a", inviter="b"), enrolment("b", inviter="a"), enrolment("c")])
    a, b = queries.by_code("a"), queries.by_code("b")
    assert (a.inviter_id, b.inviter_id) == (b.id, a.id)


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([enrolment("a"), enrolment("a")], NumberConflict),
        ([enrolment("yu")], NumberConflict),
        ([enrolment("a", inviter="a")], OwnInviter),
        ([enrolment("a", inviter="nobody")], UnknownPromoter),
    ],
)
def test_a_refused_enrolment_leaves_nobody(
    institution: object, rows: list[actions.Enrolment], error: type[Exception]
) -> None:
    open_school()
    with unchanged(), pytest.raises(error):
        actions.enrol(rows)
