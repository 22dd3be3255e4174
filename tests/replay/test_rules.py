"""Rules of domain.md that random scenarios may not reach, with the numbers counted by hand."""

from typing import Any

import pytest

from tests.replay.conftest import Play
from tests.replay.stories import Story, course, programme, promoter, rule, version

Json = dict[str, Any]


def person(output: Json, name: str = "yu") -> Json:
    return dict(output["balances"]["promoters"][name])


def money(output: Json, name: str = "yu") -> tuple[int, int, int, int]:
    found = person(output, name)
    return found["pending"], found["available"], found["in_transit"], found["receivable"]


def booked(output: Json) -> list[tuple[Any, ...]]:
    return [
        (c["order"], c["line"], c["level"], c["promoter"], c["n"], c["booked"], c["reversed"])
        for c in output["commissions"]
    ]


def refused(output: Json) -> list[tuple[int, str]]:
    return [(row["line"], row["code"]) for row in output["refusals"]]


def transfer(output: Json, key: str) -> dict[str, int]:
    """Credit minus debit by account."""
    return {
        e["account"]: e["amount"] if e["side"] == "credit" else -e["amount"]
        for e in output["ledger"]
        if e["key"] == key
    }


def visited() -> Story:
    """s1 came by yu on 2 March."""
    story = Story()
    story.visit("2", "yu")
    story.identify("2")
    return story


# Before the first version; versions.


def test_before_the_first_version_nothing_is_earned_but_touches_stay(play: Play) -> None:
    story = visited()
    story.place("3", "A", code="chen")
    story.pay("6", "A")
    story.buy("6", "B")
    output = play(programme(versions=[version("2026-03-05T00:00:00+08:00")]), story)
    before, after = output["attributions"]
    assert before["candidates"] == []
    assert (before["winner"], before["reason"]) == (None, "none")
    # The visit of the 2nd and the code of the 3rd both count on the 6th.
    assert [c["verdict"] for c in after["candidates"]] == ["won", "not_first"]
    assert booked(output) == [("B", 1, 1, "yu", None, 2000, 0)]


def test_the_version_at_placing_counts_when_paid_much_later(play: Play) -> None:
    story = visited()
    story.place("3", "A")
    story.add("promoter_status", "4", promoter="yu", status="suspended")
    story.pay("20", "A")
    story.tick("27")
    story.tick("28")
    later = version("2026-03-10T00:00:00+08:00", rules=[rule(level1={"percent_bps": 100})])
    output = play(programme(versions=[version(), later | {"hold_days": 30}]), story)
    # 20 % and 7 days of the first version: matured on the 27th.
    assert booked(output) == [("A", 1, 1, "yu", None, 2000, 0)]
    assert output["commissions"][0]["available_at"] == "2026-03-26T16:00:00Z"
    assert money(output) == (0, 2000, 0, 0)


def test_the_window_ends_exactly(play: Play) -> None:
    story = visited()
    story.place("8 23:59:59.999999", "A")
    story.place("9", "B")
    output = play(programme(), story)
    assert [row["winner"] for row in output["attributions"]] == ["yu", None]
    assert output["attributions"][1]["candidates"][0]["verdict"] == "expired"


def test_a_school_without_versions_promoters_or_courses(play: Play) -> None:
    story = visited()  # 1: unknown promoter
    story.buy("3", "A")  # 3: unknown course, 4: unknown order
    story.tick("4")
    output = play(programme(versions=[], promoters=[], courses=[]), story)
    assert refused(output) == [(1, "unknown_promoter"), (3, "unknown_course"), (4, "unknown_order")]
    assert output["balances"]["promoters"] == {}


def test_without_any_version_orders_are_sold_all_the_same(play: Play) -> None:
    story = visited()
    story.buy("3", "A")
    story.refund("4", "R", "A", 1)
    output = play(programme(versions=[]), story)
    assert output["balances"]["institution"]["main"] == 9_999
    assert (output["boards"], output["commissions"]) == ([], [])


# Numbers.


