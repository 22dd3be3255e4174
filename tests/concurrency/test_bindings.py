"""Identifying and visiting at once: a student is never reserved for two."""

from datetime import timedelta

import pytest

from kefen.core.terms import AttributionPolicy
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.models import Role
from kefen.referrals import actions as referrals
from kefen.referrals.models import Binding, Tie, Touch
from tests.concurrency.racing import codes, race
from tests.factories import (
    START,
    make_course,
    make_promoter,
    make_student,
    make_terms,
    make_version,
    make_visit,
)
from tests.payouts.test_two_persons import member

NAMES = [f"p{number}" for number in range(6)]
SECOND = timedelta(seconds=1)


@pytest.fixture
def binding_school(committed_institution):
    """Bindings of 30 days, replaced by any later visit."""
    make_course()
    for name in NAMES:
        make_promoter(code=name)
    policy = AttributionPolicy(binding_days=30, protection_days=0)
    make_version(terms=make_terms(policy=policy))
    return make_student()


def test_identified_from_many_browsers_at_once_a_student_is_bound_once(binding_school):
    visitors = [make_visit(visitor=name, promoter=name) for name in NAMES]

    race(
        [
            lambda visitor=visitor: referrals.identify(visitor, binding_school, at=START + SECOND)
            for visitor in visitors * 2
        ]
    )

    assert Tie.objects.count() == len(NAMES)
    assert Binding.objects.count() == 1
    _one_at_a_time(binding_school)


def test_visits_of_many_promoters_at_one_instant_leave_one_binding(binding_school):
    visitor = make_visit(visitor="me", promoter=NAMES[0])
    referrals.identify(visitor, binding_school, at=START)

    race(
        [
            lambda name=name: make_visit(visitor="me", promoter=name, at=START + SECOND)
            for name in NAMES * 2
        ]
    )

    assert Touch.objects.count() == 1 + 2 * len(NAMES)
    _one_at_a_time(binding_school)


def test_visits_that_arrive_out_of_order_leave_one_binding(binding_school):
    """Each request has an instant of its own; who gets the lock first is another matter."""
    visitor = make_visit(visitor="me", promoter=NAMES[0])
    referrals.identify(visitor, binding_school, at=START)
    for attempt in range(4):
        first = START + timedelta(minutes=1 + attempt)
        race(
            [
                lambda name=name, at=first + place * SECOND: make_visit(
                    visitor="me", promoter=name, at=at
                )
                for place, name in enumerate(NAMES)
            ]
            + [
                lambda at=first + place * SECOND: referrals.identify(visitor, binding_school, at=at)
                for place in range(2)
            ]
        )
    _one_at_a_time(binding_school)


def test_a_late_visit_does_not_outlive_the_one_after_it(binding_school):
    """The same without a race: the later visit was recorded first."""
    visitor = make_visit(visitor="me", promoter=NAMES[0])
    referrals.identify(visitor, binding_school, at=START)
    make_visit(visitor="me", promoter=NAMES[2], at=START + 2 * SECOND)
    make_visit(visitor="me", promoter=NAMES[1], at=START + SECOND)

    assert _bound_at(binding_school, START) == [NAMES[0]]
    assert _bound_at(binding_school, START + SECOND) == [NAMES[1]]
    assert _bound_at(binding_school, START + 2 * SECOND) == [NAMES[2]]
    _one_at_a_time(binding_school)


def test_a_late_identify_does_not_outlive_the_one_after_it(binding_school):
    visitor = make_visit(visitor="me", promoter=NAMES[0])
    referrals.identify(visitor, binding_school, at=START + 2 * SECOND)
    referrals.identify(visitor, binding_school, at=START + SECOND)

    _one_at_a_time(binding_school)


def _bound_at(student, at) -> list[str]:
    """Whom the student is reserved for at an instant."""
    return [
        row.promoter.code
        for row in Binding.objects.filter(student_id=student).select_related("promoter")
        if row.starts_at <= at < min(row.ends_at, row.replaced_at or row.ends_at)
    ]


def _one_at_a_time(student) -> None:
    """At no instant is the student reserved twice."""
    rows = Binding.objects.filter(student_id=student)
    instants = {row.starts_at for row in rows} | {START + timedelta(days=1)}
    for at in instants:
        assert len(_bound_at(student, at)) <= 1, at
    assert len(_bound_at(student, START + timedelta(days=1))) == 1


def test_moved_by_many_at_once_a_student_is_reserved_for_one(binding_school):
    referrals.identify(make_visit(visitor="v", promoter="p0"), binding_school, at=START + SECOND)
    who = member("Shen Lan", Role.OPERATOR)
    row = Binding.objects.get()

    with clock.at(START + 2 * SECOND):
        answers = race(
            [
                lambda name=name: referrals.rebind(row.id, name, reason="x", actor=who)
                for name in NAMES[1:]
            ]
        )

    assert codes(answers) == ["not_found"] * (len(NAMES) - 2)
    assert Binding.objects.count() == 2
    assert Binding.objects.filter(replaced_at=None).count() == 1
    assert Record.objects.filter(verb="promoter.got_student").count() == 1
    _one_at_a_time(binding_school)
