"""A payout that waits for its receiver: nothing moves until he confirmed or his day is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kefen.core.errors import AmountMismatch, InvalidInput, WithdrawalNotOpen
from kefen.core.states import WithdrawalState
from kefen.payouts import actions, queries
from kefen.platform import clock
from kefen.ports.payments import ChannelEvent, EventKind
from tests.orders.school import ask, come_by, mature, money, open_school, sell, unchanged

NOW = datetime(2026, 4, 20, tzinfo=UTC)
UNTIL = NOW + timedelta(days=1)
URL = "https://channel.example/receipt/1"
WAITS = ChannelEvent(
    "e1", EventKind.PAYOUT_WAITING, "W", "", 96_000, "CNY", NOW, until=UNTIL, url=URL
)


@pytest.fixture(autouse=True)
def approved(institution: object) -> None:
    open_school()
    come_by("yu")
    sell("A", 500_000)  # 100000 for yu
    mature()
    with clock.at(NOW):
        ask("W", 100_000)
        actions.approve("W")


def sent() -> None:
    with clock.at(NOW):
        actions.mark_sent("W")


def test_it_waits_with_its_address_and_keeps_the_amount_reserved() -> None:
    sent()
    assert actions.take_result(WAITS) is True
    row = queries.by_number("W")
    assert row.state == WithdrawalState.AWAITING_CONFIRMATION
    assert (row.confirm_until, row.confirm_url) == (UNTIL, URL)
    assert money() == (0, 0, 100_000, 0)
    with unchanged():
        assert actions.take_result(WAITS) is False


@pytest.mark.parametrize(
    ("kind", "state", "balances"),
    [
        (EventKind.PAYOUT_SUCCEEDED, WithdrawalState.SUCCEEDED, (0, 0, 0, 0)),
        (EventKind.PAYOUT_EXPIRED, WithdrawalState.EXPIRED, (0, 100_000, 0, 0)),
    ],
)
def test_the_result_comes_once_and_late_news_of_waiting_changes_nothing(
    kind: EventKind, state: WithdrawalState, balances: tuple[int, ...]
) -> None:
    sent()
    actions.take_result(WAITS)
    result = replace(WAITS, kind=kind, until=None, url="")
    assert actions.take_result(result) is True
    assert queries.by_number("W").state == state
    assert money() == balances
    for late in (result, WAITS):
        with unchanged():
            assert actions.take_result(late) is False
    assert money() == balances


def test_what_was_never_sent_waits_for_nobody() -> None:
    with unchanged(), pytest.raises(WithdrawalNotOpen):
        actions.take_result(WAITS)


def test_another_amount_or_no_end_is_refused() -> None:
    sent()
    with unchanged(), pytest.raises(AmountMismatch):
        actions.take_result(replace(WAITS, amount=96_001))
    with unchanged(), pytest.raises(InvalidInput):
        actions.take_result(replace(WAITS, until=None))
