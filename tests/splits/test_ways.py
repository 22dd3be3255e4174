"""Choosing the way; what a programme must leave room for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kefen.catalog.models import Course
from kefen.core.errors import NotOffered, SplitAboveChannel, SplitTooLate, UnknownPromoter
from kefen.core.splits import Way
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants.actions import connect
from kefen.programmes.actions import publish
from kefen.promoters import queries as promoters
from kefen.splits import actions, queries
from kefen.splits.contracts import WayFacts
from tests.orders.school import DAY, START, open_school, terms, unchanged
from tests.splits.channel import FakeChannel
from tests.splits.school import register


@pytest.fixture
def channel(institution, monkeypatch) -> FakeChannel:
    open_school(terms(max_rate_bps=3000))
    return register(monkeypatch, FakeChannel())


def divide() -> None:
    with clock.at(START):
        connect("wechat_pay", values={}, actor=SYSTEM, splits=True)


def test_where_nothing_is_divided_no_split_can_be_chosen(channel):
    with unchanged(), pytest.raises(NotOffered):
        actions.choose_way("yu", Way.SPLIT, actor=SYSTEM)
    with unchanged(), pytest.raises(NotOffered):
        actions.set_default_way(Way.SPLIT, actor=SYSTEM)


def test_ones_own_way_counts_before_the_default(channel):
    divide()
    yu, chen = promoters.by_code("yu").id, promoters.by_code("chen").id
    assert queries.way_of(yu) == WayFacts(Way.WALLET, own=False)
    actions.set_default_way(Way.SPLIT, actor=SYSTEM)
    actions.choose_way("yu", Way.WALLET, actor=SYSTEM)
    assert queries.ways_of([yu, chen]) == {
        yu: WayFacts(Way.WALLET, own=True),
        chen: WayFacts(Way.SPLIT, own=False),
    }
    assert queries.default_way() is Way.SPLIT
    with unchanged():
        actions.choose_way("yu", Way.WALLET, actor=SYSTEM)
        actions.set_default_way(Way.SPLIT, actor=SYSTEM)
    with unchanged(), pytest.raises(UnknownPromoter):
        actions.choose_way("nobody", Way.WALLET, actor=SYSTEM)
    found = Record.objects.filter(verb="way.chosen").order_by("id")
    assert [(row.subject, row.details) for row in found] == [
        ("promoters", {"before": "", "after": "split"}),
        ("promoter:yu", {"before": "", "after": "wallet"}),
    ]


@pytest.mark.parametrize(
    ("change", "error", "rule"),
    [
        ({"hold_days": 28}, SplitTooLate, "hold_days"),
        ({"max_rate_bps": 3001}, SplitAboveChannel, "max_rate_bps"),
    ],
)
def test_a_version_that_could_strand_money_is_not_published(channel, change, error, rule):
    divide()
    new = replace(terms(max_rate_bps=3000), effective_from=START + DAY)
    with clock.at(START), unchanged(), pytest.raises(error) as caught:
        publish(replace(new, **change))
    assert caught.value.params["rule"] == rule
    with clock.at(START):
        publish(new)


def test_a_long_refund_time_of_a_course_counts(channel):
    divide()
    Course.objects.filter(code="art").update(refund_days=28)
    new = replace(terms(max_rate_bps=3000), effective_from=START + DAY)
    with clock.at(START), unchanged(), pytest.raises(SplitTooLate) as caught:
        publish(new)
    assert caught.value.params == {
        "rule": "refund_days", "limit": 27, "worst": 28, "channel": "wechat_pay"
    }  # fmt: skip


def test_splits_are_not_switched_on_where_a_version_does_not_fit(channel):
    channel.facts = replace(channel.facts, latest=timedelta(days=9))
    with unchanged(), pytest.raises(SplitTooLate):
        divide()
    with clock.at(START):
        connect("wechat_pay", values={}, actor=SYSTEM)
    assert queries.offered() == ()


def test_a_version_to_come_counts_and_one_that_was_does_not(channel):
    with clock.at(START):
        publish(replace(terms(max_rate_bps=3000), hold_days=28, effective_from=START + DAY))
    with unchanged(), pytest.raises(SplitTooLate):
        divide()
    with clock.at(START):
        publish(replace(terms(max_rate_bps=3000), effective_from=START + 2 * DAY))
    with clock.at(START + 3 * DAY):
        connect("wechat_pay", values={}, actor=SYSTEM, splits=True)
    assert queries.offered() == ("wechat_pay",)
