"""Dividing payments: properties first, then every reason once."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.errors import SplitAboveChannel, SplitTooLate
from kefen.core.money import share
from kefen.core.splits import (
    CLOSING,
    DAY,
    SAFETY,
    Claim,
    Divide,
    Earned,
    Paid,
    Reason,
    Release,
    Wait,
    check_terms,
    decide,
    divide,
)
from kefen.core.states import CommissionState

PAID_AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Facts:
    maximum_bps: int = 3000
    earliest: timedelta = timedelta(minutes=1)
    latest: timedelta = timedelta(days=30)
    receivers_per_request: int = 50
    minimum: int = 1
    monthly_maximum: int | None = None


FACTS = Facts()
LAST = PAID_AT + FACTS.latest - SAFETY
PAID = Paid(PAID_AT, 100_00, 0, 7, refund_open=False)


def earned(
    promoter: str = "yu",
    left: int = 20_00,
    *,
    level: int = 1,
    state: CommissionState = CommissionState.AVAILABLE,
    days: int = 7,
) -> Earned:
    return Earned(promoter, level, left, state, PAID_AT + days * DAY)


amounts = st.integers(0, 10**9)
facts = st.builds(
    Facts,
    maximum_bps=st.integers(0, 10_000),
    latest=st.integers(2, 180).map(lambda days: days * DAY),
    receivers_per_request=st.integers(0, 5),
    minimum=st.integers(0, 1000),
    monthly_maximum=st.none() | amounts,
)
claims = st.lists(
    st.builds(
        Claim,
        promoter=st.uuids().map(str),
        amount=amounts,
        net=amounts,
        received=amounts,
        obstacle=st.none() | st.just(Reason.WALLET),
    ).map(lambda claim: replace(claim, net=min(claim.net, claim.amount))),
    max_size=8,
)
payments = st.builds(
    lambda amount, part, days, is_open: Paid(
        PAID_AT, amount, min(part, amount), days, refund_open=is_open
    ),
    st.integers(1, 10**9),
    amounts,
    st.integers(0, 60),
    st.booleans(),
)
commissions = st.lists(
    st.builds(
        Earned,
        promoter=st.sampled_from(["yu", "chen", "li"]),
        level=st.sampled_from([1, 2]),
        left=st.integers(0, 10**6),
        state=st.sampled_from(CommissionState),
        available_at=st.integers(0, 90).map(lambda days: PAID_AT + days * DAY),
    ),
    max_size=5,
)


@given(payments, claims, facts)
def test_shares_fit_and_everybody_is_answered_once(paid, claims, facts):
    division = divide(paid, claims, facts)

    assert division.total <= share(paid.amount, facts.maximum_bps)
    assert division.total <= paid.amount - paid.refunded
    assert len(division.shares) <= facts.receivers_per_request
    for one in division.shares:
        assert 0 < one.net <= one.amount
        assert one.net >= facts.minimum
        assert one.obstacle is None
        if facts.monthly_maximum is not None:
            assert one.received + one.net <= facts.monthly_maximum
    answered = [*division.shares, *(claim for claim, _ in division.wallet)]
    assert sorted(answered, key=repr) == sorted(claims, key=repr)


@given(payments, commissions, facts, st.integers(0, 200 * 86_400))
def test_nothing_is_divided_too_early_or_too_late(paid, commissions, facts, seconds):
    now = PAID_AT + seconds * SECOND
    decision = decide(paid, commissions, facts, now)

    if isinstance(decision, Wait):
        assert decision.until > now
        # Whatever is waited for, it ends before the channel's own deadline.
        assert decision.until < PAID_AT + facts.latest
    if isinstance(decision, Divide):
        assert PAID_AT + facts.earliest <= now < PAID_AT + facts.latest - SAFETY
        assert now >= PAID_AT + paid.refund_days * DAY
        assert not paid.refund_open
        ripe = [c for c in commissions if c.state is CommissionState.AVAILABLE and c.left]
        assert sum(amount for _, amount in decision.amounts) == sum(c.left for c in ripe)
        assert all(amount > 0 for _, amount in decision.amounts)


@given(payments, commissions, facts)
def test_looking_whenever_told_comes_to_an_end(paid, commissions, facts):
    now = PAID_AT
    for _ in range(200 * 24 * 61):
        decision = decide(paid, commissions, facts, now)
        if not isinstance(decision, Wait):
            break
        now = decision.until
        # What is not in anybody's way has become available meanwhile.
        commissions = [
            replace(c, state=CommissionState.AVAILABLE)
            if c.state is CommissionState.PENDING and c.available_at <= now
            else c
            for c in commissions
        ]
    else:
        pytest.fail("it waits for ever")
    assert now < PAID_AT + facts.latest


@pytest.mark.parametrize(
    ("paid", "commissions", "now", "expected"),
    [
        (PAID, [earned()], PAID_AT, Wait(PAID_AT + FACTS.earliest, Reason.REFUND_WINDOW)),
        (PAID, [], PAID_AT + DAY, Release(Reason.NOTHING_TO_SHARE)),
        (PAID, [earned(left=0)], PAID_AT + DAY, Release(Reason.NOTHING_TO_SHARE)),
        (replace(PAID, refunded=100_00), [earned()], PAID_AT + DAY,
         Release(Reason.NOTHING_TO_SHARE)),
        (PAID, [earned(days=9)], PAID_AT + 8 * DAY,
         Wait(PAID_AT + 9 * DAY, Reason.REFUND_WINDOW)),
        (replace(PAID, refund_days=14), [earned()], PAID_AT + 8 * DAY,
         Wait(PAID_AT + 14 * DAY, Reason.REFUND_WINDOW)),
        (PAID, [earned()], PAID_AT + 7 * DAY, Divide((("yu", 20_00),))),
        (PAID, [earned()], LAST - SECOND, Divide((("yu", 20_00),))),
        (PAID, [earned()], LAST, Release(Reason.TOO_LATE)),
        # It will be too late: nobody waits for that.
        (PAID, [earned(days=29)], PAID_AT + DAY, Release(Reason.TOO_LATE)),
        (replace(PAID, refund_open=True), [earned()], PAID_AT + 8 * DAY,
         Wait(PAID_AT + 8 * DAY + timedelta(hours=1), Reason.REFUND_OPEN)),
        (replace(PAID, refund_open=True), [earned()], LAST - CLOSING, Release(Reason.REFUND_OPEN)),
        (PAID, [earned(state=CommissionState.PENDING)], PAID_AT + 8 * DAY,
         Wait(PAID_AT + 8 * DAY + timedelta(minutes=1), Reason.MATURING)),
        (PAID, [earned(), earned("li", level=2, state=CommissionState.HELD)], PAID_AT + 8 * DAY,
         Wait(PAID_AT + 8 * DAY + timedelta(hours=1), Reason.RISK_HOLD)),
        (PAID, [earned(), earned("li", level=2, state=CommissionState.HELD)], LAST - CLOSING,
         Divide((("yu", 20_00),))),
        (PAID, [earned(state=CommissionState.HELD)], LAST - CLOSING, Release(Reason.RISK_HOLD)),
        (PAID, [earned("li", 3_00, level=2), earned(), earned("li", 1_00)], PAID_AT + 8 * DAY,
         Divide((("yu", 20_00), ("li", 4_00)))),
        (PAID, [earned(state=CommissionState.REJECTED)], PAID_AT + DAY,
         Release(Reason.NOTHING_TO_SHARE)),
    ],
)  # fmt: skip
def test_when(paid, commissions, now, expected):
    assert decide(paid, commissions, FACTS, now) == expected


@pytest.mark.parametrize(
    ("claim", "facts", "reason"),
    [
        (Claim("yu", 20_00, 20_00, obstacle=Reason.NO_ACCOUNT), FACTS, Reason.NO_ACCOUNT),
        (Claim("yu", 0, 0), FACTS, Reason.NO_BALANCE),
        (Claim("yu", 20_00, 9), Facts(minimum=10), Reason.TOO_SMALL),
        (Claim("yu", 20_00, 20_00), Facts(maximum_bps=1999), Reason.RATIO),
        (Claim("yu", 20_00, 20_00, 1), Facts(monthly_maximum=20_00), Reason.MONTH),
        (Claim("yu", 20_00, 20_00), Facts(receivers_per_request=0), Reason.RECEIVERS),
    ],
)
def test_why_not(claim, facts, reason):
    assert divide(PAID, [claim], facts).wallet == ((claim, reason),)


def test_what_does_not_fit_makes_room_for_the_next():
    first, second, third = (
        Claim("yu", 20_00, 20_00), Claim("li", 15_00, 15_00), Claim("chen", 10_00, 10_00)
    )  # fmt: skip
    division = divide(PAID, [first, second, third], FACTS)
    assert division.shares == (first, third)
    assert division.wallet == ((second, Reason.RATIO),)


def test_refunds_leave_less_to_divide():
    claim = Claim("yu", 20_00, 20_00)
    division = divide(replace(PAID, refunded=80_01), [claim], Facts(maximum_bps=10_000))
    assert division.wallet == ((claim, Reason.RATIO),)


@pytest.mark.parametrize(
    ("hold", "refund", "bps", "error", "params"),
    [
        (28, 7, 3000, SplitTooLate,
         {"rule": "hold_days", "limit": 27, "worst": 28, "channel": "wechat_pay"}),
        (7, 28, 3000, SplitTooLate,
         {"rule": "refund_days", "limit": 27, "worst": 28, "channel": "wechat_pay"}),
        (27, 27, 3001, SplitAboveChannel,
         {"rule": "max_rate_bps", "limit": 3000, "worst": 3001, "channel": "wechat_pay"}),
    ],
)  # fmt: skip
def test_terms_that_could_strand_money_are_refused(hold, refund, bps, error, params):
    with pytest.raises(error) as caught:
        check_terms(
            channel="wechat_pay",
            hold_days=hold,
            refund_days=refund,
            max_rate_bps=bps,
            facts=FACTS,
        )
    assert caught.value.params == params


def test_terms_at_the_limits_pass():
    check_terms(channel="wechat_pay", hold_days=27, refund_days=27, max_rate_bps=3000, facts=FACTS)
