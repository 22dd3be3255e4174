"""A person decides: with a reason, once, and only what is held for this signal moves."""

import pytest

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.core.errors import InvalidInput, NotFound, SignalDecided
from kefen.core.ids import uuid7
from kefen.core.risk import Limits
from kefen.platform.audit import queries as audit
from kefen.risk import actions, queries
from kefen.risk.models import Signal
from tests.orders.school import mature, money, open_school, unchanged
from tests.risk.school import click, self_purchase


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()


@pytest.fixture
def held() -> Signal:
    self_purchase()
    actions.scan()
    return Signal.objects.get()


def state() -> str:
    return commission_rows.in_order_of_booking().get().state


def test_released_it_matures_and_is_never_held_again(held: Signal) -> None:
    assert actions.release(held.id, reason="a family with one computer") == 1
    assert state() == "pending"
    actions.scan()
    assert mature() == 1
    row = Signal.objects.get()
    assert (row.state, row.reason) == ("released", "a family with one computer")
    (note,) = audit.of_subject(f"signal:{row.id}")
    assert (note.verb, note.details["released"]) == ("signal.released", 1)


def test_rejected_it_is_reversed_with_the_reason_and_stays_visible(held: Signal) -> None:
    assert actions.reject(held.id, reason="bought by himself") == 1
    row = commission_rows.in_order_of_booking().get()
    assert (row.state, row.state_reason) == ("rejected", "bought by himself")
    assert money() == (0, 0, 0, 0)
    assert Signal.objects.get().state == "rejected"


def test_watched_it_leaves_the_queue_and_stays_held(held: Signal) -> None:
    actions.watch(held.id, reason="asked the promoter")
    assert (state(), queries.open_count()) == ("held", 0)
    actions.release(held.id, reason="he has shown the receipt")
    assert state() == "pending"


def test_what_another_signal_wants_held_stays_held(held: Signal) -> None:
    Signal.objects.create(
        kind="automated_order",
        subject="order",
        subject_id=held.order_id,
        finding=held.finding,
        promoter_id=held.promoter_id,
        order_id=held.order_id,
        score=80,
        evidence={},
        wants_hold=True,
        happened_at=held.happened_at,
        seen_at=held.seen_at,
    )
    assert actions.hold_all() == 0
    assert actions.release(held.id, reason="one device is fine") == 0
    assert state() == "held"
    other = Signal.objects.get(kind="automated_order")
    assert actions.release(other.id, reason="an odd browser") == 1
    assert state() == "pending"


def test_who_released_by_hand_is_not_rejected_by_the_signal(held: Signal) -> None:
    commissions.release(commission_rows.in_order_of_booking().get().id)
    for verb in (actions.reject, actions.hold):
        with unchanged(), pytest.raises(InvalidInput):
            verb(held.id, reason="too late")
    assert actions.release(held.id, reason="so be it") == 0


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_reason_is_needed(held: Signal, reason: str) -> None:
    for verb in (actions.release, actions.reject, actions.watch, actions.hold):
        with unchanged(), pytest.raises(InvalidInput):
            verb(held.id, reason=reason)


def test_one_decision_is_enough(held: Signal) -> None:
    actions.reject(held.id, reason="bought by himself")
    for verb in (actions.release, actions.reject, actions.watch, actions.hold):
        with unchanged(), pytest.raises(SignalDecided):
            verb(held.id, reason="again")
    with unchanged(), pytest.raises(NotFound):
        actions.watch(uuid7(), reason="nothing there")


def test_a_person_holds_what_did_not_hold_by_itself() -> None:
    self_purchase(devices=1)
    actions.scan()
    assert actions.hold(Signal.objects.get().id, reason="looks like his sister") == 1
    assert state() == "held"
    assert Signal.objects.get().state == "watching"


def test_clicks_hold_nothing() -> None:
    click(46, network="203.0.113.0/24")
    actions.scan()
    for verb in (actions.hold, actions.reject):
        with unchanged(), pytest.raises(InvalidInput):
            verb(Signal.objects.get().id, reason="robots")


@pytest.mark.parametrize(
    "limits",
    [
        Limits(usual_link=0),
        Limits(usual_network=0),
        Limits(usual_refunds=100),
        Limits(show_at=0),
        Limits(show_at=90, hold_at=80),
        Limits(hold_at=102),
    ],
)
def test_limits_that_make_no_sense(limits: Limits) -> None:
    with unchanged(), pytest.raises(InvalidInput):
        actions.set_limits(limits)
    assert queries.limits() == Limits()


def test_limits_are_kept_and_audited() -> None:
    actions.set_limits(Limits(usual_network=12))
    actions.set_limits(Limits(usual_network=20, hold_at=101))
    assert queries.limits() == Limits(usual_network=20, hold_at=101)
    assert len(list(audit.of_subject("risk:limits"))) == 2