def test_numbers_again_are_nothing_or_a_conflict(play: Play) -> None:
    story = visited()
    story.buy("3", "A", [6000, 4000])  # lines 3, 4
    story.place("3", "A", [6000, 4000])  # 5: the same
    story.events[-1]["lines"].reverse()  # in another order, still the same
    story.place("3", "A", [6000, 4001])  # 6: conflict
    story.place("3", "A", [6000, 4000], code="chen")  # 7: conflict
    story.pay("3", "A")  # 8: the same
    story.pay("3", "A", channel="alipay")  # 9: conflict
    story.cancel("3", "A")  # 10: it is paid
    story.refund("4", "R", "A", 100)  # 11
    story.refund("5", "R", "A", 100)  # 12: the same
    story.refund("5", "R", "A", 101)  # 13: conflict
    story.refund("5", "R", "A", {1: 100})  # 14: conflict
    story.refund("5", "R", "Z", 100)  # 15: conflict, before the unknown order
    output = play(programme(), story)
    assert refused(output) == [
        (6, "conflict"),
        (7, "conflict"),
        (9, "conflict"),
        (10, "order_not_open"),
        (13, "conflict"),
        (14, "conflict"),
        (15, "conflict"),
    ]
    assert output["balances"]["channels"] == {"wechat": 9900}


def test_a_refused_number_is_judged_anew(play: Play) -> None:
    story = visited()
    story.place("3", "A", courses=["nothing"])  # 3: unknown course
    story.place("3", "A")  # 4
    story.refund("3", "R", "A", 100)  # 5: not paid
    story.pay("3", "A")  # 6
    story.refund("3", "R", "A", 10_001)  # 7: too much
    story.refund("3", "R", "A", 5000)  # 8: booked
    story.withdraw("3", "W", "yu", 1000)  # 9: nothing available
    story.withdraw("20", "W", "yu", 999)  # 10: below minimum
    story.withdraw("20", "W", "nobody", 999)  # 11
    story.withdraw("20", "W", "yu", 1000)  # 12: reserved
    story.withdraw("20", "W", "yu", 1000)  # 13: the same
    story.withdraw("20", "W", "yu", 999)  # 14: conflict, before the minimum
    output = play(programme(), story)
    assert refused(output) == [
        (3, "unknown_course"),
        (5, "order_not_paid"),
        (7, "refund_exceeds_paid"),
        (9, "insufficient_balance"),
        (10, "below_minimum"),
        (11, "unknown_promoter"),
        (14, "conflict"),
    ]
    assert money(output) == (0, 0, 1000, 0)


def test_cancelled_then_paid_placed_and_cancelled_again(play: Play) -> None:
    story = visited()
    story.place("3", "A", code="chen")
    story.cancel("3", "A")
    story.cancel("4", "A")
    story.pay("4", "A")  # 6
    story.place("4", "A", code="chen")  # nothing
    story.place("4", "B")
    story.refund("4", "R", "A", 1)  # 9
    story.cancel("4", "nothing")  # 10
    story.pay("4", "nothing")  # 11
    output = play(programme(), story)
    assert refused(output) == [
        (6, "order_not_open"),
        (9, "order_not_paid"),
        (10, "unknown_order"),
        (11, "unknown_order"),
    ]
    # The code typed for the cancelled order still is a touch of the student.
    assert [c["promoter"] for c in output["attributions"][1]["candidates"]] == ["yu", "chen"]
    assert output["ledger"] == []


def test_payout_results(play: Play) -> None:
    story = visited()
    story.buy("3", "A")
    story.withdraw("10", "W", "yu", 1000)  # 5
    story.result("10", "X", "failed")  # 6
    story.result("10", "W", "failed")
    story.result("10", "W", "failed")  # the same
    story.result("10", "W", "succeeded")  # 9
    story.withdraw("10", "W", "yu", 1000)  # the same, whatever became of it
    output = play(programme(), story)
    assert refused(output) == [(6, "unknown_withdrawal"), (9, "withdrawal_not_open")]
    assert money(output) == (0, 2000, 0, 0)
    assert [w["state"] for w in output["withdrawals"]] == ["failed"]


# Refunds, receivables.


def owing() -> Story:
    """yu withdrew all of his 2000, then order A came back: he owes 2000."""
    story = visited()
    story.buy("3", "A")
    story.withdraw("10", "W", "yu", 2000)
    story.refund("10", "R", "A", 10_000)
    return story


