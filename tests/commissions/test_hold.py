"""Risk holds and rejections."""

from typing import Any

import pytest

from kefen.commissions import actions, queries
from kefen.core.errors import IllegalTransition, InvalidInput, NotFound
from kefen.core.ids import uuid7
from kefen.platform.audit import queries as audit
from tests.orders.school import (
    ask,
    come_by,
    mature,
    money,
    open_school,
    refund,
    sell,
    transfer,
    unchanged,
)


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()
    come_by("yu")
    sell("A", 10_000)


def only() -> Any:
    return queries.in_order_of_booking().get()


def test_a_held_one_matures_only_after_its_release() -> None:
    row = only()
    actions.hold(row.id, reason="same card five times")
    assert mature() == 0
    assert money() == (2000, 0, 0, 0)
    actions.release(row.id)
    assert mature() == 1
    verbs = [record.verb for record in audit.of_subject(f"commission:{row.id}")]
    assert verbs == ["commission.held", "commission.released"]


def test_a_held_one_is_refunded_from_pending() -> None:
    actions.hold(only().id, reason="look twice")
    refund("R", "A", 5000)
    assert money() == (1000, 0, 0, 0)


def test_a_rejected_one_goes_back_to_the_institution() -> None:
    row = only()
    refund("R", "A", 5000)
    actions.reject(row.id, reason="bought from himself")
    assert transfer("commission:A:1:1:rejected") == {
        "promoter:yu:pending": -1000,
        "institution:main": 1000,
    }
    found = only()
    assert (found.state, found.state_reason, found.reversed) == (
        "rejected",
        "bought from himself",
        2000,
    )
    assert mature() == 0


def test_a_late_rejection_leaves_a_debt() -> None:
    mature()
    ask("W", 1500)
    actions.reject(only().id, reason="fraud")
    assert money() == (0, 0, 1500, 1500)


def test_a_reason_is_needed() -> None:
    for deed in (actions.hold, actions.reject):
        with unchanged(), pytest.raises(InvalidInput):
            deed(only().id, reason=" ")


def test_states_move_as_the_table_says() -> None:
    row = only()
    with unchanged(), pytest.raises(IllegalTransition):
        actions.release(row.id)
    mature()
    with unchanged(), pytest.raises(IllegalTransition):
        actions.hold(row.id, reason="too late")
    actions.reject(row.id, reason="fraud")
    with unchanged(), pytest.raises(IllegalTransition):
        actions.reject(row.id, reason="twice")
    with unchanged(), pytest.raises(NotFound):
        actions.hold(uuid7(), reason="nothing")
