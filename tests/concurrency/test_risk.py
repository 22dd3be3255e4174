"""Scans at once, and people who decide at once: one signal, one hold, one decision."""

import pytest

from kefen.commissions.models import Commission
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.referrals import actions as referrals
from kefen.risk import actions
from kefen.risk.models import Hold, Signal
from tests.concurrency.racing import codes, race
from tests.factories import (
    START,
    make_course,
    make_paid_order,
    make_promoter,
    make_student,
    make_terms,
    make_version,
    make_visit,
    percent,
)


@pytest.fixture
def own_purchase(committed_institution):
    """Somebody who uses two browsers of yu's bought by her link."""
    make_course(list_price=100_00)
    make_promoter(account="yu-herself")
    make_version(terms=make_terms(rules=[percent(1000)]))
    for browser in ("home", "phone"):
        visitor = make_visit(visitor=browser)
        for who in ("stu", "yu-herself"):
            referrals.identify(visitor, make_student(code=who), at=START)
    make_paid_order(paid=100_00)
    with clock.at(START):
        yield committed_institution


def test_scans_at_once_hold_once(own_purchase):
    answers = race([actions.scan] * 6)

    assert codes(answers) == []
    assert sum(one.held for one in answers) == 1
    assert (Signal.objects.count(), Hold.objects.count()) == (1, 1)
    assert Record.objects.filter(verb="commission.held").count() == 1


def test_one_decision_of_many(own_purchase):
    actions.scan()
    signal = Signal.objects.get().id
    racers = [
        lambda: actions.release(signal, reason="a family"),
        lambda: actions.reject(signal, reason="himself"),
        actions.scan,
    ] * 3
    answers = race(racers)

    assert len(codes(answers)) == 5
    assert set(codes(answers)) == {"signal_decided"}
    states = {"released": "pending", "rejected": "rejected"}
    assert Commission.objects.get().state == states[Signal.objects.get().state]