def test_a_refund_after_payout_is_owed_and_the_next_commission_settles_it(play: Play) -> None:
    story = owing()
    story.result("10", "W", "succeeded")
    story.visit("10", "yu")
    story.buy("11", "B", 12_500)
    story.tick("18")
    output = play(programme(), story)
    assert transfer(output, "refund:R") == {
        "promoter:yu:receivable": -2000,
        "institution:main": -8000,
        "channel:wechat": 10_000,
    }
    # 20 % of 12500 = 2500: 2000 settles, 500 is his.
    assert transfer(output, "commission:B:1:1:matured") == {
        "promoter:yu:pending": -2500,
        "promoter:yu:receivable": 2000,
        "promoter:yu:available": 500,
    }
    assert money(output) == (0, 500, 0, 0)


@pytest.mark.parametrize("result", ["expired", "failed"])
def test_a_payout_that_comes_back_settles_what_is_owed(play: Play, result: str) -> None:
    story = owing()
    story.refund("10", "R2", "A", 1)  # too much: all is back
    story.result("11", "W", result)
    output = play(programme(), story)
    assert transfer(output, f"withdrawal:W:{result}") == {
        "promoter:yu:in_transit": -2000,
        "promoter:yu:receivable": 2000,
    }
    assert money(output) == (0, 0, 0, 0)
    assert output["balances"]["institution"]["main"] == 0


def test_a_prize_settles_what_is_owed(play: Play) -> None:
    story = owing()
    story.visit("10", "yu")
    story.buy("11", "B", 100)
    story.tick("30")
    boards = [{"metric": "orders", "period": "month", "prizes": [2500], "close_after_days": 0}]
    output = play(programme(versions=[version(boards=boards)]), story)
    assert output["boards"][0]["closed"] is False
    story.add("tick", "2026-04-01T00:00:00+08:00")
    output = play(programme(versions=[version(boards=boards)]), story)
    # B's 20 settled before (18 March), so 1980 of the 2500 settle and 520 are his.
    assert transfer(output, "board:orders:month:2026-03-01:prize:yu") == {
        "institution:main": -2500,
        "promoter:yu:receivable": 1980,
        "promoter:yu:available": 520,
    }


def test_flooring_of_two_levels_credits_the_institution(play: Play) -> None:
    # One line of 10 fen, 1 fen for each level (10 %): after a refund of 1, floor(1 * 9/10) = 0
    # remains of each. The reversals are 2, the refund is 1: main is credited with 1.
    story = visited()
    story.buy("3", "A", 10)
    story.refund("4", "R", "A", 1)
    story.tick("20")
    terms = version(level2=True, rules=[rule(level1={"percent_bps": 1000}, level2={"fixed": 1})])
    people = [promoter("yu", inviter="chen"), promoter("chen")]
    output = play(programme(versions=[terms], promoters=people), story)
    assert booked(output) == [("A", 1, 1, "yu", None, 1, 1), ("A", 1, 2, "chen", None, 1, 1)]
    assert transfer(output, "refund:R") == {
        "promoter:yu:pending": -1,
        "promoter:chen:pending": -1,
        "institution:main": 1,
        "channel:wechat": 1,
    }
    # Nothing remains, so nothing matures; they keep the state they had.
    assert [c["state"] for c in output["commissions"]] == ["pending", "pending"]


def test_a_line_paid_nothing_earns_nothing(play: Play) -> None:
    story = visited()
    story.buy("3", "A", [0, 0])
    output = play(programme(versions=[version(rules=[rule(level1={"fixed": 100})])]), story)
    assert output["commissions"] == []
    assert output["ledger"] == []
    assert [row["winner"] for row in output["attributions"]] == ["yu", "yu"]


def test_one_amount_is_spread_by_largest_remainder_with_ties_to_the_earlier_line(
    play: Play,
) -> None:
    # 3 lines of 1000, refund 100: 33 1/3 each, the odd fen to line 1. Then 2 of [966, 967, 967]
    # = 2900: 0.666, 0.6668.., 0.6668..: lines 2 and 3 get one each.
    story = visited()
    story.buy("3", "A", [1000, 1000, 1000])
    story.refund("4", "R1", "A", 100)
    story.refund("5", "R2", "A", 2)
    story.refund("6", "R3", "A", {1: 966, 3: 966})
    story.refund("7", "R4", "A", {1: 1})  # 7: nothing is left of line 1
    story.refund("7", "R5", "A", {4: 1})  # there is no line 4
    output = play(programme(), story)
    assert refused(output) == [(8, "refund_exceeds_paid"), (9, "refund_exceeds_paid")]
    # What remains of 200 each: 0; floor(200 * 966 / 1000) = 193; nothing of the last line:
    # 1000 - 33 - 1 - 966 = 0.
    assert booked(output) == [
        ("A", 1, 1, "yu", None, 200, 200),
        ("A", 2, 1, "yu", None, 200, 7),
        ("A", 3, 1, "yu", None, 200, 200),
    ]


