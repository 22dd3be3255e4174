"""Suspending, going on, leaving, grouping."""

import pytest

from kefen.core.errors import IllegalTransition, UnknownPromoter
from kefen.core.states import PromoterStatus
from kefen.platform import clock
from kefen.promoters import actions, queries
from tests.orders.school import (
    DAY,
    START,
    ask,
    come_by,
    mature,
    money,
    open_school,
    sell,
    unchanged,
)


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()


def test_a_suspended_promoter_brings_nothing_but_keeps_what_is_his() -> None:
    come_by("yu")
    sell("A", 10_000)
    actions.set_status("yu", PromoterStatus.SUSPENDED, reason="looked into")
    sell("B", 10_000)
    mature()
    assert money() == (0, 2000, 0, 0)
    ask("W", 2000)
    assert money() == (0, 0, 2000, 0)


def test_the_status_one_has_changes_nothing() -> None:
    with unchanged():
        actions.set_status("yu", PromoterStatus.ACTIVE)
    actions.set_status("yu", PromoterStatus.SUSPENDED)
    with unchanged():
        actions.set_status("yu", PromoterStatus.SUSPENDED)
    assert actions.set_status("yu", PromoterStatus.ACTIVE).status is PromoterStatus.ACTIVE


def test_who_left_is_active_no_more_from_that_instant_on() -> None:
    with clock.at(START):
        actions.leave("yu")
    record = queries.by_code("yu")
    assert (record.status, record.active_to) == (PromoterStatus.LEFT, START)
    assert not record.active_at(START + DAY)
    with unchanged(), pytest.raises(IllegalTransition):
        actions.set_status("yu", PromoterStatus.ACTIVE)


def test_groups() -> None:
    assert actions.set_group("yu", "gold").group == "gold"
    with unchanged():
        actions.set_group("yu", "gold")
    assert actions.set_group("yu", None).group is None


def test_nobody_has_no_status_and_no_group() -> None:
    for deed in (
        lambda: actions.set_status("nobody", PromoterStatus.ACTIVE),
        lambda: actions.set_group("nobody", "gold"),
        lambda: actions.leave("nobody"),
    ):
        with unchanged(), pytest.raises(UnknownPromoter):
            deed()
