"""What channels take: amounts, names and days."""

import pytest

from kefen.core.errors import PayoutAboveMaximum, PayoutBelowMinimum, RealNameNeeded
from kefen.core.payout_limits import (
    NO_LIMITS,
    ChannelLimits,
    check_payout,
    counts_days,
    fits_today,
    limits_of,
    name_sent,
)

WECHAT = limits_of("wechat_pay")


@pytest.mark.parametrize(
    ("amount", "name", "sent"),
    [
        (10, "于小鱼", ""),
        (29, "于小鱼", ""),
        (30, "于小鱼", "于小鱼"),
        (199_999, "", ""),
        (199_999, "于小鱼", "于小鱼"),
        (200_000, "于小鱼", "于小鱼"),
    ],
)
def test_a_name_goes_along_from_thirty_fen_on(amount, name, sent):
    check_payout(WECHAT, amount, name)
    assert name_sent(WECHAT, amount, name) == sent


@pytest.mark.parametrize(
    ("amount", "name", "refusal"),
    [
        (9, "于小鱼", PayoutBelowMinimum),
        (0, "于小鱼", PayoutBelowMinimum),
        (200_000, "", RealNameNeeded),
        (2_000_001, "于小鱼", PayoutAboveMaximum),
    ],
)
def test_what_wechat_never_pays_is_refused_before_it_is_sent(amount, name, refusal):
    with pytest.raises(refusal):
        check_payout(WECHAT, amount, name)


def test_more_than_a_whole_day_would_wait_for_ever():
    with pytest.raises(PayoutAboveMaximum) as refused:
        check_payout(ChannelLimits(school_day=5_000), 5_001, "")
    assert refused.value.params == {"amount": 5_001, "maximum": 5_000}


def test_a_day_is_full_to_the_fen():
    limits = ChannelLimits(person_day=1_000, school_day=5_000)
    assert fits_today(limits, 400, person=600, school=4_600)
    assert not fits_today(limits, 401, person=600, school=0)
    assert not fits_today(limits, 401, person=0, school=4_600)


def test_a_channel_that_says_nothing_has_no_limits():
    assert limits_of("sandbox") == NO_LIMITS
    check_payout(NO_LIMITS, 10**12, "")
    assert fits_today(NO_LIMITS, 10**12, person=10**12, school=10**12)
    assert not counts_days(NO_LIMITS)
    assert counts_days(WECHAT)