@pytest.mark.parametrize("order", [[3333, 6667], [6667, 3333], [1, 9999]])
def test_any_order_of_partial_refunds_ends_at_the_same_figure(play: Play, order: list[int]) -> None:
    story = visited()
    story.buy("3", "A", 10_001)  # 20 %: floor(2000.2) = 2000
    for number, amount in enumerate(order):
        story.refund("4", f"R{number}", "A", amount)
    output = play(programme(), story)
    # 1 fen is left of 10001: floor(2000 / 10001) = 0.
    assert booked(output) == [("A", 1, 1, "yu", None, 2000, 2000)]
    assert output["balances"]["institution"]["main"] == 1


# Bindings.


def binding_terms(**policy: Any) -> Json:
    return programme(versions=[version(policy={"binding_days": 30, **policy})])


@pytest.mark.parametrize(
    ("at", "winner"), [("4 23:59:59.999999", "yu"), ("5", "chen"), ("5 00:00:00.000001", "chen")]
)
def test_a_binding_is_replaced_from_the_end_of_its_protection_on(
    play: Play, at: str, winner: str
) -> None:
    story = visited()
    story.visit(at, "chen")
    story.place("6", "A")
    output = play(binding_terms(protection_days=3), story)
    row = output["attributions"][0]
    assert (row["winner"], row["reason"]) == (winner, "binding")
    verdicts = ["bound", "bound_to_other"] if winner == "yu" else ["bound_to_other", "bound"]
    assert [c["verdict"] for c in row["candidates"]] == verdicts


def test_a_typed_code_never_replaces_a_binding(play: Play) -> None:
    story = visited()
    story.place("10", "A", code="chen")
    story.place("10", "B", code="nobody")
    output = play(binding_terms(), story)
    assert [row["winner"] for row in output["attributions"]] == ["yu", "yu"]
    # The visit is 8 days old by now; the code is of this instant, and stays for the next order.
    for row in output["attributions"]:
        assert [c["verdict"] for c in row["candidates"]] == ["expired", "bound_to_other"]


def test_a_binding_ends_exactly_and_only_identify_makes_another(play: Play) -> None:
    story = visited()
    story.add("tick", "2026-03-31T23:59:59+08:00")
    story.place("2026-03-31T23:59:59.999999+08:00", "A")
    story.visit("2026-04-01T00:00:00+08:00", "chen")  # binds nobody: none is active
    story.place("2026-04-01T00:00:00+08:00", "B")
    story.identify("2026-04-01T00:00:00+08:00")  # repeated: it counts
    story.place("2026-04-01T00:00:00+08:00", "C")
    output = play(binding_terms(), story)
    found = [(row["winner"], row["reason"]) for row in output["attributions"]]
    assert found == [("yu", "binding"), ("chen", "touch"), ("chen", "binding")]


def test_a_suspended_binding_gives_way_but_stays(play: Play) -> None:
    story = visited()
    story.add("promoter_status", "3", promoter="yu", status="suspended")
    story.visit("3", "chen", visitor="v2")
    story.identify("3", visitor="v2")  # yu's binding is active still: no new one
    story.place("4", "A")
    story.add("promoter_status", "4", promoter="yu", status="active")
    story.place("4", "B")
    output = play(binding_terms(), story)
    found = [(row["winner"], row["reason"]) for row in output["attributions"]]
    assert found == [("chen", "touch"), ("yu", "binding")]
    assert output["attributions"][0]["candidates"][0]["verdict"] == "promoter_inactive"


# Level 2, bases, ladders.


