from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core import postings
from kefen.core.errors import InvariantBroken
from kefen.core.postings import Posting
from kefen.core.refunds import Sources

amounts = st.integers(0, 10**6)
people = st.sampled_from(["yu", "chen", "wu"])
reversals = st.lists(st.tuples(people, st.builds(Sources, amounts, amounts, amounts)), max_size=4)


def net(posted):
    """Credit minus debit of every account that moved."""
    figures = Counter()
    for one in posted:
        assert one.amount > 0
        assert one.debit != one.credit
        figures[one.debit] -= one.amount
        figures[one.credit] += one.amount
    assert sum(figures.values()) == 0
    return {account: figure for account, figure in figures.items() if figure}


def without_zeros(figures):
    return {account: figure for account, figure in figures.items() if figure}


@given(st.lists(st.tuples(people, amounts), max_size=5), amounts)
def test_order_paid(commissions, rest):
    paid = sum(amount for _, amount in commissions) + rest
    expected = Counter({"channel:alipay": -paid, "institution:main": rest})
    for promoter, amount in commissions:
        expected[f"promoter:{promoter}:pending"] += amount

    posted = postings.order_paid("alipay", paid, commissions)

    assert net(posted) == without_zeros(expected)
    assert len({(one.debit, one.credit) for one in posted}) == len(posted)


@given(reversals, amounts)
def test_refunded_also_where_reversals_are_more(parts, amount):
    expected = Counter({"channel:alipay": amount})
    for promoter, one in parts:
        expected[f"promoter:{promoter}:pending"] -= one.pending
        expected[f"promoter:{promoter}:available"] -= one.available
        expected[f"promoter:{promoter}:receivable"] -= one.receivable
    expected["institution:main"] = -sum(expected.values())

    assert net(postings.refunded("alipay", amount, parts)) == without_zeros(expected)


@given(reversals)
def test_rejected_gives_back_to_the_institution(parts):
    total = sum(one.total for _, one in parts)

    assert net(postings.rejected(parts)).get("institution:main", 0) == total


@given(amounts, amounts)
def test_credits_settle_first(settled, rest):
    amount = settled + rest
    credit = {"promoter:yu:available": rest, "promoter:yu:receivable": settled}
    for build, source in (
        (postings.matured, "promoter:yu:pending"),
        (postings.payout_returned, "promoter:yu:in_transit"),
        (postings.prize, "institution:main"),
    ):
        assert net(build("yu", amount, settled)) == without_zeros(credit | {source: -amount})


def test_payouts_and_points():
    assert postings.withdrawal_requested("yu", 5) == [
        Posting("promoter:yu:available", "promoter:yu:in_transit", 5)
    ]
    assert postings.payout_succeeded("yu", 400_000, 64_000) == [
        Posting("promoter:yu:in_transit", "channel:payout", 336_000),
        Posting("promoter:yu:in_transit", "tax:withheld", 64_000),
    ]
    assert len(postings.payout_succeeded("yu", 400_000, 0)) == 1
    assert postings.points_given("yu", 10) == [Posting("points:issued", "promoter:yu:points", 10)]
    assert postings.points_taken("yu", 0) == []


def test_the_small_refund_that_takes_back_more():
    """Two commissions of 1 on a line paid 10, refund 1: each floors from 1 to 0."""
    one = Sources(1, 0, 0)
    assert net(postings.refunded("alipay", 1, [("yu", one), ("chen", one)])) == {
        "channel:alipay": 1,
        "institution:main": 1,
        "promoter:yu:pending": -1,
        "promoter:chen:pending": -1,
    }


def test_what_must_never_be_posted():
    with pytest.raises(InvariantBroken):
        postings.order_paid("alipay", 10, [("yu", 11)])
    with pytest.raises(InvariantBroken):
        postings.payout_succeeded("yu", 10, 11)
    with pytest.raises(InvariantBroken):
        postings.matured("yu", 10, 11)


def test_keys():
    assert postings.order_paid_key("A1") == "order:A1:paid"
    assert postings.refund_key("R1") == "refund:R1"
    assert postings.matured_key("A1", 2, 1) == "commission:A1:2:1:matured"
    assert postings.rejected_key("A1", 2, 1) == "commission:A1:2:1:rejected"
    assert postings.withdrawal_requested_key("W1") == "withdrawal:W1:requested"
    assert postings.withdrawal_result_key("W1", "failed") == "withdrawal:W1:failed"
    assert (
        postings.prize_key("sales", "week", date(2026, 3, 2), "yu")
        == "board:sales:week:2026-03-02:prize:yu"
    )
    assert postings.adjustment_key("M1") == "adjustment:M1"
    assert postings.points_given_key("A1", "yu") == "order:A1:points:yu"
    assert postings.points_taken_key("R1", "yu") == "refund:R1:points:yu"
