"""Visits become touches; they may replace bindings."""

import pytest

from kefen.core.errors import UnknownCourse, UnknownPromoter
from kefen.core.states import PromoterStatus
from kefen.promoters import actions as promoters
from kefen.referrals import actions
from kefen.referrals.contracts import Visit
from kefen.referrals.history import history_of
from tests.orders.school import (
    DAY,
    START,
    come_by,
    everything,
    open_school,
    student,
    terms,
    visit,
    visitor,
)

BINDING = {"binding_days": 30, "protection_days": 3}


def bound(at: object, who: str = "s1") -> str | None:
    found = history_of([student(who)], bindings=True).binding_at(student(who), at)  # type: ignore[arg-type]
    return None if found is None else found.promoter.code


def test_refused_visits_leave_nothing(institution: object) -> None:
    open_school()
    answers = actions.record_visits(
        [
            Visit(visitor("v"), "nobody", None, START),
            Visit(visitor("v"), "yu", "nothing", START),
            Visit(visitor("v"), "yu", "math", START),
            Visit(visitor("v"), "nobody", "nothing", START),
        ]
    )
    assert [type(answer) for answer in answers] == [
        UnknownPromoter,
        UnknownCourse,
        type(None),
        UnknownPromoter,
    ]
    assert len(everything()["referrals_touch"]) == 1


def test_touches_of_every_visitor_count_past_and_future(institution: object) -> None:
    open_school()
    visit("yu", name="phone")
    actions.identify(visitor("phone"), student(), at=START)
    actions.identify(visitor("desk"), student(), at=START)
    visit("chen", at=START + DAY, name="desk")
    visit("chen", at=START + DAY, name="somebody else's")
    found = history_of([student()], bindings=False).touches[student()]
    assert [(touch.promoter, touch.at) for touch in found] == [("yu", START), ("chen", START + DAY)]


def test_a_visitor_of_two_students_counts_for_each(institution: object) -> None:
    open_school()
    visit("yu")
    for who in ("s1", "s2"):
        actions.identify(visitor("v1"), student(who), at=START)
    found = history_of([student("s1"), student("s2")], bindings=False).touches
    assert {key: len(touches) for key, touches in found.items()} == {
        student("s1"): 1,
        student("s2"): 1,
    }


@pytest.mark.parametrize(
    ("after", "winner"),
    [(3 * DAY - DAY / 86_400_000_000, "yu"), (3 * DAY, "chen"), (30 * DAY, None)],
)
def test_a_touch_replaces_a_binding_after_its_protection(
    institution: object, after: object, winner: str | None
) -> None:
    open_school(terms(policy=BINDING))
    come_by("yu")
    at = START + after  # type: ignore[operator]
    visit("chen", at=at)
    assert bound(at) == winner
    assert bound(START + DAY) == "yu"


def test_only_an_eligible_promoter_and_a_tied_visitor_replace(institution: object) -> None:
    open_school(terms(policy=BINDING))
    come_by("yu")
    visit("chen", at=START + 4 * DAY, name="stranger")
    promoters.set_status("chen", PromoterStatus.SUSPENDED)
    visit("chen", at=START + 5 * DAY)
    assert bound(START + 5 * DAY) == "yu"


def test_the_bound_promoter_s_own_touch_prolongs_nothing(institution: object) -> None:
    open_school(terms(policy=BINDING))
    come_by("yu")
    visit("yu", at=START + 20 * DAY)
    assert bound(START + 30 * DAY - DAY / 86_400) == "yu"
    assert bound(START + 30 * DAY) is None