def test_an_inviter_who_buys_earns_no_level_2(play: Play) -> None:
    people = [promoter("yu", inviter="chen"), promoter("chen", account="s1", inviter="yu")]
    terms = version(level2=True, rules=[rule(level2={"percent_bps": 300})])
    story = visited()
    story.visit("2", "yu", visitor="v2")
    story.identify("2", visitor="v2", student="s2")
    story.buy("3", "A")
    story.buy("3", "B", student="s2")
    output = play(programme(versions=[terms], promoters=people), story)
    assert booked(output) == [
        ("A", 1, 1, "yu", None, 2000, 0),
        ("B", 1, 1, "yu", None, 2000, 0),
        ("B", 1, 2, "chen", None, 300, 0),
    ]


def test_the_list_base_never_pays_more_than_the_cap_of_what_was_paid(play: Play) -> None:
    # 40 % of the list price 2 x 10000 = 8000; paid 9000, cap 50 % = 4500: cut. Level 2 gets 0.
    terms = version(
        level2=True,
        rules=[rule(level1={"percent_bps": 4000}, level2={"percent_bps": 1000}, base="list")],
    )
    story = visited()
    story.buy("3", "A", 9000, quantity=2)
    people = [promoter("yu", inviter="chen"), promoter("chen")]
    output = play(programme(versions=[terms], promoters=people), story)
    (row,) = output["commissions"]
    assert (row["base"], row["booked"], row["capped"]) == (20_000, 4500, True)


def ladder(metric: str, period: str, *steps: tuple[int, Json]) -> Json:
    return {
        "tiered": {
            "metric": metric,
            "period": period,
            "steps": [{"from": start, **reward} for start, reward in steps],
        }
    }


def test_a_lifetime_ladder_counts_orders_of_a_key_that_was_no_ladder_before(play: Play) -> None:
    first = version(rules=[rule("key", {"percent_bps": 1000})])
    climbing = ladder("orders", "lifetime", (1, {"fixed": 100}), (3, {"fixed": 300}))
    second = version("2026-03-05T00:00:00+08:00", rules=[rule("key", climbing)])
    story = visited()
    story.buy("3", "A")
    story.buy("3", "B", [0, 5000])
    story.buy("3", "C", 1)  # 10 % of 1 is 0: not booked, no n
    story.buy("6", "D", [100, 5000])  # third order: both lines share n = 3; cap 50 of 100
    story.refund("6", "R", "D", {2: 5000})
    story.buy("7", "E")  # D still has line 1: n = 4
    story.refund("7", "R2", "A", 10_000)
    story.refund("7", "R3", "D", {1: 100})
    story.buy("8", "F")  # B and E: n = 3
    story.refund("8", "R4", "E", 9_999)  # 1 fen is left: it counts still
    story.buy("8", "G")  # B, E and F: n = 4
    output = play(programme(versions=[first, second]), story)
    assert [(c["order"], c["line"], c["n"], c["booked"]) for c in output["commissions"]] == [
        ("A", 1, None, 1000),
        ("B", 2, None, 500),
        ("D", 1, 3, 50),
        ("D", 2, 3, 300),
        ("E", 1, 4, 300),
        ("F", 1, 3, 300),
        ("G", 1, 4, 300),
    ]


def test_a_ladder_of_sales_goes_by_what_is_left(play: Play) -> None:
    climbing = ladder("sales", "month", (0, {"percent_bps": 1000}), (10_000, {"percent_bps": 2000}))
    story = visited()
    story.buy("3", "A", 9_999)
    story.buy("3", "B", 1000)  # 9999: first step still
    story.buy("3", "C", 1000)  # 10999: second step
    story.refund("3", "R", "A", 1000)
    story.buy("3", "D", 1000)  # 9999 - 1000 + 1000 + 1000 = 10999
    story.refund("4", "R2", "A", 8_999)
    story.buy("4", "E", 1000)  # 0 + 3000
    output = play(programme(versions=[version(rules=[rule("k", climbing)])]), story)
    figures = [(c["n"], c["booked"]) for c in output["commissions"]]
    assert figures == [(0, 999), (9_999, 100), (10_999, 200), (10_999, 200), (3_000, 100)]


# Calendar.


