"""Placing: the decision is taken and stored here."""

from dataclasses import replace

import pytest

from kefen.core.errors import InvalidInput, NumberConflict, UnknownCourse
from kefen.core.states import PromoterStatus
from kefen.core.terms import PlatformLimits
from kefen.orders import actions, queries
from kefen.orders.contracts import LineRequest, PlacedOrder
from kefen.platform.tenancy.actions import set_limits
from kefen.promoters import actions as promoters
from kefen.referrals.models import Touch
from tests.orders.school import (
    DAY,
    HOUR,
    START,
    come_by,
    open_school,
    place,
    request,
    rule,
    sell,
    terms,
    unchanged,
    visit,
    visitor,
)


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()


def winners(number: str) -> list[str | None]:
    lines = queries.lines_of(queries.by_number(number).id)
    return [None if line.winner is None else line.winner.code for line in lines]


def test_an_order_is_placed_with_its_lines_and_winner() -> None:
    come_by("yu")
    placed = place("A", 9000, 500)
    assert (placed.number, placed.total, placed.is_new) == ("A", 9500, True)
    row = queries.by_number("A")
    assert (row.state, row.total, row.currency, row.paid_at) == ("placed", 9500, "CNY", None)
    lines = [(line.number, line.paid, line.list_price) for line in queries.lines_of(row.id)]
    assert lines == [(1, 9000, 10_000), (2, 500, 10_000)]
    assert winners("A") == ["yu", "yu"]


def test_the_same_again_is_the_same_order() -> None:
    wanted = request("A", 9000, 500)
    first = actions.place_one(wanted)
    with unchanged():
        again = actions.place_one(replace(wanted, at=START + DAY, lines=wanted.lines[::-1]))
    assert (again.id, again.is_new, again.total) == (first.id, False, 9500)


@pytest.mark.parametrize(
    "change", [{"student": "s2"}, {"code": "yu"}, {"lines": [LineRequest(1, "math", 1, 8999)]}]
)
def test_the_same_number_with_other_content_is_a_conflict(change: dict[str, object]) -> None:
    wanted = request("A", 9000)
    actions.place_one(wanted)
    with unchanged(), pytest.raises(NumberConflict):
        actions.place_one(replace(wanted, **change))


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (request("A", 1, courses=["nothing"]), UnknownCourse),
        (request("A", -1), InvalidInput),
        (request("A", 1, quantity=0), InvalidInput),
        (request("A"), InvalidInput),
        (request("a b", 1), InvalidInput),
        (request("..", 1), InvalidInput),
        (replace(request("A", 1), lines=[LineRequest(1, "math", 1, 1)] * 2), InvalidInput),
    ],
)
def test_a_refused_order_leaves_nothing_and_its_number_free(
    wanted: object, error: type[Exception]
) -> None:
    with unchanged(), pytest.raises(error):
        actions.place_one(wanted)  # type: ignore[arg-type]
    assert place("A", 100).is_new


def test_a_batch_is_answered_order_by_order() -> None:
    found = actions.place(
        [
            request("A", 100, code="chen"),
            request("A", 200),
            request("B", 1, courses=["nothing"]),
            request("C", 100),
        ]
    )
    assert [type(answer).__name__ for answer in found] == [
        "PlacedOrder",
        "NumberConflict",
        "UnknownCourse",
        "PlacedOrder",
    ]
    # The code typed for A is a touch for C, in the same batch.
    assert winners("C") == ["chen"]


def test_an_unknown_code_is_ignored_and_said() -> None:
    placed = place("A", 100, code="nobody")
    assert placed.code_ignored
    assert winners("A") == [None]


def test_what_comes_later_changes_nothing() -> None:
    come_by("yu")
    place("A", 10_000)
    promoters.set_status("yu", PromoterStatus.SUSPENDED)
    set_limits(PlatformLimits(max_rate_bps=100))
    place("B", 10_000)
    line_a, line_b = (queries.lines_of(queries.by_number(n).id)[0] for n in ("A", "B"))
    assert (line_a.winner.code, line_a.attribution.cap_bps) == ("yu", 5000)
    # From the next order on the platform's smaller limit counts.
    assert (line_b.winner, line_b.attribution.cap_bps) == (None, 100)


def test_the_version_in_force_at_placing_is_kept() -> None:
    from kefen.programmes.actions import publish

    publish(terms(effective_from=START + DAY, rules=(rule("later"),)), take_over=True)
    place("A", 100)
    place("B", 100, at=START + DAY)
    versions = [
        queries.lines_of(queries.by_number(number).id)[0].attribution.version.number
        for number in ("A", "B")
    ]
    assert versions == [1, 2]


def test_queries_of_orders() -> None:
    sell("A", 100)
    place("B", 200, who="s2")
    assert [order.number for order in queries.listed()] == ["B", "A"]
    student_id = queries.by_number("A").student_id
    assert [order.number for order in queries.of_student(student_id)] == ["A"]
    assert queries.paid_span() == (queries.by_number("A").paid_at,) * 2
    assert [line.paid for line in queries.in_order_of_placing()] == [100, 200]


def test_a_typed_code_is_a_touch_of_the_student_and_stays_one() -> None:
    place("A", 9000, code="yu")
    place("B", 9000)
    assert winners("A") == winners("B") == ["yu"]


def test_a_code_typed_for_one_order_counts_for_it_alone() -> None:
    actions.place_one(replace(request("A", 9000, code="yu"), code_once=True))
    come_by("chen", at=START + 2 * HOUR)
    place("B", 9000, at=START + DAY)
    assert (winners("A"), winners("B")) == (["yu"], ["chen"])
    # The evidence of the order names the touch, and the touch is nobody's.
    weighed = queries.lines_of(queries.by_number("A").id)[0].attribution.evidence
    assert [(one["promoter"], one["verdict"]) for one in weighed][-1] == ("yu", "won")
    touch = Touch.objects.get(id=weighed[-1]["touch"])
    assert (touch.visitor_id, touch.student_id, touch.promoter.code) == (None, None, "yu")
    evidence = queries.lines_of(queries.by_number("B").id)[0].attribution.evidence
    assert [one["promoter"] for one in evidence] == ["chen"]


def test_in_one_batch_as_well_and_with_visitors_beside() -> None:
    visit("chen", at=START + 2 * HOUR, name="other")  # later than the code: never before it
    once = replace(request("A", 9000, code="yu"), code_once=True, visitors=[visitor("other")])
    both = actions.place([once, request("B", 9000), request("C", 9000, code="yu")])
    assert all(isinstance(one, PlacedOrder) for one in both)
    assert (winners("A"), winners("B"), winners("C")) == (["yu"], [None], ["yu"])
    place("D", 9000)
    assert winners("D") == ["yu"]