def test_periods_begin_at_local_midnight_also_where_clocks_change(play: Play) -> None:
    # New York goes from UTC-5 to UTC-4 on Sunday 8 March 2026 at 07:00 UTC. The month of March
    # begins at 05:00 UTC, the week of Monday 9 March at 04:00 UTC.
    climbing = ladder("orders", "month", (1, {"fixed": 100}))
    boards = [
        {"metric": "orders", "period": "week", "prizes": [7], "close_after_days": 0},
        {"metric": "sales", "period": "day", "prizes": [5], "close_after_days": 0},
    ]
    terms = version("2026-02-01T00:00:00Z", rules=[rule("k", climbing)], boards=boards)
    people = [promoter("yu", active_from="2026-02-01T00:00:00Z")]
    story = Story()
    story.visit("2026-03-01T04:00:00Z", "yu")
    story.identify("2026-03-01T04:00:00Z")
    story.buy("2026-03-01T04:59:59.999999Z", "A")  # February, week of 23 February
    story.buy("2026-03-01T05:00:00Z", "B")  # March, Sunday, the same week
    story.buy("2026-03-02T04:59:59.999999Z", "C")  # still Sunday
    story.visit("2026-03-08T12:00:00Z", "yu")
    story.buy("2026-03-09T03:59:59.999999Z", "D")  # Sunday 8 March, a day of 23 hours
    story.buy("2026-03-09T04:00:00Z", "E")  # Monday
    story.tick("2026-03-16T04:00:00Z")
    place = programme()["institution"] | {"timezone": "America/New_York"}
    output = play(programme(institution=place, versions=[terms], promoters=people), story)
    assert [c["n"] for c in output["commissions"]] == [1, 1, 2, 3, 4]
    found = [(b["period"], b["starts_on"], b["rows"][0]["value"]) for b in output["boards"]]
    assert found == [
        ("week", "2026-02-23", 3),
        ("week", "2026-03-02", 1),
        ("week", "2026-03-09", 1),
        ("day", "2026-02-28", 10_000),
        ("day", "2026-03-01", 20_000),
        ("day", "2026-03-08", 10_000),
        ("day", "2026-03-09", 10_000),
    ]
    due = {e["key"]: e["at"] for e in output["ledger"] if e["key"].startswith("board")}
    assert due["board:sales:day:2026-03-08:prize:yu"] == "2026-03-09T04:00:00Z"
    assert due["board:orders:week:2026-03-02:prize:yu"] == "2026-03-09T04:00:00Z"
    assert due["board:sales:day:2026-03-01:prize:yu"] == "2026-03-02T05:00:00Z"


@pytest.mark.parametrize(
    ("period", "before", "from_"),
    [
        ("month", "2026-02-28T15:59:59.999999Z", "2026-02-28T16:00:00Z"),
        ("quarter", "2026-03-31T15:59:59.999999Z", "2026-03-31T16:00:00Z"),
        ("year", "2026-12-31T15:59:59.999999Z", "2026-12-31T16:00:00Z"),
    ],
)
def test_a_ladder_starts_again_at_local_midnight(
    play: Play, period: str, before: str, from_: str
) -> None:
    climbing = ladder("orders", period, (1, {"fixed": 100}))
    terms = version("2026-01-01T00:00:00Z", rules=[rule("k", climbing)])
    people = [promoter("yu", active_from="2026-01-01T00:00:00Z")]
    story = Story()
    story.place("2026-02-10T00:00:00Z", "A", code="yu")
    story.place("2026-02-10T00:00:00Z", "B")
    story.place("2026-02-10T00:00:00Z", "C")
    for order, at in (("A", before), ("B", before), ("C", from_)):
        story.pay(at, order)
    output = play(programme(versions=[terms], promoters=people), story)
    assert [c["n"] for c in output["commissions"]] == [1, 2, 1]


# What happens at one instant.


def test_at_one_instant_commissions_mature_before_boards_close(play: Play) -> None:
    # A is paid on the last instant's day so that both are due on 16 March at midnight, when the
    # week of 9 March ends; the order of booking goes before that of promoters.
    boards = [
        {"metric": "sales", "period": "week", "prizes": [50, 40], "close_after_days": 0},
        {"metric": "orders", "period": "week", "prizes": [30, 30], "close_after_days": 0},
    ]
    story = Story()
    story.place("9", "A", code="yu")
    story.place("9", "B", code="chen", student="s2")
    story.place("9", "C", code="chen", student="s2")
    for order in ("A", "B", "C"):
        story.pay("9", order)
    story.tick("16")
    output = play(programme(versions=[version(boards=boards)]), story)
    keys = list(dict.fromkeys(e["key"] for e in output["ledger"]))
    assert keys[3:] == [
        "commission:A:1:1:matured",
        "commission:B:1:1:matured",
        "commission:C:1:1:matured",
        "board:orders:week:2026-03-09:prize:chen",
        "board:orders:week:2026-03-09:prize:yu",
        "board:sales:week:2026-03-09:prize:chen",
        "board:sales:week:2026-03-09:prize:yu",
    ]
    assert {e["at"] for e in output["ledger"][9:]} == {"2026-03-15T16:00:00Z"}
    assert money(output, "chen") == (0, 4000 + 30 + 50, 0, 0)


def test_a_closed_board_stays_whatever_is_refunded(play: Play) -> None:
    boards = [{"metric": "sales", "period": "day", "prizes": [10], "close_after_days": 1}]
    story = visited()
    story.buy("3", "A")
    story.refund("4", "R1", "A", 1000)  # before closing, on 5 March
    story.refund("5", "R2", "A", 1000)  # at that instant: it is closed already
    story.buy("5", "B")
    story.refund("5", "R3", "B", 500)
    output = play(programme(versions=[version(boards=boards)]), story)
    assert [(b["closed"], b["rows"]) for b in output["boards"]] == [
        (True, [{"promoter": "yu", "rank": 1, "value": 9000}]),
        (False, [{"promoter": "yu", "rank": 1, "value": 9500}]),
    ]
    assert money(output) == (1600 + 1900, 10, 0, 0)


def test_points_follow_what_is_left_before_and_after_they_come(play: Play) -> None:
    # 10 + floor(10050 / 100) * 3 = 310 points for both lines; 1/3 is refunded before they mature:
    # floor(310 * 6700 / 10050) = 206; then all but 50: floor(310 * 50 / 10050) = 1.
    terms = version(points={"points_per_order": 10, "points_per_yuan": 3})
    story = visited()
    story.buy("3", "A", [10_000, 50])
    story.refund("4", "R1", "A", 3350)
    story.tick("10")
    output = play(programme(versions=[terms]), story)
    assert person(output)["points"] == 206
    story.refund("11", "R2", "A", 6650)
    output = play(programme(versions=[terms]), story)
    assert person(output)["points"] == 1


def test_a_course_scope_attributes_each_line_on_its_own(play: Play) -> None:
    terms = version(policy={"touch_scope": "course"})
    courses = [course("math"), course("art"), course("gym", promotable=False)]
    story = Story()
    story.visit("2", "yu", course="math")
    story.visit("2", "chen", course="art")
    story.identify("2")
    story.place("3", "A", [1, 2, 3], courses=["math", "art", "gym"])
    story.place("3", "B", [1], courses=["art"], code="yu")
    output = play(programme(versions=[terms], courses=courses), story)
    assert [row["winner"] for row in output["attributions"]] == ["yu", "chen", None, "chen"]
    assert [[c["verdict"] for c in row["candidates"]] for row in output["attributions"]] == [
        ["won", "out_of_scope"],
        ["out_of_scope", "won"],
        ["out_of_scope", "out_of_scope"],
        ["out_of_scope", "won", "not_first"],
    ]


def test_tax_of_a_month_is_of_its_sum(play: Play) -> None:
    # Three withdrawals of 60000 in March: 0; (120000 - 80000) * 20 % = 8000; the first fails;
    # income of the third is 120000, 8000 are withheld already: 0. In April it starts anew.
    story = visited()
    story.buy("3", "A", 2_000_000)
    story.withdraw("10", "W1", "yu", 60_000)
    story.withdraw("10", "W2", "yu", 60_000)
    story.result("11", "W1", "failed")
    story.withdraw("12", "W3", "yu", 60_000)
    story.withdraw("2026-04-01T00:00:00+08:00", "W4", "yu", 90_000)
    for number in ("W2", "W3", "W4"):
        story.result("2026-04-02T00:00:00+08:00", number, "succeeded")
    output = play(
        programme(
            courses=[course(price=2_000_000)],
            withdrawal={"minimum": 1000, "tax": "labour_2018_61"},
        ),
        story,
    )
    assert [(w["tax"], w["net"]) for w in output["withdrawals"]] == [
        (0, 60_000),
        (8_000, 52_000),
        (0, 60_000),
        (2_000, 88_000),
    ]
    assert output["balances"]["tax"] == {"withheld": 10_000}
    assert output["balances"]["channels"]["payout"] == -200_000
